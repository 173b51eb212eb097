/** The cache's bound against a naive list of the names in the order of their last use. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { clientOfMemory } from "../memory-store.fixture.ts";

const names = ["/a", "/b", "/c", "/d", "/e"];
const use = fc.record({ kind: fc.constantFrom("get", "peek"), name: fc.constantFrom(...names) });

test("exactly the least recently used go", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(use, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (uses, maxEntries) => {
        const { store, secrets, entries } = clientOfMemory({ maxEntries });
        const references = new Map(names.map((name) => [name, secrets.parameter(name)]));
        for (const name of names) store.putParameter(name, name);
        let kept: string[] = [];
        for (const { kind, name } of uses) {
          const reference = references.get(name);
          const isKept = kept.includes(name);
          const calls = store.calls.length;
          if (kind === "get") {
            await reference?.get();
            expect(store.calls.length - calls).toBe(isKept ? 0 : 1);
          } else if (isKept) expect(reference?.peek().reveal()).toBe(name);
          else
            expect(() => reference?.peek()).toThrow(expect.objectContaining({ code: "NotLoaded" }));
          if (kind === "get" || isKept) {
            kept = [name, ...kept.filter((each) => each !== name)].slice(0, maxEntries);
          }
          expect(entries.all().size).toBeLessThanOrEqual(maxEntries);
        }
      },
    ),
  );
});
