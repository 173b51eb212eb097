/**
 * What every storage adapter must do, as tests: SQLite and PostgreSQL run the same ones. The
 * reference that the property tests compare with is a Map, naive on purpose.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NaiveStorage } from "./naive-storage.fixture.ts";
import {
  type Change,
  Conflict,
  type Expectation,
  type Range,
  type Storage,
  table,
  Unavailable,
} from "./storage.ts";

export interface OpenedStorage {
  readonly storage: Storage;
  /** Opens the same database again, after `storage` was closed. */
  reopen(): Promise<Storage>;
  /** Removes what the database left. */
  remove(): Promise<void>;
}

const secrets = table<unknown>("secrets");
const roles = table<unknown>("roles");

/** Runs the suite; `open` gives an empty database of its own to each test. */
export function storageConformance(name: string, open: () => Promise<OpenedStorage>): void {
  describe(`${name} as storage`, () => {
    let opened: OpenedStorage;
    let storage: Storage;

    beforeEach(async () => {
      opened = await open();
      storage = opened.storage;
    });

    afterEach(async () => {
      await storage.close();
      await opened.remove();
    });

    const put = (key: string, body: unknown = {}, more: object = {}): Change => ({
      type: "put",
      table: secrets,
      key,
      body,
      ...more,
    });
    const keysOf = async (range: Range) => (await storage.list(secrets, range)).map((r) => r.key);

    describe("rows", () => {
      test("come back as they were written", async () => {
        const body = { text: "é 🔑 \0 \ud800", list: [1, null, { deep: true }] };
        const sealed = new Uint8Array([0, 1, 255]);
        const revision = await storage.commit([put("a/key", body, { sealed })]);
        const row = await storage.get(secrets, "a/key");
        expect(row).toMatchObject({ key: "a/key", body });
        expect(row?.revision).toBeLessThanOrEqual(revision);
        expect(new Uint8Array(row?.sealed ?? [])).toEqual(sealed);
      });

      test("may be large", async () => {
        const text = "x".repeat(300_000);
        await storage.commit([put("a", { text }, { sealed: new Uint8Array(300_000).fill(7) })]);
        const row = await storage.get<{ text: string }>(table("secrets"), "a");
        expect(row?.body.text).toBe(text);
        expect(row?.sealed?.byteLength).toBe(300_000);
      });

      test("have no sealed bytes where none were written, and lose them when rewritten", async () => {
        await storage.commit([put("a", {}, { sealed: new Uint8Array([1]) })]);
        await storage.commit([put("a")]);
        expect((await storage.get(secrets, "a"))?.sealed).toBeUndefined();
      });

      test("are frozen deeply, however they are read", async () => {
        await storage.commit([put("a", { list: [{}] }, { indexes: { order: "1" } })]);
        const read = [
          await storage.get(secrets, "a"),
          ...(await storage.getMany(secrets, ["a"])),
          ...(await storage.list(secrets, { prefix: "", limit: 1 })),
          ...(await storage.listByIndex(secrets, "order", { prefix: "", limit: 1 })),
        ];
        expect(read).toHaveLength(4);
        for (const row of read) {
          const body = row?.body as { list: object[] };
          expect([body, body.list, body.list[0]].every(Object.isFrozen)).toBe(true);
        }
      });

      test("of different tables don't meet", async () => {
        await storage.commit([put("same", 1), { ...put("same", 2), table: roles } as Change]);
        expect((await storage.get(secrets, "same"))?.body).toBe(1);
        expect((await storage.get(roles, "same"))?.body).toBe(2);
      });

      test("are found by exact key only", async () => {
        await storage.commit([put("Key"), put("\ufffd")]);
        expect(await storage.get(secrets, "key")).toBeUndefined();
        expect(await storage.get(secrets, "Key ")).toBeUndefined();
        expect(await storage.get(secrets, "Key\0")).toBeUndefined();
        expect(await storage.get(secrets, "\ud800")).toBeUndefined();
      });

      test("are read many at once in the order asked, also twice or missing", async () => {
        await storage.commit([put("a", 1), put("b", 2)]);
        const rows = await storage.getMany(secrets, ["b", "none", "a", "b"]);
        expect(rows.map((row) => row?.body)).toEqual([2, undefined, 1, 2]);
        expect(await storage.getMany(secrets, [])).toEqual([]);
      });
    });

    describe("commits", () => {
      test("count up and give rows growing revisions", async () => {
        const first = await storage.commit([put("a", 1)]);
        const before = (await storage.get(secrets, "a"))?.revision ?? 0;
        const second = await storage.commit([put("a", 2)]);
        const after = (await storage.get(secrets, "a"))?.revision ?? 0;
        expect(second).toBeGreaterThan(first);
        expect(after).toBeGreaterThan(before);
      });

      test("with an expectation that fails change nothing", async () => {
        await storage.commit([put("there", 1)]);
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
          await expect(storage.commit(changes)).rejects.toThrow(Conflict);
          expect(await keysOf({ prefix: "", limit: 10 })).toEqual(["there"]);
          expect((await storage.get(secrets, "there"))?.body).toBe(1);
          const indexed = await storage.listByIndex(secrets, "order", { prefix: "", limit: 9 });
          expect(indexed).toEqual([]);
        }
      });

      test("with an expectation that holds happen", async () => {
        await storage.commit([put("a", 1, { expect: "absent" })]);
        const { revision } = (await storage.get(secrets, "a")) ?? { revision: -1 };
        await storage.commit([
          { type: "require", table: secrets, key: "a", expect: revision },
          { type: "require", table: secrets, key: "b", expect: "absent" },
          put("a", 2, { expect: revision }),
        ]);
        const next = (await storage.get(secrets, "a")) ?? { revision: -1, body: undefined };
        expect(next.body).toBe(2);
        await storage.commit([{ type: "delete", table: secrets, key: "a", expect: next.revision }]);
        expect(await storage.get(secrets, "a")).toBeUndefined();
      });

      test("never mistake a row made anew for the one that was deleted", async () => {
        await storage.commit([put("a", 1)]);
        const { revision } = (await storage.get(secrets, "a")) ?? { revision: -1 };
        await storage.commit([{ type: "delete", table: secrets, key: "a" }]);
        await storage.commit([put("a", 2)]);
        await expect(storage.commit([put("a", 3, { expect: revision })])).rejects.toThrow(Conflict);
      });

      test("that arrive together fail one by one", async () => {
        const results = await Promise.allSettled([
          storage.commit([put("a", 1)]),
          storage.commit([put("b", 1), put("a", 2, { expect: "absent" })]),
          storage.commit([put("c", 1)]),
        ]);
        expect(results.map((result) => result.status)).toEqual([
          "fulfilled",
          "rejected",
          "fulfilled",
        ]);
        expect(await keysOf({ prefix: "", limit: 10 })).toEqual(["a", "c"]);
      });

      test("let one of many racing writers win each revision", async () => {
        await storage.commit([put("counter", 0)]);
        const add = async (): Promise<void> => {
          const row = await storage.get<number>(table("secrets"), "counter");
          if (row === undefined) throw new Error("the counter is gone");
          try {
            await storage.commit([put("counter", row.body + 1, { expect: row.revision })]);
          } catch (error) {
            if (error instanceof Conflict) await add();
            else throw error;
          }
        };
        await Promise.all(Array.from({ length: 12 }, add));
        expect((await storage.get(secrets, "counter"))?.body).toBe(12);
      });

      test("are seen by every read that follows", async () => {
        for (let round = 0; round < 20; round++) {
          await storage.commit([put("a", round)]);
          expect((await storage.get(secrets, "a"))?.body).toBe(round);
          const [listed] = await storage.list(secrets, { prefix: "a", limit: 1 });
          expect(listed?.body).toBe(round);
        }
      });

      test("refuse keys and index values that no database could keep", async () => {
        await expect(storage.commit([put("\ud800")])).rejects.toThrow(TypeError);
        const index = (order: string) => put("a", 1, { indexes: { order } });
        await expect(storage.commit([index("\udfff")])).rejects.toThrow(TypeError);
        await expect(storage.commit([index("a\0b")])).rejects.toThrow(TypeError);
        const noJson = put("a", 1, { body: undefined });
        await expect(storage.commit([noJson])).rejects.toThrow(TypeError);
      });

      test("survive closing and opening again, and counting goes on", async () => {
        const counter = await storage.commit([put("a", 1, { indexes: { order: "1" } })]);
        await storage.close();
        storage = await opened.reopen();
        expect((await storage.get(secrets, "a"))?.body).toBe(1);
        const indexed = await storage.listByIndex(secrets, "order", { prefix: "1", limit: 1 });
        expect(indexed.map((row) => row.key)).toEqual(["a"]);
        expect(await storage.commit([put("b")])).toBeGreaterThan(counter);
      });

      test("that were under way are finished by close, and later calls are refused", async () => {
        const commit = storage.commit([put("a", 1)]);
        await storage.close();
        await commit;
        await expect(storage.commit([put("b")])).rejects.toThrow(Unavailable);
        await expect(storage.get(secrets, "never read before")).rejects.toThrow(Unavailable);
        storage = await opened.reopen();
        expect(await keysOf({ prefix: "", limit: 9 })).toEqual(["a"]);
      });
    });

    describe("ranges", () => {
      test("hold what starts with the prefix, and `_` and `%` mean themselves", async () => {
        await storage.commit(["a_b/1", "a%b/1", "axb/1", "a_b", "a_c", "A_b/2"].map((k) => put(k)));
        expect(await keysOf({ prefix: "a_b/", limit: 10 })).toEqual(["a_b/1"]);
        expect(await keysOf({ prefix: "a%", limit: 10 })).toEqual(["a%b/1"]);
        expect(await keysOf({ prefix: "a_b", limit: 10 })).toEqual(["a_b", "a_b/1"]);
        expect(await storage.count(secrets, "a_")).toBe(3);
      });

      test("are in the order of code points, emoji behind the private use area", async () => {
        const keys = ["z", "é", "\u{10ffff}", "🔑", "\ue000", "\ud7ff", ""];
        await storage.commit(keys.map((key) => put(`p/${key}`)));
        const sorted = ["", "z", "é", "\ud7ff", "\ue000", "🔑", "\u{10ffff}"].map((k) => `p/${k}`);
        expect(await keysOf({ prefix: "p/", limit: 10 })).toEqual(sorted);
        expect(await keysOf({ prefix: "p/\ud7ff", limit: 10 })).toEqual(["p/\ud7ff"]);
        expect(await keysOf({ prefix: "p/", limit: 10, isDescending: true })).toEqual(
          sorted.reverse(),
        );
      });

      test("of an index resume between rows of the same value", async () => {
        const row = (key: string, order: string) => put(key, key, { indexes: { order } });
        await storage.commit([row("c", "x/1"), row("a", "x/1"), row("b", "x/1"), row("d", "x/0")]);
        for (const isDescending of [false, true]) {
          const found: string[] = [];
          let after: string | undefined;
          for (;;) {
            const range = { prefix: "x/", limit: 1, after, isDescending };
            const [next] = await storage.listByIndex(secrets, "order", range);
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
          (await storage.listByIndex(secrets, index, { prefix: "", limit: 9 })).map((r) => r.key);
        await storage.commit([put("a", 1, { indexes: { one: "1", two: "2" } })]);
        await storage.commit([put("a", 2, { indexes: { two: "3" } })]);
        expect([await names("one"), await names("two")]).toEqual([[], ["a"]]);
        await storage.commit([put("a", 3)]);
        expect(await names("two")).toEqual([]);
        await storage.commit([put("a", 4, { indexes: { two: "3" } })]);
        await storage.commit([{ type: "delete", table: secrets, key: "a" }]);
        expect(await names("two")).toEqual([]);
      });
    });

    test("does what the naive reference does, whatever is asked", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 30 }), async (steps) => {
          const naive = new NaiveStorage();
          // The database outlives a run, so each run has keys and values of its own.
          const space = `${runs++}/`;
          for (const step of steps) {
            expect(await take(step, space, storage)).toEqual(await take(step, space, naive));
          }
        }),
        { numRuns: 100 },
      );
    });
  });
}

let runs = 0;

const anyText = fc.string({
  unit: fc.constantFrom("a", "b", "_", "%", "/", "é", "🔑", "\u{10ffff}"),
  maxLength: 2,
});
const anyIndex = fc.constantFrom("one", "two");
const anyStep = fc.oneof(
  fc.record({
    type: fc.constant("commit" as const),
    changes: fc.array(
      fc.record({
        type: fc.constantFrom("put", "put", "put", "delete", "require"),
        key: anyText,
        expect: fc.constantFrom("right", "wrong", "absent", undefined),
        indexes: fc.dictionary(anyIndex, anyText),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  fc.record({
    type: fc.constant("range" as const),
    prefix: anyText,
    after: fc.option(anyText, { nil: undefined }),
    limit: fc.integer({ min: 1, max: 4 }),
    isDescending: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("index" as const),
    index: anyIndex,
    prefix: anyText,
    limit: fc.integer({ min: 1, max: 4 }),
    isDescending: fc.boolean(),
  }),
);
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

/** Takes the step and returns all that any two storages must agree on. */
async function take(step: Step, space: string, storage: Storage): Promise<unknown> {
  if (step.type === "range") {
    const { prefix, after, limit, isDescending } = step;
    const range = {
      prefix: space + prefix,
      after: after === undefined ? undefined : space + after,
      limit,
      isDescending,
    };
    const rows = await storage.list(secrets, range);
    const count = await storage.count(secrets, range.prefix);
    return { rows: rows.map(({ key, body }) => [key, body]), count };
  }
  if (step.type === "index") {
    const { index, prefix, limit, isDescending } = step;
    const pages: unknown[] = [];
    for (let after: string | undefined; ; ) {
      const range = { prefix: space + prefix, after, limit, isDescending };
      const rows = await storage.listByIndex(secrets, index, range);
      if (rows.length === 0) return pages;
      pages.push(rows.map(({ key, body }) => [key, body]));
      after = rows.at(-1)?.position;
    }
  }
  try {
    await storage.commit(await Promise.all(step.changes.map((c) => changeOf(c, space, storage))));
    return "committed";
  } catch (error) {
    if (error instanceof Conflict) return "conflict";
    throw error;
  }
}

async function changeOf(
  change: (Step & { type: "commit" })["changes"][number],
  space: string,
  storage: Storage,
): Promise<Change> {
  const key = space + change.key;
  const revision = (await storage.get(secrets, key))?.revision ?? "absent";
  const expectations: Record<string, Expectation> = {
    right: revision,
    wrong: -1,
    absent: "absent",
  };
  const expectation = expectations[change.expect ?? "right"] ?? "absent";
  if (change.type === "require") {
    return { type: "require", table: secrets, key, expect: expectation };
  }
  const expected = change.expect === undefined ? undefined : expectation;
  if (change.type === "delete") {
    const expect = expected === "absent" ? -1 : expected;
    return { type: "delete", table: secrets, key, expect };
  }
  const indexes = Object.fromEntries(
    Object.entries(change.indexes).map(([name, value]) => [name, space + value]),
  );
  return { type: "put", table: secrets, key, body: change, expect: expected, indexes };
}
