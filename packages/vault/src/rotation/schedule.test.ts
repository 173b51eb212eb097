import { afterEach, beforeEach, expect, it } from "vitest";
import { systemRandomness } from "../clock.ts";
import { type Notice, unheard } from "../notices.ts";
import { secretKey, secretTable } from "../secrets/records.ts";
import { day, scope, TestSecrets } from "../secrets/secrets.fixture.ts";
import type { Row } from "../storage/storage.ts";
import { capabilitiesOfFunction } from "./built-in-wire.ts";
import type { EngineParts } from "./engine-parts.ts";
import { type Phase, putRotation, type RotationRun, rotationTable } from "./run.ts";
import { beginDue } from "./schedule.ts";

let shelf: TestSecrets;
beforeEach(async () => {
  shelf = await TestSecrets.open();
});
afterEach(() => shelf.close());

it("others are served while many secrets fall due whose last rotation is not over", async () => {
  const names = Array.from({ length: 250 }, (_, at) => `busy/${at}`);
  await Promise.all(
    names.map(async (name) => {
      await shelf.create(name, "value");
      await shelf.rotate(name, { automaticallyAfterDays: 1 });
    }),
  );
  shelf.now += 3 * day;
  let turns = 0;
  const count = () => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const parts = { storage: shelf.storage, clock: { now: () => shelf.now }, notices: unheard };
  await beginDue(parts as unknown as EngineParts);
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(2);
});

it.each<[string, () => unknown]>([
  ["has failed", () => nowIn("staging", "failed")],
  ["takes more than a day", () => (shelf.now += day)],
])(
  "production waits for a rehearsal that is under way, and not for one that %s",
  async (_, then) => {
    await shelf.create("staging", "value");
    await shelf.create("production", "value", { tags: { "claviger:rehearse-on": "staging" } });
    await shelf.rotate("staging", {});
    await shelf.rotate("production", { automaticallyAfterDays: 10 });
    await nowIn("production", "succeeded");
    shelf.now += 10 * day;
    const { parts, told } = watching("production");
    const due = await dateOf("production");
    await beginDue(parts);
    expect([told, await dateOf("production")]).toEqual([[], due]);
    await then();
    await beginDue(parts);
    expect(told).toEqual(["RotationFailed"]);
    expect(await dateOf("production")).toBeGreaterThan(due);
  },
);

it("production that falls due with its staging secret rotates after that", async () => {
  const names = ["due/production", "due/staging"];
  await shelf.create("due/production", "value", {
    tags: { "claviger:rehearse-on": "due/staging" },
  });
  await shelf.create("due/staging", "value");
  for (const name of names) {
    await shelf.rotate(name, { automaticallyAfterDays: 90 });
    await nowIn(name, "succeeded");
  }
  shelf.now += 90 * day;
  const { parts, told } = watching("due/production");
  await beginDue(parts);
  expect(await Promise.all(names.map(phaseOf))).toEqual(["succeeded", "createSecret"]);
  await nowIn("due/staging", "succeeded");
  await beginDue(parts);
  expect(await phaseOf("due/production")).toBe("createSecret");
  expect(told).toEqual([]);
});

/** Of this secret what is told is kept. */
function watching(watched: string) {
  const told: string[] = [];
  const parts = {
    storage: shelf.storage,
    clock: { now: () => shelf.now },
    randomness: systemRandomness,
    notices: {
      give: async ({ kind, name }: Notice) => void (name === watched && told.push(kind)),
    },
    rotators: {
      of: () => ({
        name: "arn:aws:lambda:…",
        capabilities: async () => capabilitiesOfFunction(false),
      }),
    },
  };
  return { parts: parts as unknown as EngineParts, told };
}

async function phaseOf(name: string): Promise<Phase | undefined> {
  return (await shelf.storage.get(rotationTable, secretKey(scope, name)))?.body.phase;
}

async function nowIn(name: string, phase: Phase): Promise<void> {
  const key = secretKey(scope, name);
  const row = (await shelf.storage.get(rotationTable, key)) as Row<RotationRun>;
  const run = { ...row.body, phase, finishedAt: shelf.now, nextAttemptAt: undefined };
  await shelf.storage.commit([putRotation(run, row)]);
}

async function dateOf(name: string): Promise<number> {
  const row = await shelf.storage.get(secretTable, secretKey(scope, name));
  return row?.body.rotation?.nextRotationDate ?? 0;
}
