import fc from "fast-check";
import { expect, test } from "vitest";
import type { Randomness } from "../clock.ts";
import {
  accessKeyId,
  accountOfTemporaryKey,
  secretAccessKey,
  temporaryAccessKeyId,
  uniqueId,
} from "./ids.ts";

/** Any random bytes there could be. */
const anyRandomness = fc.uint8Array({ minLength: 40, maxLength: 40 }).map(
  (bytes): Randomness => ({
    bytes: (count) => Buffer.from(bytes.subarray(0, count)),
    uuid: () => "",
  }),
);

test("every id has AWS's form, whatever the random bytes", () => {
  fc.assert(
    fc.property(anyRandomness, (randomness) => {
      expect(uniqueId("AIDA", randomness)).toMatch(/^AIDA[A-Z2-7]{17}$/);
      expect(uniqueId("AGPA", randomness)).toMatch(/^AGPA[A-Z2-7]{17}$/);
      expect(uniqueId("AROA", randomness)).toMatch(/^AROA[A-Z2-7]{17}$/);
      expect(uniqueId("AIPA", randomness)).toMatch(/^AIPA[A-Z2-7]{17}$/);
      expect(accessKeyId("AKIA", randomness)).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(temporaryAccessKeyId("123456789012", randomness)).toMatch(/^ASIA[A-Z2-7]{16}$/);
      expect(secretAccessKey(randomness)).toMatch(/^[A-Za-z0-9+/]{40}$/);
    }),
  );
});

test("a temporary key's id tells its account, in the place where AWS's does", () => {
  fc.assert(
    fc.property(anyRandomness, fc.stringMatching(/^\d{12}$/), (randomness, account) => {
      const id = temporaryAccessKeyId(account, randomness);
      expect(accountOfTemporaryKey(id)).toBe(account);
    }),
  );
  // The id of AWS's own example key, as published decoders read it.
  expect(accountOfTemporaryKey("ASIAQNZGKIQY56JQ7WML")).toBe("029608264753");
  expect(accountOfTemporaryKey("AKIAQNZGKIQY56JQ7WML")).toBeUndefined();
  expect(accountOfTemporaryKey("ASIAIOSFODNN7EXAMPLE0")).toBeUndefined();
});

test("each of the 32 characters is equally likely", () => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const id = accessKeyId("AKIA", { bytes: (count) => Buffer.alloc(count, byte), uuid: () => "" });
    const character = id.charAt(4);
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  expect(counts.size).toBe(32);
  expect(new Set(counts.values())).toEqual(new Set([8]));
});

test("no random bit of a secret is lost", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 30, maxLength: 30 }), (bytes) => {
      const secret = secretAccessKey({ bytes: () => Buffer.from(bytes), uuid: () => "" });
      expect(Buffer.from(secret, "base64")).toEqual(Buffer.from(bytes));
    }),
  );
});
