import { expect, test } from "vitest";
import type { CommandFailure } from "../failure.ts";
import { type RotationFlags, rotateInput } from "./begin.ts";

const reference = { service: "secretsmanager", name: "prod/mail", field: undefined } as const;
const inputOf = (flags: Partial<RotationFlags>) => rotateInput(reference, { now: true, ...flags });

test("what isn't given is left as it is configured", () => {
  expect(inputOf({})).toEqual({ SecretId: "prod/mail" });
});

test("a type comes with its settings, its role and a schedule", () => {
  const role = "arn:aws:iam::123456789012:role/rotator";
  const metadata = ["adminSecretArn=arn:aws:x", "site=eu"];
  expect(inputOf({ type: "SendGridApiKey", role, metadata, grace: "1h", every: "1d" })).toEqual({
    SecretId: "prod/mail",
    RotationRules: { ScheduleExpression: "rate(1 day)" },
    ExternalSecretRotationMetadata: [
      { Key: "adminSecretArn", Value: "arn:aws:x" },
      { Key: "site", Value: "eu" },
      { Key: "gracePeriod", Value: "1h" },
    ],
    ExternalSecretRotationRoleArn: role,
  });
});

test("a function and a schedule of one's own go as they are; nothing begins at once without now", () => {
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
  expect(inputOf({ function: arn, schedule: "cron(0 4 ? * SUN *)", now: false })).toEqual({
    SecretId: "prod/mail",
    RotationLambdaARN: arn,
    RotationRules: { ScheduleExpression: "cron(0 4 ? * SUN *)" },
    RotateImmediately: false,
  });
});

test.each<[flags: Partial<RotationFlags>, message: string]>([
  [{ type: "a", function: "b" }, "how it is rotated is said once"],
  [{ every: "1d", schedule: "rate(1 day)" }, "the schedule is said once"],
  [{ every: "90m" }, "'90m' is no interval of rotations"],
  [{ every: "0d" }, "'0d' is no interval of rotations"],
  [{ metadata: ["site"] }, "'site' is no setting of a rotator"],
])("%o is refused", (flags, message) => {
  expect(() => inputOf(flags)).toThrow(
    expect.objectContaining({ message, exitCode: 2 }) as CommandFailure,
  );
});
