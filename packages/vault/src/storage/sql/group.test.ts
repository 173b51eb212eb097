import fc from "fast-check";
import { expect, test } from "vitest";
import { NaiveStorage } from "../conformance/naive-storage.fixture.ts";
import { type Change, Conflict, type Expectation, table } from "../storage.ts";
import { written } from "./changes.ts";
import { decide, type PutRow } from "./group.ts";

const secrets = table<number>("secrets");
const keys = ["a", "b", "c"];

const anyChange = fc.record({
  type: fc.constantFrom("put", "delete", "require", "add"),
  key: fc.constantFrom(...keys),
  number: fc.nat({ max: 9 }),
  expect: fc.constantFrom("right", "wrong", "absent", undefined),
});
const anyGroup = fc.array(fc.array(anyChange, { minLength: 1, maxLength: 3 }), { minLength: 1 });
type AnyChange = typeof anyChange extends fc.Arbitrary<infer Value> ? Value : never;

/** As somebody asks for it who has read the rows before the group. */
function changeOf({ type, key, number, expect }: AnyChange, found: number | undefined): Change {
  const expectations: Record<string, Expectation> = { right: found ?? "absent", wrong: -1 };
  const expected = expect && (expectations[expect] ?? "absent");
  if (type === "put") return { type, table: secrets, key, body: number, expect: expected };
  if (type === "add") return { type, table: secrets, key, amount: number };
  if (type === "require") return { type, table: secrets, key, expect: expected ?? "absent" };
  return { type: "delete", table: secrets, key, expect: expected === "absent" ? -1 : expected };
}

test("a group is decided as its lists one behind the other are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyGroup, { minLength: 1, maxLength: 5 }), async (groups) => {
      const naive = new NaiveStorage();
      const rows = new Map<string, PutRow>();
      let counter = 0;
      for (const group of groups) {
        const lists = group.map((list) => ({
          changes: written(list.map((each) => changeOf(each, rows.get(each.key)?.revision))),
        }));
        const decision = decide(lists, counter, new Map([["secrets", [...rows.values()]]]));
        for (const { deletes, puts } of decision.writes) {
          for (const key of deletes) rows.delete(key);
          for (const row of puts) rows.set(row.key, row);
        }
        const before = await naive.getMany(secrets, keys);
        const revisionOf = (key: string) => before[keys.indexOf(key)]?.revision;
        for (const [at, list] of group.entries()) {
          const changes = list.map((each) => changeOf(each, revisionOf(each.key)));
          const outcome = await naive.commit(changes).catch((error) => error);
          if (outcome instanceof Conflict) {
            expect(decision.outcomes[at]).toMatchObject({ type: "conflict" });
          } else expect(decision.outcomes[at]).toBe(++counter);
        }
        expect(decision.counter).toBe(counter);
        const after = await naive.getMany(secrets, keys);
        expect(keys.map((key) => rows.get(key)?.body)).toEqual(
          after.map((row) => row && JSON.stringify(row.body)),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test("an outdated list changes nothing, and those behind it are decided without it", () => {
  const put = (body: number) => written([{ type: "put", table: secrets, key: "a", body }]);
  const absent = written([{ type: "require", table: secrets, key: "a", expect: "absent" }]);
  const lists = [{ changes: put(1), isOutdated: () => true }, { changes: absent }];
  const { outcomes, counter, writes } = decide(lists, 6, new Map([["secrets", []]]));
  expect(outcomes).toEqual([expect.objectContaining({ type: "stale" }), 7]);
  expect([counter, writes]).toEqual([7, []]);
});
