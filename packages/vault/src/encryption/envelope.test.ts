import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contextAad, isSameContext, packEnvelope, unpackEnvelope, valueAad } from "./envelope.ts";
import { OpenFailed, open, seal } from "./seal.ts";

const text = fc.string({ unit: "binary", maxLength: 20 });
const context = fc.dictionary(text, text, { maxKeys: 5 });
const dataKey = createSecretKey(Buffer.alloc(32, 2));

describe("the context that binds a value", () => {
  it("is written the same in whatever order its pairs come", () => {
    fc.assert(
      fc.property(context, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).reverse());
        expect(contextAad("value", "key", reversed)).toBe(contextAad("value", "key", given));
      }),
    );
  });

  it("is written differently for any other context, key or purpose", () => {
    const triple = fc.tuple(text, text, context);
    const naive = ([purpose, key, pairs]: [string, string, Record<string, string>]) =>
      JSON.stringify([purpose, key, Object.entries(pairs).sort()]);
    fc.assert(
      fc.property(triple, triple, (one, other) => {
        fc.pre(naive(one) !== naive(other));
        expect(Buffer.from(contextAad(...one))).not.toEqual(Buffer.from(contextAad(...other)));
      }),
    );
    expect(contextAad("a", "b", { c: "d" })).not.toBe(contextAad("a", "b", { 'c":"d': "" }));
  });

  it("must be the same to open", () => {
    const sealed = seal(dataKey, Buffer.from("v"), valueAad("key", { SecretARN: "a" }));
    expect(open(dataKey, sealed, valueAad("key", { SecretARN: "a" })).toString()).toBe("v");
    for (const other of [{}, { SecretARN: "b" }, { SecretARN: "a", more: "" }]) {
      expect(() => open(dataKey, sealed, valueAad("key", other))).toThrow(OpenFailed);
    }
    const ofOtherKey = valueAad("yek", { SecretARN: "a" });
    expect(() => open(dataKey, sealed, ofOtherKey)).toThrow(OpenFailed);
  });

  it("is told apart from every context that is written otherwise", () => {
    const pair = fc.tuple(context, context);
    const related = pair.map(([one, more]) => [one, { ...one, ...more }] as const);
    fc.assert(
      fc.property(fc.oneof(pair, related), ([one, other]) => {
        const isSame = contextAad("value", "key", one) === contextAad("value", "key", other);
        expect(isSameContext(one, other)).toBe(isSame);
        expect(isSameContext(other, one)).toBe(isSame);
      }),
    );
  });
});

describe("packing", () => {
  it("gives the same parts back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (wrappedDataKey, sealedValue) => {
        const unpacked = unpackEnvelope(packEnvelope({ wrappedDataKey, sealedValue }));
        expect(Buffer.from(unpacked.wrappedDataKey)).toEqual(Buffer.from(wrappedDataKey));
        expect(Buffer.from(unpacked.sealedValue)).toEqual(Buffer.from(sealedValue));
      }),
    );
  });

  it("refuses what is no envelope, and never reads past the end", () => {
    for (const bytes of ["", "01", "02000000", "010005aabb"]) {
      expect(() => unpackEnvelope(Buffer.from(bytes, "hex"))).toThrow(OpenFailed);
    }
  });
});
