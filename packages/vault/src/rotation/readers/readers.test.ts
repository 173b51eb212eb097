import { expect, it } from "vitest";
import type { SecretRead } from "../../audit/event.ts";
import { looked } from "../overlap.ts";
import { minute, newRun, oldVersion } from "../rotation.fixture.ts";
import { RotationReaders } from "./readers.ts";

const day = 24 * 60 * minute;

it("are waited for anew when the label goes back, whatever they had read before", async () => {
  const overlap = newRun(
    { graceMilliseconds: day },
    {
      phase: "overlap",
      steps: [{ step: "finishSecret", startedAt: minute, endedAt: minute + 50 }],
      finishedAt: minute + 50,
      graceUntil: day,
    },
  );
  const reader = {
    principalArn: "arn:aws:iam::123456789012:role/api",
    sessionName: undefined,
    accessKeyId: "AKIAONE",
    sourceAddress: "192.0.2.1",
    firstReadAt: 0,
    expiresAt: undefined,
  };
  const reads: readonly SecretRead[] = [
    { ...reader, versionId: "new", firstReadAt: 2 * minute, lastReadAt: 3 * minute },
    // While the labels were moving, and so before it had the new one.
    { ...reader, versionId: oldVersion, lastReadAt: minute + 10 },
  ];
  const readers = new RotationReaders(
    { secretReads: async () => reads },
    { get: async () => undefined },
  );
  expect((await readers.laggardsOf(overlap, 4 * minute)).count).toBe(0);

  const turned = looked(overlap, { laggards: [], count: 0 }, oldVersion, 4 * minute);
  expect((await readers.laggardsOf(turned, 5 * minute)).count).toBe(1);
});
