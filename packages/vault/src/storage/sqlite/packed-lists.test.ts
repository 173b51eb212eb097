import { deserialize, serialize } from "node:v8";
import fc from "fast-check";
import { expect, test } from "vitest";
import { written } from "../sql/changes.ts";
import { type Change, table } from "../storage.ts";
import { packLists, unpackLists } from "./packed-lists.ts";

const [secrets, history] = [table<unknown>("secrets"), table<unknown>("changes")];
const key = fc.stringMatching(/^[a-zé😀/]{0,8}$/u);
const revision = fc.nat();
const expectation = fc.oneof(revision, fc.constant("absent" as const));
const body = fc.jsonValue();

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    type: fc.constant("put" as const),
    table: fc.constant(secrets),
    key,
    body,
    sealed: fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }),
    expect: fc.option(expectation, { nil: undefined }),
    indexes: fc.option(fc.dictionary(key, key, { maxKeys: 3 }), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant("delete" as const),
    table: fc.constant(secrets),
    key,
    expect: fc.option(revision, { nil: undefined }),
  }),
  fc.record({
    type: fc.constant("require" as const),
    table: fc.constant(secrets),
    key,
    expect: expectation,
  }),
  fc.record({
    type: fc.constant("add" as const),
    table: fc.constant(secrets as never),
    key,
    amount: fc.integer(),
  }),
);
const append: Change = { type: "append", table: history, body: { entries: [] } };

test("a group is the same on the other side of a thread", () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyChange, { maxLength: 4 })), (group) => {
      const lists = group.map((changes) => ({ changes: written([...changes, append]) }));
      const arrived = unpackLists(deserialize(serialize(packLists(lists))));
      expect(arrived).toEqual(lists);
    }),
  );
});
