import { createSecretKey, randomBytes, webcrypto } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OpenFailed, open, seal, sealedOverheadBytes } from "./seal.ts";

const bytes = () => fc.uint8Array({ maxLength: 300 });
const key = createSecretKey(Buffer.alloc(32, 7));

describe("seal and open", () => {
  it("opens what was sealed", () => {
    fc.assert(
      fc.property(bytes(), fc.string({ unit: "binary" }), (plaintext, aad) => {
        const sealed = seal(key, plaintext, aad);
        expect(sealed.length).toBe(plaintext.length + sealedOverheadBytes);
        expect(open(key, sealed, aad)).toEqual(Buffer.from(plaintext));
      }),
    );
  });

  it("opens nothing in which any bit was changed", () => {
    const sealed = seal(key, Buffer.from("sk_live_42"), "aad");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(key, changed, "aad")).toThrow(OpenFailed);
    }
  });

  it("opens nothing that was cut short or made longer", () => {
    const sealed = seal(key, Buffer.from("sk_live_42"), "aad");
    for (let length = 0; length < sealed.length; length++) {
      expect(() => open(key, sealed.subarray(0, length), "aad")).toThrow(OpenFailed);
    }
    expect(() => open(key, Buffer.concat([sealed, Buffer.alloc(1)]), "aad")).toThrow(OpenFailed);
  });

  it("opens only under its own key and associated data", () => {
    const sealed = seal(key, Buffer.from("sk_live_42"), "aad");
    expect(() => open(key, sealed, "aad ")).toThrow(OpenFailed);
    expect(() => open(createSecretKey(randomBytes(32)), sealed, "aad")).toThrow(OpenFailed);
  });

  it("never uses a nonce twice", () => {
    const nonces = Array.from({ length: 1000 }, () =>
      seal(key, Buffer.alloc(1), "").toString("hex", 1, 13),
    );
    expect(new Set(nonces).size).toBe(1000);
  });

  it("still opens what version 1 of the format sealed", () => {
    const sealed =
      "01db8b671d55f171f834cdb78b9fbb65d0483ef659be42be69b6f83eace2b5d5c684e37f7dd9bb9c3e3e79";
    expect(open(key, Buffer.from(sealed, "hex"), "aad").toString()).toBe("opens for ever");
  });

  it("is AES-256-GCM as another implementation understands it", async () => {
    const sealed = new Uint8Array(seal(key, Buffer.from("sk_live_42"), "aad"));
    const algorithm = {
      name: "AES-GCM",
      iv: sealed.subarray(1, 13),
      additionalData: Buffer.from("aad"),
    };
    const webKey = await webcrypto.subtle.importKey("raw", key.export(), "AES-GCM", false, [
      "decrypt",
    ]);
    const opened = await webcrypto.subtle.decrypt(algorithm, webKey, sealed.subarray(13));
    expect(Buffer.from(opened).toString()).toBe("sk_live_42");
  });
});
