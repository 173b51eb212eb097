import { expect, test } from "vitest";
import { CommandFailure } from "../failure.ts";
import { printed } from "../stores/reference.ts";
import { readEnvFile } from "./env-file.ts";
import { referenceIn } from "./referenced.ts";

function referred(line: string, name = ".env"): string | undefined {
  const file = readEnvFile(Buffer.from(line), name);
  const [entry] = file.entries;
  if (entry === undefined) throw new Error("there is one");
  const reference = referenceIn(file, entry);
  return reference && printed(reference);
}

test.each([
  ["KEY=ssm:/app/key", "ssm:/app/key"],
  ["KEY='secretsmanager:prod/db#password'", "secretsmanager:prod/db#password"],
  ["KEY=secretsmanager:prod/db # comment", "secretsmanager:prod/db"],
  ["KEY='ssm:/app/key'#comment", "ssm:/app/key"],
  ["KEY=/var/log", undefined],
  ["KEY=https://example.com", undefined],
])("%s", (line, reference) => {
  expect(referred(line)).toBe(reference);
});

test("a shell's # in a word is no comment", () => {
  expect(referred("export KEY=secretsmanager:prod/db#password", ".envrc")).toBe(
    "secretsmanager:prod/db#password",
  );
});

test.each([
  ["KEY=secretsmanager:prod/db#password", ".env, line 1: the reference of KEY ends at #"],
  ["KEY='ssm:sk_live_1 2'", ".env, line 1: KEY begins as a reference and is none"],
])("%s is refused, and its value not told", (line, message) => {
  expect(() => referred(line)).toThrow(CommandFailure);
  expect(() => referred(line)).toThrow(message);
  expect(() => referred(line)).not.toThrow("sk_live");
});
