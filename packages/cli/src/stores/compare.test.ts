import { expect, test } from "vitest";
import { compare } from "./compare.ts";

const kinds = (before: string, after: string) =>
  compare({ text: before }, { text: after }).map(({ field, kind }) => [field, kind]);

test("JSON objects are compared field by field", () => {
  const before = '{"a":"1","b":"x","c":{"n":1},"d":true}';
  const after = '{"b":"x","c":{"n":2},"a":1,"e":null}';
  expect(kinds(before, after)).toEqual([
    ["b", "same"],
    ["c", "changed"],
    ["a", "changed"],
    ["e", "added"],
    ["d", "removed"],
  ]);
});

test("anything else is the same to the byte or changed", () => {
  expect(kinds("wx_1", "wx_2")).toEqual([[undefined, "changed"]]);
  expect(kinds("wx_1", "wx_1")).toEqual([[undefined, "same"]]);
  expect(kinds('{"a":1}', "wx_1")).toEqual([[undefined, "changed"]]);
  const bytes = new TextEncoder().encode("wx_1");
  expect(compare({ text: "wx_1" }, { bytes })).toMatchObject([{ kind: "changed" }]);
});
