/** Labels as a state machine, against the naive model: a list of versions, each with its set. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { allPages, TestParameters } from "./parameters.fixture.ts";

/** PROPERTY_TIMES makes it longer: `npm run prove -- labels --full`. */
const times = Number(process.env.PROPERTY_TIMES ?? 1);

let store: TestParameters;
beforeEach(async () => {
  store = await TestParameters.open();
});
afterEach(() => store.close());

/** What AWS's guide says of labels, word by word. */
class NaiveParameter {
  versions: { version: number; labels: string[] }[] = [];

  put(): number | "ParameterMaxVersionLimitExceeded" {
    const [oldest] = this.versions;
    if (this.versions.length === 100) {
      if (oldest !== undefined && oldest.labels.length > 0)
        return "ParameterMaxVersionLimitExceeded";
      this.versions.shift();
    }
    const version = (this.versions.at(-1)?.version ?? 0) + 1;
    this.versions.push({ version, labels: [] });
    return version;
  }

  label(version: number, given: string[]) {
    const target = this.versions.find((each) => each.version === version);
    if (target === undefined) return "ParameterVersionNotFound";
    const isInvalid = (label: string) =>
      /^\d/.test(label) || /^aws|^ssm/i.test(label) || /[^\w.-]/.test(label);
    const valid = given.filter((label) => !isInvalid(label));
    if (new Set([...target.labels, ...valid]).size > 10)
      return "ParameterVersionLabelLimitExceeded";
    for (const label of new Set(valid)) {
      if (target.labels.includes(label)) continue;
      for (const each of this.versions) each.labels = each.labels.filter((one) => one !== label);
      target.labels.push(label);
    }
    return { version, invalid: given.filter(isInvalid) };
  }

  unlabel(version: number, given: string[]) {
    const target = this.versions.find((each) => each.version === version);
    if (target === undefined) return "ParameterVersionNotFound";
    const removed = given.filter((label) => target.labels.includes(label));
    target.labels = target.labels.filter((label) => !given.includes(label));
    return { removed, invalid: given.filter((label) => !removed.includes(label)) };
  }
}

const label = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(..."abcdefghijklm") },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "Prod-1.0", ".x") },
  { weight: 1, arbitrary: fc.constantFrom("1st", "AWSx", "ssm", "a b", "é", "x:y") },
);
const labels = fc.uniqueArray(label, { minLength: 1, maxLength: 10 });
/** Counted from the newest version backwards; sometimes there is none. */
const back = fc.integer({ min: -1, max: 4 });

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant("put" as const) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("label" as const), back, labels }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("unlabel" as const), back, labels }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("fill" as const) }) },
);

const name = "/labels/x";
const outcome = <Result>(done: Promise<Result>) => done.catch(({ code }) => code as string);

async function put(): Promise<number | string> {
  return outcome(store.put(name, { value: "v", isOverwrite: true }).then(({ version }) => version));
}

it(
  "are where the model has them, after any history",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const model = new NaiveParameter();
        expect(await put()).toBe(model.put());
        for (const taken of steps) {
          const newest = model.versions.at(-1)?.version ?? 0;
          if (taken.type === "put") expect(await put()).toBe(model.put());
          if (taken.type === "fill") {
            while (model.versions.length < 100) expect(await put()).toBe(model.put());
          }
          if (taken.type === "label") {
            const version = newest - taken.back;
            const done = await outcome(store.label(name, taken.labels, version));
            expect(done).toEqual(model.label(version, taken.labels));
          }
          if (taken.type === "unlabel") {
            const version = newest - taken.back;
            const done = await outcome(store.unlabel(name, version, taken.labels));
            expect(done).toEqual(model.unlabel(version, taken.labels));
          }
        }
        const history = await allPages(50, (token) => store.history(name, 50, token));
        expect(history.map(({ version, labels }) => ({ version, labels }))).toEqual(model.versions);
        for (const { version, labels: on } of model.versions) {
          for (const each of on)
            expect((await store.read(`${name}:${each}`)).version).toBe(version);
        }
        await store.delete(name);
      }),
      { numRuns: 30 * times },
    );
  },
  60_000 * times,
);
