import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkReplaceable, replaceFile, replacePrivateFile } from "./replace-file.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "claviger-replace-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a new file, and its folder, are the owner's alone", () => {
  const path = join(folder, "new/config");
  replaceFile(path, "text");
  expect(readFileSync(path, "utf8")).toBe("text");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
});

test("a file keeps its mode, and a link to it stays a link", () => {
  mkdirSync(join(folder, "dotfiles"));
  const target = join(folder, "dotfiles/config");
  writeFileSync(target, "before");
  chmodSync(target, 0o640);
  const link = join(folder, "config");
  symlinkSync(target, link);
  replaceFile(link, "after");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(target, "utf8")).toBe("after");
  expect(statSync(target).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(folder, "dotfiles"))).toEqual(["config"]);
});

test("what is no file is not written", () => {
  expect(() => replaceFile("/dev/null", "text")).toThrow(/no file that can be written/);
  expect(() => replaceFile(folder, "text")).toThrow(/no file that can be written/);
});

test("what holds a key is the owner's alone, whatever it was", () => {
  const path = join(folder, "profile.json");
  writeFileSync(path, "before");
  chmodSync(path, 0o644);
  replacePrivateFile(path, "after");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("what can't be replaced is said before", () => {
  const path = join(folder, "config");
  expect(() => checkReplaceable(path)).not.toThrow();
  writeFileSync(path, "before", { mode: 0o400 });
  expect(() => checkReplaceable(path)).toThrow(`${path} is read-only`);
  const link = join(folder, "link");
  symlinkSync(join(folder, "nothing"), link);
  expect(() => checkReplaceable(link)).toThrow(`${link} is a link to nothing`);
  expect(() => checkReplaceable("/dev/null")).toThrow(/no file that can be written/);
});
