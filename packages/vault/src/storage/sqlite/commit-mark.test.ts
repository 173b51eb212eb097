import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CommitMark } from "./commit-mark.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "claviger-mark-"));
  path = join(directory, "mark");
});
afterEach(() => rmSync(directory, { recursive: true }));

it("refuses what is behind what was acknowledged, and nothing else", () => {
  const mark = new CommitMark(path);
  expect(mark.refusal(0)).toBeUndefined();
  for (const last of [9, 10, 123_456]) mark.set(last);
  mark.close();
  const again = new CommitMark(path);
  expect(again.refusal(123_456)).toBeUndefined();
  expect(again.refusal(123_457)).toBeUndefined();
  expect(again.refusal(123_455)).toContain("its last one is 123455, and 123456 was acknowledged");
  again.close();
  expect(readFileSync(path, "latin1")).toBe("0000000000123456\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
