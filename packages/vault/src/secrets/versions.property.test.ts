/** Staging labels against a naive model, through real storage, in random sequences. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { day, TestSecrets, token } from "./secrets.fixture.ts";
import type { StageMove } from "./staging.ts";

/** PROPERTY_TIMES makes it longer: `npm run prove -- labels --full`. */
const times = Number(process.env.PROPERTY_TIMES ?? 1);

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

interface NaiveVersion {
  readonly id: string;
  readonly value: string;
  readonly madeAt: number;
  readonly labels: Set<string>;
}

/** A secret as AWS's documentation tells it: versions in a row, each with a set of labels. */
class NaiveSecret {
  versions: NaiveVersion[] = [];

  holder(label: string) {
    return this.versions.find(({ labels }) => labels.has(label));
  }

  put(id: string, value: string, labels: readonly string[]): "done" | "repeated" | "refused" {
    const same = this.versions.find((version) => version.id === id);
    if (same !== undefined) return same.value === value ? "repeated" : "refused";
    const isFirst = this.holder("AWSCURRENT") === undefined;
    const version = { id, value, madeAt: shelf.now, labels: new Set<string>() };
    this.versions.push(version);
    this.#give(version, isFirst ? [...labels, "AWSCURRENT"] : labels);
    this.#prune();
    return "done";
  }

  move({ label, moveToVersionId: to, removeFromVersionId: from }: StageMove): "done" | "refused" {
    const target = this.versions.find(({ id }) => id === to);
    const holder = this.holder(label);
    if (to !== undefined && target === undefined) return "refused";
    if (from !== undefined && holder?.id !== from) return "refused";
    if (target === undefined) {
      if (holder === undefined || from === undefined || label === "AWSCURRENT") return "refused";
      holder.labels.delete(label);
    } else {
      if (from === undefined && holder !== undefined && holder !== target) return "refused";
      this.#give(target, [label]);
    }
    this.#prune();
    return "done";
  }

  get stages(): Record<string, string> {
    return Object.fromEntries(
      this.versions.flatMap(({ id, labels }) => [...labels].map((label) => [label, id])),
    );
  }

  #give(version: NaiveVersion, labels: readonly string[]): void {
    const wasCurrent = this.holder("AWSCURRENT");
    for (const each of this.versions) for (const label of labels) each.labels.delete(label);
    for (const label of labels) version.labels.add(label);
    if (wasCurrent === undefined || wasCurrent.labels.has("AWSCURRENT")) return;
    for (const each of this.versions) each.labels.delete("AWSPREVIOUS");
    wasCurrent.labels.delete("AWSPENDING");
    wasCurrent.labels.add("AWSPREVIOUS");
  }

  /** Beyond a hundred the oldest without a label go, ten at a time, and none of the last day's. */
  #prune(): void {
    const excess = Math.min(this.versions.length - 100, 10);
    const old = this.versions.filter(
      ({ labels, madeAt }) => labels.size === 0 && madeAt <= shelf.now - day,
    );
    const gone = new Set(excess > 0 ? old.slice(0, excess) : []);
    this.versions = this.versions.filter((version) => !gone.has(version));
  }
}

const label: fc.Arbitrary<string> = fc.constantFrom(
  "AWSCURRENT",
  "AWSPREVIOUS",
  "AWSPENDING",
  "MINE",
  "__proto__",
);
// Few tokens and values, so that requests repeat and clash.
const versionNumber = fc.integer({ min: 1, max: 6 });
const optionalId = fc.option(versionNumber.map(token), { nil: undefined });
const step = fc.oneof(
  fc.record({
    type: fc.constantFrom("put" as const, "update" as const),
    version: versionNumber,
    value: fc.constantFrom("one", "two"),
    labels: fc.option(fc.uniqueArray(label, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant("move" as const),
    label,
    removeFromVersionId: optionalId,
    moveToVersionId: optionalId,
    isAimed: fc.boolean(),
  }),
  fc.record({ type: fc.constant("wait" as const), hours: fc.constantFrom(1, 25) }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** Does one step to both, and compares what comes of it. */
async function take(name: string, model: NaiveSecret, given: Step): Promise<void> {
  if (given.type === "wait") {
    shelf.now += given.hours * 3_600_000;
    return;
  }
  let outcome: string;
  let asked: Promise<{ readonly stages: Readonly<Record<string, string>> }>;
  if (given.type === "move") {
    const { label: moved, moveToVersionId, isAimed } = given;
    // Most guesses at where a label is would be wrong.
    const removeFromVersionId = isAimed ? model.holder(moved)?.id : given.removeFromVersionId;
    const move = { label: moved, moveToVersionId, removeFromVersionId };
    outcome = model.move(move);
    asked = shelf.moveStage(name, move);
  } else {
    const { version, value, type } = given;
    const labels = type === "update" ? undefined : given.labels;
    outcome = model.put(token(version), value, labels ?? ["AWSCURRENT"]);
    asked =
      type === "update"
        ? shelf.update(name, {}, value, token(version))
        : shelf.put(name, value, token(version), labels);
  }
  if (outcome === "refused") {
    await expect(asked).rejects.toMatchObject({ name: "ApiError" });
  } else {
    expect(ownEntries((await asked).stages)).toEqual(ownEntries(model.stages));
  }
}

async function expectAlike(name: string, model: NaiveSecret): Promise<void> {
  const { stages, versionCount } = await shelf.describe(name);
  expect(ownEntries(stages)).toEqual(ownEntries(model.stages));
  expect(versionCount).toBe(model.versions.length);
  expect((await shelf.versionIds(name)).toSorted()).toEqual(
    model.versions.map(({ id }) => id).toSorted(),
  );
}

let secrets = 0;

test("labels move as documented, whatever is asked in whatever order", {
  timeout: 60_000 * times,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 16 }), async (isEmpty, steps) => {
      const name = `secret-${secrets++}`;
      const model = new NaiveSecret();
      await shelf.create(name, isEmpty ? undefined : "one", { token: token(0) });
      if (!isEmpty) model.put(token(0), "one", ["AWSCURRENT"]);
      for (const each of steps) await take(name, model, each);
      await expectAlike(name, model);
      for (const { id, value, labels } of model.versions) {
        expect(await shelf.get(name, { versionId: id })).toBe(value);
        for (const versionStage of labels) {
          expect(await shelf.get(name, { versionStage })).toBe(value);
        }
      }
    }),
    { numRuns: 60 * times },
  );
});

test("so they do where old versions are pruned", { timeout: 60_000 * times }, async () => {
  const many = fc.array(fc.oneof({ weight: 3, arbitrary: step }, puts()), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(many, async (steps) => {
      const name = `secret-${secrets++}`;
      const model = new NaiveSecret();
      await shelf.create(name);
      for (let number = 1; number <= 104; number++) {
        const labels = number % 40 === 0 ? [`KEPT-${number}`] : undefined;
        await take(name, model, { type: "put", version: number, value: "one", labels });
        shelf.now += 1;
      }
      shelf.now += 2 * day;
      for (const each of steps) {
        await take(name, model, each);
        shelf.now += 1;
      }
      await expectAlike(name, model);
      const dated = Object.keys((await shelf.describe(name)).versionAccessDates ?? {});
      expect(model.versions.map(({ id }) => id)).toEqual(expect.arrayContaining(dated));
    }),
    { numRuns: 8 * times },
  );
});

/** New versions, each with a token that none has yet. */
function puts(): fc.Arbitrary<Step> {
  let number = 1000;
  return fc.constant(undefined).map(() => ({
    type: "put" as const,
    version: number++,
    value: "one",
    labels: undefined,
  }));
}

/** In one order, and with a label like __proto__ in sight. */
function ownEntries(stages: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(stages).sort(([one], [other]) => (one < other ? -1 : 1));
}
