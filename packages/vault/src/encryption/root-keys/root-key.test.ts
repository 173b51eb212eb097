import { randomBytes, webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import { OpenFailed } from "../seal.ts";
import { RootKeyError, rootKeyFrom } from "./root-key.ts";

const bytes = Buffer.from([...Array(32).keys()]);
const rootKey = rootKeyFrom(bytes);

describe("a root key", () => {
  it("opens what it sealed for the same purpose and record only", () => {
    const sealed = rootKey.seal("access-keys", Buffer.from("secret"), "AKIA1");
    expect(rootKey.open("access-keys", sealed, "AKIA1").toString()).toBe("secret");
    expect(() => rootKey.open("sealed-keys", sealed, "AKIA1")).toThrow(OpenFailed);
    expect(() => rootKey.open("access-keys", sealed, "AKIA2")).toThrow(OpenFailed);
    const other = rootKeyFrom(randomBytes(32));
    expect(() => other.open("access-keys", sealed, "AKIA1")).toThrow(OpenFailed);
  });

  it("does not need the bytes it was made from any more", () => {
    const given = Buffer.from(bytes);
    const made = rootKeyFrom(given);
    given.fill(0);
    expect(made.open("p", rootKey.seal("p", Buffer.from("v"), ""), "").toString()).toBe("v");
  });

  it("has 32 bytes", () => {
    for (const length of [0, 16, 31, 33, 64]) {
      expect(() => rootKeyFrom(Buffer.alloc(length))).toThrow(RootKeyError);
    }
  });

  it("shows nothing of itself when it is printed", () => {
    expect(JSON.stringify(rootKey)).toBe(
      JSON.stringify({ fingerprint: rootKey.fingerprint, generation: 1 }),
    );
  });

  it("still opens what version 1 of the derivation sealed", () => {
    expect(rootKey.fingerprint).toBe("7fabc5f6e66b598b5fd6d7bcb5032b80");
    const sealed =
      "0110260e64a71f8185204f9a616bf4bdf26b482760c5759f4b752c68987e8b990f27d7d57923c360c83e80";
    const opened = rootKey.open("purpose", Buffer.from(sealed, "hex"), "aad");
    expect(opened.toString()).toBe("opens for ever");
  });

  it("derives by HKDF-SHA256 as another implementation understands it", async () => {
    const info = Buffer.from("claviger/root-key/1/fingerprint");
    const algorithm = { name: "HKDF", hash: "SHA-256", salt: Buffer.alloc(0), info };
    const webKey = await webcrypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
    const derived = await webcrypto.subtle.deriveBits(algorithm, webKey, 128);
    expect(Buffer.from(derived).toString("hex")).toBe(rootKey.fingerprint);
  });
});
