import { expect, it } from "vitest";
import type { SecretRead } from "../../audit/event.ts";
import type { Storage } from "../../storage/storage.ts";
import { looked } from "../overlap.ts";
import { minute, newRun, oldVersion } from "../rotation.fixture.ts";
import { RotationReaders } from "./readers.ts";

const day = 24 * 60 * minute;

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
  lastReadAt: 0,
  expiresAt: undefined,
};

/** Of a secret some of whose versions are revoked. */
function readersOf(reads: readonly SecretRead[], revoked: readonly string[] = []) {
  const { arn } = overlap;
  const stages = { AWSCURRENT: "new", AWSPREVIOUS: oldVersion };
  const dates = Object.fromEntries(revoked.map((id) => [id, { date: 0 }]));
  const get = async () => ({ key: "", revision: 1, body: { arn, stages, revoked: dates } });
  return new RotationReaders(
    { secretReads: async () => reads },
    { get: get as unknown as Storage["get"] },
  );
}

it("are waited for who read a version before the old one, which may hold the same key", async () => {
  const earlier = { ...reader, versionId: "before the old one" };
  const count = async (reads: readonly SecretRead[], revoked?: readonly string[]) =>
    (await readersOf(reads, revoked).laggardsOf(overlap, 4 * minute)).count;
  expect(await count([earlier])).toBe(1);
  expect(await count([earlier, { ...reader, versionId: "new", lastReadAt: 3 * minute }])).toBe(0);
  expect(await count([earlier], [earlier.versionId])).toBe(0);
  expect(await count([{ ...reader, versionId: oldVersion }], [oldVersion])).toBe(1);
});

it("are waited for anew when the label goes back, whatever they had read before", async () => {
  const reads: readonly SecretRead[] = [
    { ...reader, versionId: "new", firstReadAt: 2 * minute, lastReadAt: 3 * minute },
    // While the labels were moving, and so before it had the new one.
    { ...reader, versionId: oldVersion, lastReadAt: minute + 10 },
  ];
  const readers = readersOf(reads);
  expect((await readers.laggardsOf(overlap, 4 * minute)).count).toBe(0);

  const turned = looked(overlap, { laggards: [], count: 0 }, oldVersion, 4 * minute);
  expect((await readers.laggardsOf(turned, 5 * minute)).count).toBe(1);
});
