import { randomBytes, scryptSync } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { passphraseRootKey } from "./passphrase.ts";
import { RootKeyError, rootKeyFrom } from "./root-key.ts";
import type { KeptRootKey } from "./source.ts";

const passphrase = "correct horse battery staple";
let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "claviger-passphrase-"));
  file = join(directory, "passphrase");
  write(`${passphrase}\n`);
});

afterEach(() => rmSync(directory, { recursive: true }));

function write(text: string | Buffer): void {
  writeFileSync(file, text, { mode: 0o600 });
}

async function refusal(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => "was not refused",
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RootKeyError)) throw error;
  expect(error.message + error.hint).not.toContain("correct");
  return `${error.message} ${error.hint}`;
}

/** Cheap enough for many tests, and still within the bounds. */
const kept = {
  type: "passphrase",
  salt: randomBytes(32).toString("base64"),
  cost: { N: 2 ** 15, r: 8, p: 1 },
} as const;

async function fingerprint(from: KeptRootKey = kept): Promise<string> {
  return (await passphraseRootKey(file).open(from, "v")).fingerprint;
}

describe("a root key from a passphrase", () => {
  it("is the same at every start, and what is kept holds nothing of the passphrase", async () => {
    const made = await passphraseRootKey(file).create("v");
    expect(made.kept).toMatchObject({ type: "passphrase", cost: { N: 131_072, r: 8, p: 1 } });
    expect(await fingerprint(made.kept)).toBe(made.rootKey.fingerprint);
    expect(JSON.stringify(made)).not.toContain("horse");
  });

  it("is scrypt's, as another implementation's call gives it", async () => {
    const bytes = scryptSync(passphrase, Buffer.from(kept.salt, "base64"), 32, {
      ...kept.cost,
      maxmem: 2 ** 27,
    });
    expect(await fingerprint()).toBe(rootKeyFrom(bytes).fingerprint);
  });

  it("is another with another salt, cost or passphrase", async () => {
    const one = await fingerprint();
    const salt = randomBytes(32).toString("base64");
    expect(await fingerprint({ ...kept, salt })).not.toBe(one);
    expect(await fingerprint({ ...kept, cost: { ...kept.cost, N: 2 ** 16 } })).not.toBe(one);
    write("Correct horse battery staple");
    expect(await fingerprint()).not.toBe(one);
  });

  it("ignores one line feed at the passphrase's end, and nothing else", async () => {
    const one = await fingerprint();
    for (const end of ["", "\r\n"]) {
      write(passphrase + end);
      expect(await fingerprint()).toBe(one);
    }
    for (const other of [`${passphrase}\n\n`, `${passphrase} `, ` ${passphrase}`]) {
      write(other);
      expect(await fingerprint()).not.toBe(one);
    }
  });

  it.each([
    ["no file named", undefined, /no file is named.*CLAVIGER_PASSPHRASE_FILE/],
    ["no file there", "elsewhere", /no passphrase at/],
  ])("is refused with %s", async (_, name, says) => {
    const source = passphraseRootKey(name && join(directory, name));
    expect(await refusal(source.create("v"))).toMatch(says);
    expect(await refusal(source.open(kept, "v"))).toMatch(says);
  });

  it.each(["", "\n", "fifteen letters", "fifteen letters\n", "🔑".repeat(15)])(
    "is refused from too short a passphrase: %j",
    async (short) => {
      write(short);
      expect(await refusal(fingerprint())).toMatch(/shorter than 16.*six random words/);
    },
  );

  it("is refused from what is no text", async () => {
    write(Buffer.alloc(32, 0xff));
    expect(await refusal(fingerprint())).toMatch(/not text/);
  });

  it("is refused from a file that is open to others", async () => {
    chmodSync(file, 0o640);
    expect(await refusal(fingerprint())).toMatch(/passphrase.*open to others .*chmod 600/);
  });

  it.each([
    { N: 2 ** 14, r: 8, p: 1 },
    { N: 2 ** 21, r: 8, p: 1 },
    { N: 2 ** 17 + 1, r: 8, p: 1 },
    { N: 2 ** 17, r: 1, p: 1 },
    { N: 2 ** 17, r: 9, p: 1 },
    { N: 2 ** 17, r: 8, p: 0 },
    { N: 2 ** 17, r: 8, p: 5 },
    { N: 2 ** 17, r: 8, p: 1.5 },
  ])("refuses a kept cost beyond its bounds: %j", async (cost) => {
    expect(await refusal(fingerprint({ ...kept, cost }))).toMatch(/damaged/);
  });

  it("refuses a kept salt of another length", async () => {
    expect(await refusal(fingerprint({ ...kept, salt: "c2FsdA==" }))).toMatch(/damaged/);
  });
});
