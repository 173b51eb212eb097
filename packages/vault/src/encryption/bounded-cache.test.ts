import fc from "fast-check";
import { expect, it } from "vitest";
import { BoundedCache } from "./bounded-cache.ts";

const entriesMax = 8;
const key = fc.integer({ min: 0, max: 20 }).map(String);
const step = fc.record({ isSet: fc.boolean(), key });

it("agrees with a plain map on what it holds, and is full from when it first was", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const cache = new BoundedCache<number>(entriesMax);
      const written = new Map<string, number>();
      steps.forEach(({ isSet, key }, at) => {
        if (isSet) {
          cache.set(key, at);
          written.set(key, at);
        }
        const found = cache.get(key);
        if (found !== undefined) expect(found).toBe(written.get(key));
        if (isSet || written.size <= entriesMax) expect(found).toBe(written.get(key));
        expect(cache.size).toBe(Math.min(written.size, entriesMax));
      });
    }),
  );
});

it("keeps what is used, however much else comes and goes", () => {
  const cache = new BoundedCache<number>(entriesMax);
  const used = Array.from({ length: entriesMax - 1 }, (_, number) => `used ${number}`);
  for (const [at, key] of used.entries()) cache.set(key, at);
  for (let passing = 0; passing < 1000; passing++) {
    expect(used.map((key) => cache.get(key))).toEqual([...used.keys()]);
    cache.set(`passing ${passing}`, passing);
  }
});

it("takes away the unused in the order in which they came", () => {
  const cache = new BoundedCache<number>(3);
  for (const key of ["a", "b", "c"]) cache.set(key, 1);
  cache.get("a");
  cache.set("d", 1);
  cache.set("e", 1);
  expect(["a", "b", "c", "d", "e"].filter((key) => cache.get(key) !== undefined)).toEqual([
    "a",
    "d",
    "e",
  ]);
});
