import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "claviger-private-file-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

it("is written whole, for its owner only, and never over another", () => {
  const path = join(directory, "kept");
  const umask = process.umask(0);
  try {
    writePrivateFile(path, "first");
  } finally {
    process.umask(umask);
  }
  expect(() => writePrivateFile(path, "second")).toThrow("EEXIST");
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(["kept"]);
  expect(readPrivateFile(path)).toEqual({ text: "first", openMode: undefined });
  expect(readPrivateFile(join(directory, "missing"))).toBeUndefined();
});
