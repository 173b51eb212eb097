import { expect, test } from "vitest";
import { printed } from "./stores/reference.ts";
import { filled, readTemplate } from "./template.ts";

const values = new Map([
  ["ssm:/a/key", 'p@ss"<\n'],
  ["secretsmanager:prod/db#user", "shop"],
]);

test.each([
  ["key = claviger(ssm:/a/key)", 'key = p@ss"<\n'],
  ['{"key": "claviger(ssm:/a/key as json)"}', '{"key": "p@ss\\"<\\n"}'],
  [
    "url: postgres://claviger(secretsmanager:prod/db#user):claviger(ssm:/a/key as url)@db/shop",
    "url: postgres://shop:p%40ss%22%3C%0A@db/shop",
  ],
  ["<key>claviger(ssm:/a/key as xml)</key>", "<key>p@ss&#34;&#60;\n</key>"],
  ["data: claviger(ssm:/a/key as base64)", "data: cEBzcyI8Cg=="],
  [
    "see claviger(1), claviger() and claviger(file)",
    "see claviger(1), claviger() and claviger(file)",
  ],
  ["myclaviger(ssm:/a/key)", "myclaviger(ssm:/a/key)"],
  ["\uFEFFa\r\n", "\uFEFFa\r\n"],
])("%s", (text, expected) => {
  const template = readTemplate(text);
  expect(template.problems).toEqual([]);
  expect(filled(template, values)).toBe(expected);
});

test("each reference is told, in order", () => {
  const { references } = readTemplate("claviger(ssm:/a/key) claviger(secretsmanager:prod/db#user)");
  expect(references.map(printed)).toEqual([...values.keys()]);
});

test("what begins as a reference and is none is a problem of its line", () => {
  const { problems } = readTemplate(
    "\nclaviger(ssm:/a/key\r\nclaviger(ssm:/a b)\nclaviger(ssm:/a as rot13)\nclaviger(ssm:/a#b)",
  );
  expect(problems).toEqual([
    "line 2: a reference is not closed by )",
    "line 3: a reference is not closed by )",
    "line 4: 'rot13' is none of json, url, xml, base64",
    "line 5: 'ssm:/a#b': only a secret's fields can be named",
  ]);
});

test("a value that looks like a reference is not filled in again", () => {
  const template = readTemplate("claviger(ssm:/a/key)claviger(ssm:/b)");
  const text = filled(
    template,
    new Map([
      ["ssm:/a/key", "claviger(ssm:/b)"],
      ["ssm:/b", "$&"],
    ]),
  );
  expect(text).toBe("claviger(ssm:/b)$&");
});
