/** What the property test of storages asks of them: any steps, and all that an answer may tell. */
import fc from "fast-check";
import { type Change, Conflict, type Expectation, type Storage } from "../storage.ts";
import { secrets } from "./subject.fixture.ts";

const anyText = fc.string({
  unit: fc.constantFrom("a", "b", "_", "%", "/", "é", "🔑", "\u{10ffff}"),
  maxLength: 2,
});
const anyIndex = fc.constantFrom("one", "two");

/** One thing that may be asked of a storage: a commit, a range, an index from end to end. */
export const anyStep = fc.oneof(
  fc.record({
    type: fc.constant("commit" as const),
    changes: fc.array(
      fc.record({
        type: fc.constantFrom("put", "put", "put", "delete", "require"),
        key: anyText,
        expect: fc.constantFrom("right", "wrong", "absent", undefined),
        indexes: fc.dictionary(anyIndex, anyText),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  fc.record({
    type: fc.constant("range" as const),
    prefix: anyText,
    after: fc.option(anyText, { nil: undefined }),
    limit: fc.integer({ min: 1, max: 4 }),
    isDescending: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("index" as const),
    index: anyIndex,
    prefix: anyText,
    limit: fc.integer({ min: 1, max: 4 }),
    isDescending: fc.boolean(),
  }),
);
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

/** Takes the step and returns all that any two storages must agree on. */
export async function take(step: Step, space: string, storage: Storage): Promise<unknown> {
  if (step.type === "range") {
    const { prefix, after, limit, isDescending } = step;
    const range = {
      prefix: space + prefix,
      after: after === undefined ? undefined : space + after,
      limit,
      isDescending,
    };
    const rows = await storage.list(secrets, range);
    const count = await storage.count(secrets, range.prefix);
    return { rows: rows.map(({ key, body }) => [key, body]), count };
  }
  if (step.type === "index") {
    const { index, prefix, limit, isDescending } = step;
    const pages: unknown[] = [];
    for (let after: string | undefined; ; ) {
      const range = { prefix: space + prefix, after, limit, isDescending };
      const rows = await storage.listByIndex(secrets, index, range);
      if (rows.length === 0) return pages;
      pages.push(rows.map(({ key, body }) => [key, body]));
      after = rows.at(-1)?.position;
    }
  }
  try {
    await storage.commit(await Promise.all(step.changes.map((c) => changeOf(c, space, storage))));
    return "committed";
  } catch (error) {
    if (error instanceof Conflict) return "conflict";
    throw error;
  }
}

async function changeOf(
  change: (Step & { type: "commit" })["changes"][number],
  space: string,
  storage: Storage,
): Promise<Change> {
  const key = space + change.key;
  const revision = (await storage.get(secrets, key))?.revision ?? "absent";
  const expectations: Record<string, Expectation> = {
    right: revision,
    wrong: -1,
    absent: "absent",
  };
  const expectation = expectations[change.expect ?? "right"] ?? "absent";
  if (change.type === "require") {
    return { type: "require", table: secrets, key, expect: expectation };
  }
  const expected = change.expect === undefined ? undefined : expectation;
  if (change.type === "delete") {
    const expect = expected === "absent" ? -1 : expected;
    return { type: "delete", table: secrets, key, expect };
  }
  const indexes = Object.fromEntries(
    Object.entries(change.indexes).map(([name, value]) => [name, space + value]),
  );
  return { type: "put", table: secrets, key, body: change, expect: expected, indexes };
}
