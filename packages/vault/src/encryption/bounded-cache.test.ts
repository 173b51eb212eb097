import fc from "fast-check";
import { expect, it } from "vitest";
import { BoundedCache } from "./bounded-cache.ts";

const entriesMax = 8;
const key = fc.integer({ min: 0, max: 20 }).map(String);
const step = fc.record({ isSet: fc.boolean(), key });

it("agrees with a plain map on what it holds, within its bound", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const cache = new BoundedCache<number>(entriesMax);
      const written = new Map<string, number>();
      /** Least recently used first. */
      let used: string[] = [];
      steps.forEach(({ isSet, key }, at) => {
        if (isSet) {
          cache.set(key, at);
          written.set(key, at);
        }
        const found = cache.get(key);
        if (found !== undefined) expect(found).toBe(written.get(key));
        if (isSet || used.slice(-entriesMax / 2).includes(key)) expect(found).toBeDefined();
        if (found !== undefined) used = [...used.filter((other) => other !== key), key];
        expect(cache.size).toBeLessThanOrEqual(entriesMax);
      });
    }),
  );
});
