import { describe, expect, it } from "vitest";
import { parseJson } from "./json.ts";

describe("parseJson", () => {
  it.each([
    '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}',
    '{"a":"a","b":"a"}',
    '{"a":["a","a"],"b":"{\\"a\\":1,\\"a\\":2}"}',
    ' { "a" : { } , "b" : [ ] } ',
    '"text"',
  ])("reads %s", (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"a":[],"c":1,"a":{}}}]',
    '{"a":{"b":1},"a":{"b":1}}',
    "{",
    "",
    "{'a':1}",
    '{"a":1,}',
  ])("refuses %s", (text) => {
    expect(parseJson(text)).toBeUndefined();
  });
});
