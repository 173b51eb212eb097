import { expect, test } from "vitest";
import { drawTree } from "./tree.ts";

const drawn = (...names: string[]) =>
  drawTree(names.map((name) => ({ name, item: name }))).map(
    ({ branch, text, item }) => branch.first + text + (item === undefined ? "" : ` = ${item}`),
  );

test("names are drawn below their paths, in order", () => {
  expect(drawn("/app/prod/url", "/app/prod/token", "/app/dev/token", "plain", "/app/prod")).toEqual(
    [
      "├─ /app/",
      "│  ├─ dev/",
      "│  │  └─ token = /app/dev/token",
      "│  └─ prod = /app/prod",
      "│     ├─ token = /app/prod/token",
      "│     └─ url = /app/prod/url",
      "└─ plain = plain",
    ],
  );
});

test("a name with and one without a slash before it are two", () => {
  expect(drawn("/a", "a")).toEqual(["├─ /a = /a", "└─ a = a"]);
  expect(drawn("a//b/")).toEqual(["└─ a/", "   └─ b = a//b/"]);
  expect(drawn()).toEqual([]);
});
