import {
  chmodSync,
  closeSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assertReplaceable, removeLeftover, replaceFile } from "./replace-file.ts";

const before = Buffer.from("KEY=planted-in-the-old-file\n");
const after = Buffer.from("KEY=ssm:/a/b\n");

describe("a file", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), "claviger-replace-"));
    path = join(folder, ".env");
    writeFileSync(path, before, { mode: 0o640 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = () => ({ path: ".env", realPath: realpathSync(path) });

  test("is replaced, with its mode, and nothing else is left", async () => {
    chmodSync(path, 0o604);
    await assertReplaceable(file());
    await replaceFile(file(), before, after);
    expect(readFileSync(path)).toEqual(after);
    expect(statSync(path).mode & 0o7777).toBe(0o604);
    expect(readdirSync(folder)).toEqual([".env"]);
  });

  describe("that an editor saves meanwhile", () => {
    const saved = Buffer.from("KEY=what-was-typed-meanwhile\n");
    const saves: [string, () => void][] = [
      ["into it", () => writeFileSync(path, saved)],
      [
        "as another file in its place",
        () => {
          writeFileSync(`${path}~`, saved);
          renameSync(`${path}~`, path);
        },
      ],
    ];
    test.each(saves)("%s, stays as it was saved", async (_, save) => {
      const watcher = watch(folder, (_event, name) => {
        if (name !== ".env.claviger-new") return;
        watcher.close();
        save();
      });
      await expect(replaceFile(file(), before, after)).rejects.toThrow("was changed while");
      expect(readFileSync(path)).toEqual(saved);
      expect(readdirSync(folder)).toEqual([".env"]);
    });
  });

  test("loses what a death left of an earlier import", async () => {
    writeFileSync(`${path}.claviger-new`, "C=x$Avalue\n");
    await removeLeftover(file());
    await removeLeftover(file());
    expect(readdirSync(folder)).toEqual([".env"]);
  });

  test("is another one afterwards, and the old one's bytes are overwritten", async () => {
    const old = openSync(path, "r");
    await replaceFile(file(), before, after);
    const bytes = Buffer.alloc(before.length + 1, 1);
    expect(readSync(old, bytes, 0, bytes.length, 0)).toBe(before.length);
    closeSync(old);
    expect(bytes.subarray(0, before.length)).toEqual(Buffer.alloc(before.length));
  });

  test("behind a symbolic link leaves the link", async () => {
    const link = join(folder, "link");
    symlinkSync(path, link);
    await replaceFile({ path: "link", realPath: realpathSync(link) }, before, after);
    expect(realpathSync(link)).toBe(path);
    expect(readFileSync(link)).toEqual(after);
  });

  test("that was changed meanwhile stays", async () => {
    writeFileSync(path, "KEY=another");
    await expect(replaceFile(file(), before, after)).rejects.toThrow("changed while it was");
    expect(readFileSync(path, "utf8")).toBe("KEY=another");
    expect(readdirSync(folder)).toEqual([".env"]);
  });

  test("takes the place of what an earlier death left", async () => {
    writeFileSync(`${path}.claviger-new`, "half");
    await replaceFile(file(), before, after);
    expect(readdirSync(folder)).toEqual([".env"]);
  });

  test("with another name is refused, since that would keep the values", async () => {
    linkSync(path, join(folder, "other"));
    await expect(assertReplaceable(file())).rejects.toThrow(".env has 2 names");
  });

  test("that got another name in between keeps its bytes there", async () => {
    linkSync(path, join(folder, "other"));
    await replaceFile(file(), before, after);
    expect(readFileSync(join(folder, "other"))).toEqual(before);
  });

  test("that is none is refused", async () => {
    await expect(assertReplaceable({ path: "x", realPath: folder })).rejects.toThrow("no file");
  });

  test("that is read-only is refused", async () => {
    chmodSync(path, 0o440);
    await expect(assertReplaceable(file())).rejects.toThrow(".env is read-only");
  });
});
