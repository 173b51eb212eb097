import fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf } from "./page.ts";

const names = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 30 })
  .map((names) => names.sort());

test("pages of any size hold every item once, in order, and only the last has no next", () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 10 }), (names, limit) => {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = pageOf(names, { after, limit }, (name) => name);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        if (page.next !== undefined) expect(page.items.length).toBe(limit);
        seen.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      expect(seen).toEqual(names);
    }),
  );
});

test("a page resumes behind a name that is gone", () => {
  expect(pageOf(["a", "c"], { after: "b", limit: 5 }, (name) => name).items).toEqual(["c"]);
});
