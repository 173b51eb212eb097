import { expect, test } from "vitest";
import { ownTags, readTags } from "./tags.ts";

test("tags are typed as key=value, where only the first = divides", () => {
  expect(readTags(["owner=payments", "url=a=b", "empty="])).toEqual({
    owner: "payments",
    url: "a=b",
    empty: "",
  });
  for (const typed of ["owner", "=payments", ""]) {
    expect(() => readTags([typed])).toThrow(`'${typed}' is no tag`);
  }
});

test("AWS's own tags are nobody else's to set", () => {
  expect(ownTags({ owner: "a", "aws:cloudformation:stack-name": "s" })).toEqual({ owner: "a" });
});
