import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contextAad,
  openUnderDataKey,
  packEnvelope,
  sealUnderDataKey,
  unpackEnvelope,
} from "./envelope.ts";
import { OpenFailed } from "./seal.ts";

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
    const sealed = sealUnderDataKey(dataKey, Buffer.from("v"), "key", { SecretARN: "a" });
    expect(openUnderDataKey(dataKey, sealed, "key", { SecretARN: "a" }).toString()).toBe("v");
    for (const other of [{}, { SecretARN: "b" }, { SecretARN: "a", more: "" }]) {
      expect(() => openUnderDataKey(dataKey, sealed, "key", other)).toThrow(OpenFailed);
    }
    expect(() => openUnderDataKey(dataKey, sealed, "yek", { SecretARN: "a" })).toThrow(OpenFailed);
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
