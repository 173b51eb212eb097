import { expect, test } from "vitest";
import { statementSpans } from "./spans.ts";

const at = (line: number, column: number) => ({ line, column });

test("counts lines and columns from 1, as IAM's simulator does", () => {
  const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"},{"Effect":"Deny"}]}';
  expect(statementSpans(document)).toEqual([
    { start: at(1, 38), end: at(1, 56) },
    { start: at(1, 57), end: at(1, 74) },
  ]);
});

test("finds statements over several lines, and what only looks like one nowhere", () => {
  const document = `{
  "Id": "Statement",
  "Version": "2012-10-17",
  "\\u0053tatement": [
    {
      "Sid": "{[\\"Statement\\"]}",
      "Condition": { "StringEquals": { "Statement": ["[{", "}]"] } }
    }
  ]
}`;
  expect(statementSpans(document)).toEqual([{ start: at(5, 5), end: at(8, 6) }]);
});

test("finds a statement that is in no list", () => {
  expect(statementSpans('{"Statement":{"Resource":["*"]}}')).toEqual([
    { start: at(1, 14), end: at(1, 32) },
  ]);
});
