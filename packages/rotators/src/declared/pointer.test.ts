import { expect, test } from "vitest";
import { isPointer, lookUp } from "./pointer.ts";

/** RFC 6901, section 5. */
const document = { foo: ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, nothing: null };

test.each<[string, unknown]>([
  ["", document],
  ["/foo/0", "bar"],
  ["/", 0],
  ["/a~1b", 1],
  ["/m~0n", 8],
  ["/foo/2", undefined],
  ["/nothing/deeper", undefined],
  ["/toString", undefined],
])("%j", (pointer, value) => {
  expect(isPointer(pointer)).toBe(true);
  expect(lookUp(document, pointer)).toBe(value);
});

test.each(["foo", "/a~2", "/a~"])("%j is none", (text) => {
  expect(isPointer(text)).toBe(false);
});
