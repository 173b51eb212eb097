/** Listings and versions against naive models of them. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { matcher, type ParameterFilter } from "./filters.ts";
import { allPages, TestParameters } from "./parameters.fixture.ts";

let store: TestParameters;
beforeEach(async () => {
  store = await TestParameters.open();
});
afterEach(() => store.close());

// Neighbours of "/" in the byte order (".", "-", "0") are where a careless range would go wrong.
const segment = fc.constantFrom("a", "a-", "a.", "a0", "b", "A", "a_");
const path = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);
const paths = fc.uniqueArray(path, { minLength: 1, maxLength: 25 });

function isBelow(name: string, parent: string, isRecursive: boolean): boolean {
  const rest = name.startsWith(`${parent}/`) ? name.slice(parent.length + 1) : undefined;
  return rest !== undefined && (isRecursive || !rest.includes("/"));
}

async function withParameters(names: readonly string[], check: () => Promise<void>) {
  await Promise.all(names.map((name) => store.put(name, { value: name })));
  await check();
  await Promise.all(names.map((name) => store.delete(name)));
}

describe("a listing by path", () => {
  it("gives what lies below, once, in pages of any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        paths,
        fc.oneof(path, fc.constant("")),
        fc.boolean(),
        fc.integer({ min: 1, max: 10 }),
        (names, parent, isRecursive, limit) =>
          withParameters(names, async () => {
            const listed = await allPages(limit, (token) =>
              store.byPath(parent === "" ? "/" : parent, { isRecursive, limit, token }),
            );
            const expected = names.filter((name) => isBelow(name, parent, isRecursive));
            expect(listed.map(({ name }) => name).sort()).toEqual(expected.sort());
          }),
      ),
      { numRuns: 40 },
    );
  });
});

describe("a description", () => {
  const filter: fc.Arbitrary<ParameterFilter> = fc.oneof(
    fc.record({
      key: fc.constant("Name"),
      option: fc.constantFrom("Equals", "BeginsWith", "Contains"),
      values: fc.uniqueArray(fc.oneof(path, segment), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      key: fc.constant("Path"),
      option: fc.constantFrom("OneLevel", "Recursive"),
      values: fc.uniqueArray(fc.oneof(path, fc.constant("/")), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ key: fc.constant("Type"), values: fc.constant(["String"]) }),
  );
  const filters = fc.uniqueArray(filter, { maxLength: 2, selector: ({ key }) => key });

  it("looks only where its filters allow and misses nothing there", async () => {
    await fc.assert(
      fc.asyncProperty(paths, filters, fc.integer({ min: 1, max: 10 }), (names, given, limit) =>
        withParameters(names, async () => {
          const described = await allPages(limit, (token) => store.describe(given, limit, token));
          // All of them, and each asked by itself: no range, no page.
          const everything = await allPages(50, (token) => store.describe([], 50, token));
          const expected = everything.filter(({ record }) => matcher(given)(record));
          expect(everything).toHaveLength(names.length);
          const nameOf = ({ record }: { record: { name: string } }) => record.name;
          expect(described.map(nameOf).sort()).toEqual(expected.map(nameOf).sort());
        }),
      ),
      { numRuns: 60 },
    );
  });
});

describe("versions", () => {
  /** A step of a parameter's life: writes so many versions, or ends it. */
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 60 }) },
    { weight: 1, arbitrary: fc.constant("delete" as const) },
  );

  it("are the last hundred of the present life, each with its own value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        let values: string[] = [];
        for (const taken of steps) {
          if (taken === "delete") {
            const isThere = values.length > 0;
            await (isThere ? store.delete("/m") : expect(store.delete("/m")).rejects.toThrow());
            values = [];
            continue;
          }
          for (let at = 0; at < taken; at++) {
            const value = `${values.length}/${at}`;
            const { version } = await store.put("/m", { value, isOverwrite: true });
            expect(version).toBe(values.push(value));
          }
        }
        if (values.length === 0) return;
        const kept = await allPages(50, (token) => store.history("/m", 50, token));
        const firstKept = Math.max(0, values.length - 100);
        expect(await Promise.all(kept.map((read) => store.parameters.value(read)))).toEqual(
          values.slice(firstKept),
        );
        expect(kept[0]?.version).toBe(firstKept + 1);
        expect(await store.value("/m")).toBe(values.at(-1));
        if (firstKept > 0) await expect(store.read(`/m:${firstKept}`)).rejects.toThrow();
        await store.delete("/m");
      }),
      { numRuns: 6 },
    );
  });
});
