import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HmacKey } from "./hmac.ts";

test("a digest is node's own HMAC's, for any key of a block and any bytes", () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
  fc.assert(
    fc.property(bytes(64), bytes(300), (key, message) => {
      const expected = createHmac("sha256", key).update(message).digest("hex");
      expect(new HmacKey(key).digest(Buffer.from(message).toString("latin1"))).toBe(expected);
    }),
  );
});

test("a key's digests of several messages don't know of each other", () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 90 }), { minLength: 2, maxLength: 5 });
  const key = Buffer.from("key");
  const hmacKey = new HmacKey(key);
  fc.assert(
    fc.property(messages, (several) => {
      for (const message of several) {
        const expected = createHmac("sha256", key).update(message).digest("hex");
        expect(hmacKey.digest(Buffer.from(message).toString("latin1"))).toBe(expected);
      }
    }),
  );
});

test("a longer key is refused: it would not be the key that was meant", () => {
  expect(() => new HmacKey(Buffer.alloc(65))).toThrow(RangeError);
});

test("printing a key shows nothing of it", () => {
  const key = new HmacKey(Buffer.from("an-access-key's-secret"));
  const shown = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key);
  expect(shown).toBe("HmacKey {}{}");
});
