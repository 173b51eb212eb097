import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileRootKey } from "./file.ts";
import { type RootKey, RootKeyError, rootKeyFrom } from "./root-key.ts";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "claviger-root-key-"));
  path = join(directory, "root.key");
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const make = { isMadeIfMissing: true } as const;
const find = { isMadeIfMissing: false } as const;

type Options = typeof make | typeof find;

async function created(options: Options): Promise<RootKey> {
  return (await fileRootKey(path, options).create("v")).rootKey;
}

/** What both ways to a root key throw: the message, and the hint for the operator. */
async function refusal(options: Options): Promise<string> {
  const source = fileRootKey(path, options);
  const said = await saidBy(source.create("v"));
  expect(await saidBy(source.open({ type: "file" }, "v"))).toBe(said);
  return said;
}

function saidBy(refused: Promise<unknown>): Promise<string> {
  return refused.then(
    () => "was not refused",
    (error) => {
      if (error instanceof RootKeyError) return `${error.message} ${error.hint}`;
      throw error;
    },
  );
}

describe("a root key's file", () => {
  it("is made at the first start, for its owner only, and found at the next", async () => {
    const made = await created(make);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["root.key"]);
    expect((await created(make)).fingerprint).toBe(made.fingerprint);
    expect((await created(find)).fingerprint).toBe(made.fingerprint);
    const opened = await fileRootKey(path, make).open({ type: "file" }, "v");
    expect(opened.fingerprint).toBe(made.fingerprint);
  });

  it("holds the base64 of 32 bytes, as openssl writes it", async () => {
    const bytes = Buffer.alloc(32, 5);
    writeFileSync(path, `${bytes.toString("base64")}\n`, { mode: 0o600 });
    expect((await created(find)).fingerprint).toBe(rootKeyFrom(bytes).fingerprint);
  });

  it("is not made where it must be given", async () => {
    expect(await refusal(find)).toMatch(/no root key at .*openssl rand -base64 32/);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("is not made in place of one that was lost", async () => {
    const opening = fileRootKey(path, make).open({ type: "file" }, "v");
    expect(await saidBy(opening)).toMatch(/no root key at .*Restore/);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o610])("is refused with mode %o", async (mode) => {
    await created(make);
    chmodSync(path, mode);
    expect(await refusal(make)).toMatch(/open to others .*chmod 600/);
  });

  it.each(["", "\n", "c2hvcnQ=\n", `${"A".repeat(43)}\n`, `${"A".repeat(43)}=\nmore`, "{}"])(
    "is refused, shown to nobody and left alone where it holds something else: %j",
    async (text) => {
      writeFileSync(path, text, { mode: 0o600 });
      const said = await refusal(make);
      expect(said).toMatch(/holds no root key/);
      if (text.trim() !== "") expect(said).not.toContain(text.trim());
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it("is no pipe, no device and no large file", async () => {
    execFileSync("mkfifo", ["-m", "600", path]);
    expect(await refusal(find)).toMatch(/can't be read.*Check that it is a file/);
    rmSync(path);
    writeFileSync(path, "A".repeat(100_000), { mode: 0o600 });
    expect(await refusal(find)).toMatch(/can't be read/);
  });

  it("does not open a vault whose root key comes from elsewhere", async () => {
    await created(make);
    const kept = { type: "aws-kms", ciphertext: "" } as const;
    expect(await saidBy(fileRootKey(path, make).open(kept, "v"))).toMatch(
      /comes from aws-kms:, and the setting says file:.*CLAVIGER_ROOT_KEY/,
    );
  });
});
