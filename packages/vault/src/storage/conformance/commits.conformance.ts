/** That a commit happens whole and durably, or not at all. */
import { describe, expect, test } from "vitest";
import { type Change, Conflict, counterKey, table, Unavailable } from "../storage.ts";
import { history, keysOf, put, type Subject, secrets } from "./subject.fixture.ts";

export function commitsConformance(on: Subject): void {
  describe("commits", () => {
    test("count up, and their counter is the revision of the rows that they put", async () => {
      const revisionOf = async (key: string) => (await on.storage.get(secrets, key))?.revision;
      const first = await on.storage.commit([put("a", 1)]);
      expect(await revisionOf("a")).toBe(first);
      const [second, third] = await Promise.all([
        on.storage.commit([put("a", 2), put("b", 2)]),
        on.storage.commit([put("b", 3)]),
      ]);
      expect([await revisionOf("a"), await revisionOf("b")]).toEqual([second, third]);
      expect(second).toBeGreaterThan(first);
      expect(third).toBeGreaterThan(second);
    });

    test("with an expectation that fails change nothing", async () => {
      await on.storage.commit([put("there", 1)]);
      const failing: Change[][] = [
        [put("new", 1), put("there", 2, { expect: "absent" })],
        [put("new", 1), put("there", 2, { expect: 0 })],
        [put("new", 1), put("missing", 2, { expect: 1 })],
        [put("new", 1), { type: "delete", table: secrets, key: "there", expect: 0 }],
        [put("new", 1), { type: "delete", table: secrets, key: "missing", expect: 1 }],
        [put("new", 1), { type: "require", table: secrets, key: "there", expect: "absent" }],
        [put("new", 1), { type: "require", table: secrets, key: "missing", expect: 1 }],
        [
          { type: "delete", table: secrets, key: "there" },
          put("x", 1, { indexes: { order: "1" } }),
          { type: "require", table: secrets, key: "x", expect: "absent" },
        ],
      ];
      for (const changes of failing) {
        await expect(on.storage.commit(changes)).rejects.toThrow(Conflict);
        expect(await keysOf(on.storage, { prefix: "", limit: 10 })).toEqual(["there"]);
        expect((await on.storage.get(secrets, "there"))?.body).toBe(1);
        const indexed = await on.storage.listByIndex(secrets, "order", { prefix: "", limit: 9 });
        expect(indexed).toEqual([]);
      }
    });

    test("with an expectation that holds happen", async () => {
      await on.storage.commit([put("a", 1, { expect: "absent" })]);
      const { revision } = (await on.storage.get(secrets, "a")) ?? { revision: -1 };
      await on.storage.commit([
        { type: "require", table: secrets, key: "a", expect: revision },
        { type: "require", table: secrets, key: "b", expect: "absent" },
        put("a", 2, { expect: revision }),
      ]);
      const next = (await on.storage.get(secrets, "a")) ?? { revision: -1, body: undefined };
      expect(next.body).toBe(2);
      await on.storage.commit([
        { type: "delete", table: secrets, key: "a", expect: next.revision },
      ]);
      expect(await on.storage.get(secrets, "a")).toBeUndefined();
    });

    test("never mistake a row made anew for the one that was deleted", async () => {
      await on.storage.commit([put("a", 1)]);
      const { revision } = (await on.storage.get(secrets, "a")) ?? { revision: -1 };
      await on.storage.commit([{ type: "delete", table: secrets, key: "a" }]);
      await on.storage.commit([put("a", 2)]);
      await expect(on.storage.commit([put("a", 3, { expect: revision })])).rejects.toThrow(
        Conflict,
      );
    });

    test("that arrive together fail one by one", async () => {
      const results = await Promise.allSettled([
        on.storage.commit([put("a", 1)]),
        on.storage.commit([put("b", 1), put("a", 2, { expect: "absent" })]),
        on.storage.commit([put("c", 1)]),
      ]);
      expect(results.map((result) => result.status)).toEqual([
        "fulfilled",
        "rejected",
        "fulfilled",
      ]);
      expect(await keysOf(on.storage, { prefix: "", limit: 10 })).toEqual(["a", "c"]);
    });

    test("let one of many racing writers win each revision", async () => {
      await on.storage.commit([put("counter", 0)]);
      const add = async (): Promise<void> => {
        const row = await on.storage.get<number>(table("secrets"), "counter");
        if (row === undefined) throw new Error("the counter is gone");
        try {
          await on.storage.commit([put("counter", row.body + 1, { expect: row.revision })]);
        } catch (error) {
          if (error instanceof Conflict) await add();
          else throw error;
        }
      };
      await Promise.all(Array.from({ length: 12 }, add));
      expect((await on.storage.get(secrets, "counter"))?.body).toBe(12);
    });

    test("are seen by every read that follows", async () => {
      for (let round = 0; round < 20; round++) {
        await on.storage.commit([put("a", round)]);
        expect((await on.storage.get(secrets, "a"))?.body).toBe(round);
        const [listed] = await on.storage.list(secrets, { prefix: "a", limit: 1 });
        expect(listed?.body).toBe(round);
      }
    });

    test("add up, however many come at once, and not where the rest fails", async () => {
      const counts = table<number>("counts");
      const add = (amount: number): Change => ({ type: "add", table: counts, key: "a", amount });
      await Promise.all(Array.from({ length: 40 }, (_, at) => on.storage.commit([add(at)])));
      expect((await on.storage.get(counts, "a"))?.body).toBe(780);
      await on.storage.commit([put("there", 1), add(-1000), add(7)]);
      const failing = on.storage.commit([add(1), put("there", 2, { expect: "absent" })]);
      await expect(failing).rejects.toThrow(Conflict);
      expect((await on.storage.get(counts, "a"))?.body).toBe(-213);
    });

    test("append rows whose keys are in the order of commits", async () => {
      const append = (body: unknown): Change => ({ type: "append", table: history, body });
      const first = await on.storage.commit([put("a", 1), append("first")]);
      await on.storage.commit([put("a", 2)]);
      const failing = on.storage.commit([append("never"), put("a", 3, { expect: "absent" })]);
      await expect(failing).rejects.toThrow(Conflict);
      const [second] = await Promise.all(
        ["second", "third"].map((b) => on.storage.commit([append(b)])),
      );
      const all = await on.storage.list(history, { prefix: "", limit: 9 });
      expect(all.map(({ body }) => body)).toEqual(["first", "second", "third"]);
      expect(all[0]?.key).toBe(counterKey(first));
      const rest = { prefix: "", after: counterKey(second ?? 0), limit: 9 };
      expect((await on.storage.list(history, rest)).map(({ body }) => body)).toEqual(["third"]);
      await expect(on.storage.commit([append(1), append(2)])).rejects.toThrow(TypeError);
      await on.storage.commit([{ type: "delete", table: history, key: counterKey(first) }]);
      expect(await on.storage.count(history, "")).toBe(2);
    });

    test("are hinted to who watches the table, once they can be read", async () => {
      const seen: Promise<string[]>[] = [];
      const range = { prefix: "", limit: 9 };
      const end = on.storage.watch(secrets, () => seen.push(keysOf(on.storage, range)));
      await on.storage.commit([put("a", 1)]);
      expect(await Promise.all(seen)).toEqual([["a"]]);
      await on.storage.commit([{ type: "append", table: history, body: "another table" }]);
      const refused = on.storage.commit([put("b", 1), put("a", 2, { expect: "absent" })]);
      await expect(refused).rejects.toThrow(Conflict);
      await on.storage.commit([{ type: "delete", table: secrets, key: "a" }]);
      expect(await Promise.all(seen)).toEqual([["a"], []]);
      end();
      await on.storage.commit([put("c", 1)]);
      expect(seen).toHaveLength(2);
    });

    test("refuse keys and index values that no database could keep", async () => {
      await expect(on.storage.commit([put("\ud800")])).rejects.toThrow(TypeError);
      await expect(on.storage.commit([put("a\0b")])).rejects.toThrow(TypeError);
      const index = (order: string) => put("a", 1, { indexes: { order } });
      await expect(on.storage.commit([index("\udfff")])).rejects.toThrow(TypeError);
      await expect(on.storage.commit([index("a\0b")])).rejects.toThrow(TypeError);
      const noJson = put("a", 1, { body: undefined });
      await expect(on.storage.commit([noJson])).rejects.toThrow(TypeError);
    });

    test("survive closing and opening again, and counting goes on", async () => {
      const counter = await on.storage.commit([put("a", 1, { indexes: { order: "1" } })]);
      await on.storage.close();
      on.storage = await on.reopen();
      expect((await on.storage.get(secrets, "a"))?.body).toBe(1);
      const indexed = await on.storage.listByIndex(secrets, "order", { prefix: "1", limit: 1 });
      expect(indexed.map((row) => row.key)).toEqual(["a"]);
      expect(await on.storage.commit([put("b")])).toBeGreaterThan(counter);
    });

    test("that were under way are finished by close, and later calls are refused", async () => {
      const commit = on.storage.commit([put("a", 1)]);
      await on.storage.close();
      await commit;
      await expect(on.storage.commit([put("b")])).rejects.toThrow(Unavailable);
      await expect(on.storage.get(secrets, "never read before")).rejects.toThrow(Unavailable);
      on.storage = await on.reopen();
      expect(await keysOf(on.storage, { prefix: "", limit: 9 })).toEqual(["a"]);
    });
  });
}
