import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test, vi } from "vitest";
import { reportFailure } from "./failure.ts";

afterEach(() => vi.restoreAllMocks());

function reported(error: unknown): string {
  let said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  expect(reportFailure(error)).toBe(1);
  return said;
}

/** SQLite's own, of a database that may not grow. */
function fullDatabase(): unknown {
  using database = new DatabaseSync(":memory:");
  database.exec("PRAGMA max_page_count = 1");
  try {
    database.exec("CREATE TABLE a (b); CREATE TABLE c (d)");
    return undefined;
  } catch (error) {
    return error;
  }
}

test("a full disk is told as one, also where SQLite met it amid something else", () => {
  const full = fullDatabase();
  const hint = "hint: the disk is full: make room on it\n";
  expect(reported(full)).toBe(`error: database or disk is full\n${hint}`);
  expect(reported(new Error("Migration 1 failed", { cause: full }))).toContain(hint);
});
