import { expect, test } from "vitest";
import type { Trouble } from "./answers.ts";
import { during, type Injection, unexplained } from "./injections.ts";

const kill: Injection = { what: "kill", hits: ["one"], beganAt: 100, endedAt: 200 };
const outage: Injection = { what: "outage", hits: "database", beganAt: 300, endedAt: 400 };

function trouble(kind: Trouble["kind"], node: string, sentAt: number, endedAt: number): Trouble {
  return { node, operation: "x", kind, what: "x", sentAt, endedAt };
}

test.each([
  ["no reply of the node that was killed", "unanswered", "one", 150, 160, true],
  ["503 of it while it starts", "unavailable", "one", 190, 199, true],
  ["a request that was under way when it was killed", "unanswered", "one", 90, 110, true],
  ["no reply of another node", "unanswered", "two", 150, 160, false],
  ["503 of another node", "unavailable", "two", 150, 160, false],
  ["a request that was sent when all was well again", "unanswered", "one", 201, 210, false],
  ["one that had failed before", "unanswered", "one", 80, 99, false],
  ["503 of any node while the database is down", "unavailable", "two", 350, 360, true],
  ["no reply while the database is down", "unanswered", "two", 350, 360, false],
  ["an internal error, whatever goes on", "wrong", "one", 150, 160, false],
] as const)("explained or not: %s", (_, kind, node, sentAt, endedAt, isExplained) => {
  const left = unexplained([trouble(kind, node, sentAt, endedAt)], [kill, outage]);
  expect(left).toHaveLength(isExplained ? 0 : 1);
});

test("what was going on is named", () => {
  expect([50, 150, 350].map((moment) => during(moment, [kill, outage]))).toEqual([
    "no fault",
    "kill",
    "outage",
  ]);
});
