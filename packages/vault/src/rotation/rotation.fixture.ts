/** For tests: a run as it begins, of a rotator that can do what the test says. */
import { capabilitiesOfFunction } from "./built-in-wire.ts";
import { begun } from "./requests.ts";
import type { Capabilities } from "./rotator.ts";
import type { RotationRun } from "./run.ts";

export const minute = 60_000;
export const oldVersion = "old";

export function newRun(
  capabilities: Partial<Capabilities> = {},
  more: Partial<RotationRun> = {},
): RotationRun {
  const secret = {
    arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-abcdef",
    accountId: "123456789012",
    region: "us-east-1",
    name: "a",
    tags: {},
    stages: { AWSCURRENT: oldVersion, AWSPENDING: "new" },
    versionCount: 1,
    createdDate: 0,
    lastChangedDate: 0,
  };
  const request = {
    token: "new",
    isImmediate: true,
    requestedBy: undefined,
    rotator: "TestKey",
    capabilities: { ...capabilitiesOfFunction(true), ...capabilities },
  };
  return { ...begun(secret, request, "request", 0), ...more };
}
