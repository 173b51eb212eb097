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
import { loadRootKeyFile } from "./file.ts";
import { RootKeyError, rootKeyFrom } from "./root-key.ts";

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "claviger-root-key-"));
  path = join(directory, "root.key");
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const make = { isMadeIfMissing: true };
const find = { isMadeIfMissing: false };

/** What loading throws: its message, and its hint for the operator. */
function refusal(options: { isMadeIfMissing: boolean }): string {
  try {
    loadRootKeyFile(path, options);
  } catch (error) {
    if (error instanceof RootKeyError) return `${error.message} ${error.hint}`;
    throw error;
  }
  throw new Error("was not refused");
}

describe("a root key's file", () => {
  it("is made at the first start, for its owner only, and found at the next", () => {
    const made = loadRootKeyFile(path, make);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["root.key"]);
    expect(loadRootKeyFile(path, make).fingerprint).toBe(made.fingerprint);
    expect(loadRootKeyFile(path, find).fingerprint).toBe(made.fingerprint);
  });

  it("holds the base64 of 32 bytes, as openssl writes it", () => {
    const bytes = Buffer.alloc(32, 5);
    writeFileSync(path, `${bytes.toString("base64")}\n`, { mode: 0o600 });
    expect(loadRootKeyFile(path, find).fingerprint).toBe(rootKeyFrom(bytes).fingerprint);
  });

  it("is not made where it must be given", () => {
    expect(refusal(find)).toMatch(/no root key at .*openssl rand -base64 32/);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o610])("is refused with mode %o", (mode) => {
    loadRootKeyFile(path, make);
    chmodSync(path, mode);
    expect(refusal(make)).toMatch(/open to others .*chmod 600/);
  });

  it.each(["", "\n", "c2hvcnQ=\n", `${"A".repeat(43)}\n`, `${"A".repeat(43)}=\nmore`, "{}"])(
    "is refused, shown to nobody and left alone where it holds something else: %j",
    (text) => {
      writeFileSync(path, text, { mode: 0o600 });
      const said = refusal(make);
      expect(said).toMatch(/holds no root key/);
      if (text.trim() !== "") expect(said).not.toContain(text.trim());
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );
});
