/** That ranges hold what they say, in the order of code points, and indexes follow their rows. */
import { describe, expect, test } from "vitest";
import { keysOf, put, type Subject, secrets } from "./subject.fixture.ts";

export function rangesConformance(on: Subject): void {
  describe("ranges", () => {
    test("hold what starts with the prefix, and `_` and `%` mean themselves", async () => {
      await on.storage.commit(
        ["a_b/1", "a%b/1", "axb/1", "a_b", "a_c", "A_b/2"].map((k) => put(k)),
      );
      expect(await keysOf(on.storage, { prefix: "a_b/", limit: 10 })).toEqual(["a_b/1"]);
      expect(await keysOf(on.storage, { prefix: "a%", limit: 10 })).toEqual(["a%b/1"]);
      expect(await keysOf(on.storage, { prefix: "a_b", limit: 10 })).toEqual(["a_b", "a_b/1"]);
      expect(await on.storage.count(secrets, "a_")).toBe(3);
    });

    test("are in the order of code points, emoji behind the private use area", async () => {
      const keys = ["z", "é", "\u{10ffff}", "🔑", "\ue000", "\ud7ff", ""];
      await on.storage.commit(keys.map((key) => put(`p/${key}`)));
      const sorted = ["", "z", "é", "\ud7ff", "\ue000", "🔑", "\u{10ffff}"].map((k) => `p/${k}`);
      expect(await keysOf(on.storage, { prefix: "p/", limit: 10 })).toEqual(sorted);
      expect(await keysOf(on.storage, { prefix: "p/\ud7ff", limit: 10 })).toEqual(["p/\ud7ff"]);
      expect(await keysOf(on.storage, { prefix: "p/", limit: 10, isDescending: true })).toEqual(
        sorted.reverse(),
      );
    });

    test("start and resume at any text, also where no key can be", async () => {
      await on.storage.commit(
        ["a", "a\x01", "b"].map((key) => put(key, 1, { indexes: { of: key } })),
      );
      const list = (after: string, isDescending = false) =>
        keysOf(on.storage, { prefix: "", after, limit: 9, isDescending });
      expect(await list("a\0")).toEqual(["a\x01", "b"]);
      expect(await list("a\0z", true)).toEqual(["a"]);
      expect(await list("a", true)).toEqual([]);
      expect(await keysOf(on.storage, { prefix: "a\0", limit: 9 })).toEqual([]);
      expect(await keysOf(on.storage, { prefix: "b", after: "a", limit: 9 })).toEqual(["b"]);
      expect(await keysOf(on.storage, { prefix: "a", after: "c", limit: 9 })).toEqual([]);
      const above = { prefix: "a", after: "c", limit: 1, isDescending: true };
      expect(await keysOf(on.storage, above)).toEqual(["a\x01"]);
      expect(await on.storage.count(secrets, "a\0")).toBe(0);
      const entries = async (after: string, isDescending = false) => {
        const range = { prefix: "", after, limit: 9, isDescending };
        return (await on.storage.listByIndex(secrets, "of", range)).map(({ key }) => key);
      };
      expect(await entries("a\0a\0\0")).toEqual(["a\x01", "b"]);
      expect(await entries("a\0a\0\0", true)).toEqual(["a"]);
      expect(await entries("a", true)).toEqual([]);
      expect(await entries("b")).toEqual(["b"]);
    });

    test("of an index resume between rows of the same value", async () => {
      const row = (key: string, order: string) => put(key, key, { indexes: { order } });
      await on.storage.commit([row("c", "x/1"), row("a", "x/1"), row("b", "x/1"), row("d", "x/0")]);
      for (const isDescending of [false, true]) {
        const found: string[] = [];
        let after: string | undefined;
        for (;;) {
          const range = { prefix: "x/", limit: 1, after, isDescending };
          const [next] = await on.storage.listByIndex(secrets, "order", range);
          if (next === undefined) break;
          found.push(next.key);
          after = next.position;
        }
        const order = ["d", "a", "b", "c"];
        expect(found).toEqual(isDescending ? order.reverse() : order);
      }
    });

    test("of an index follow the row: rewritten, moved, deleted", async () => {
      const names = async (index: string) =>
        (await on.storage.listByIndex(secrets, index, { prefix: "", limit: 9 })).map((r) => r.key);
      await on.storage.commit([put("a", 1, { indexes: { one: "1", two: "2" } })]);
      await on.storage.commit([put("a", 2, { indexes: { two: "3" } })]);
      expect([await names("one"), await names("two")]).toEqual([[], ["a"]]);
      await on.storage.commit([put("a", 3)]);
      expect(await names("two")).toEqual([]);
      await on.storage.commit([put("a", 4, { indexes: { two: "3" } })]);
      await on.storage.commit([{ type: "delete", table: secrets, key: "a" }]);
      expect(await names("two")).toEqual([]);
    });
  });
}
