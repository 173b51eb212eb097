import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock, systemRandomness } from "../../clock.ts";
import { type RootKey, RootKeyError, rootKeyFrom } from "../../encryption/root-keys/root-key.ts";
import type { RootKeySource } from "../../encryption/root-keys/source.ts";
import { OpenFailed } from "../../encryption/seal.ts";
import { type Storage, table } from "../../storage/storage.ts";
import { openTestStorage, testRootKey } from "../keys.fixture.ts";
import { KeyRing } from "./key-ring.ts";
import { Resealing } from "./resealing.ts";
import { SealedKeys, sealedKeyRows } from "./sealed-keys.ts";
import type { SealedRows } from "./sealed-rows.ts";

let storage: Storage;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ storage, close } = await openTestStorage());
});

afterEach(() => close());

const userRows: SealedRows<{ readonly name: string }> = {
  table: table("access_keys"),
  purpose: "test-rows",
  aad: ({ body }) => body.name,
};
const sealedRows: readonly SealedRows[] = [sealedKeyRows, userRows];

/** A source as a file is one: the root key of this name, there again at every start. */
function source(name: string, rootKey: RootKey = rootKeyFrom(randomBytes(32))): RootKeySource {
  return {
    name: `file:${name}`,
    create: async () => ({ rootKey, kept: { type: "file" } }),
    open: async () => rootKey,
  };
}

const first = source("/first", testRootKey);
const start = (from = first, on = storage) =>
  KeyRing.open(on, from, {
    sealedRows,
    clock: systemClock,
    randomness: systemRandomness,
    sourceNamed: (name) => source(name.slice("file:".length)),
  });
const all = () => storage.list(sealedKeyRows.table, { prefix: "", limit: 100 });

/** Writes a row whose sealed bytes were made under the ring as it is now. */
async function put(ring: KeyRing, name: string, on: Storage = ring.storage): Promise<void> {
  const sealed = ring.seal(userRows.purpose, Buffer.from(`value of ${name}`), name);
  await on.commit([{ type: "put", table: userRows.table, key: name, body: { name }, sealed }]);
}

async function read(ring: KeyRing, name: string): Promise<string> {
  const row = await storage.get(userRows.table, name);
  return ring.open(userRows.purpose, row?.sealed ?? Buffer.alloc(0), name).toString();
}

/** The generations that rows lie under. */
async function generations(): Promise<number[]> {
  const rows = [
    ...(await all()),
    ...(await storage.list(userRows.table, { prefix: "", limit: 999 })),
  ];
  const found = rows
    .filter(({ key }) => key !== "ring")
    .map(({ sealed }) => (sealed?.[0] === 2 ? Buffer.from(sealed).readUInt32BE(1) : 0));
  return [...new Set(found)].sort();
}

describe("the key ring", () => {
  it("opens at the next start what it sealed, and nothing that is bound to another row", async () => {
    const ring = await start();
    await put(ring, "a");
    expect(await read(await start(), "a")).toBe("value of a");
    const sealed = ring.seal(userRows.purpose, Buffer.from("v"), "a");
    expect(() => ring.open(userRows.purpose, sealed, "b")).toThrow(OpenFailed);
    expect(() => ring.open(sealedKeyRows.purpose, sealed, "a")).toThrow(OpenFailed);
  });

  it("opens nothing in which a byte was changed, its generation neither", async () => {
    const ring = await start();
    await ring.changeRootKey(source("/second"));
    const sealed = ring.seal(userRows.purpose, Buffer.from("value"), "a");
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(() => ring.open(userRows.purpose, changed, "a")).toThrow(OpenFailed);
      }),
    );
    for (let length = 0; length < sealed.length; length++) {
      const cut = sealed.subarray(0, length);
      expect(() => ring.open(userRows.purpose, cut, "a")).toThrow(OpenFailed);
    }
  });

  it("seals nothing of a kind that a rekey would not find", async () => {
    const ring = await start();
    expect(() => ring.seal("elsewhere", Buffer.from("v"), "a")).toThrow(/no sealed rows/);
  });

  it("refuses another root key before anything is written, and says whose it is", async () => {
    await new SealedKeys((await start()).storage, await start(), systemRandomness).secret("k");
    const before = await all();
    const refused = start(source("/other"));
    await expect(refused).rejects.toThrow(RootKeyError);
    await expect(refused).rejects.toThrow(testRootKey.fingerprint);
    await expect(refused).rejects.toMatchObject({
      hint: expect.stringContaining("set CLAVIGER_ROOT_KEY=file:/first"),
    });
    expect(await all()).toEqual(before);
  });

  it("tells what is wrong with a file in another place, and which one it was", async () => {
    await start();
    const isOpen = new RootKeyError(
      "The file /copied is open to others.",
      "Run chmod 600 /copied.",
    );
    const copied = { ...source("/copied"), open: () => Promise.reject(isOpen) };
    await expect(start(copied)).rejects.toMatchObject({
      message: isOpen.message,
      hint: expect.stringMatching(
        /^Run chmod 600 \/copied\. Since \S+ this vault's root key comes from file:\/first\.$/,
      ),
    });
  });

  it("is one ring for two that make it at once", async () => {
    const [one, other] = await Promise.all([start(), start()]);
    await put(one, "a");
    expect(await read(other, "a")).toBe("value of a");
  });

  it("is stored as ciphertext only", async () => {
    await start();
    const [row] = await all();
    expect(row?.key).toBe("ring");
    expect(row?.body).toMatchObject({ source: "file:/first", kept: { type: "file" } });
    expect(row?.sealed?.length).toBe(32 + 29);
  });
});

describe("a vault from before there were rings", () => {
  /** As the first version made it: sealed under the root key itself, with a canary. */
  async function makeOld(): Promise<void> {
    const sealedKeys = new SealedKeys(storage, testRootKey, systemRandomness);
    await sealedKeys.secret("canary");
    await sealedKeys.secret("session-tokens/1");
  }

  it("gets its ring in one commit, and is sealed anew under it", async () => {
    await makeOld();
    const before = await new SealedKeys(storage, testRootKey, systemRandomness).secret(
      "session-tokens/1",
    );
    const ring = await start();
    expect(ring.hasOlderGenerations).toBe(true);
    const keys = () => new SealedKeys(ring.storage, ring, systemRandomness);
    expect(await keys().secret("session-tokens/1")).toEqual(before);
    await new Resealing(ring, sealedRows).run();
    expect(await generations()).toEqual([1]);
    expect((await all()).map(({ key }) => key)).toEqual(["ring", "session-tokens/1"]);
    expect(await keys().secret("session-tokens/1")).toEqual(before);
    expect((await start()).hasOlderGenerations).toBe(false);
  });

  it("refuses another root key, a source that makes one, and a lost canary", async () => {
    await makeOld();
    const before = await all();
    await expect(start(source("/other"))).rejects.toThrow(/does not open this database/);
    expect(await all()).toEqual(before);
    await storage.commit([{ type: "delete", table: sealedKeyRows.table, key: "canary" }]);
    await expect(start()).rejects.toThrow(/no canary/);
  });
});

describe("a rekey", () => {
  it("lets only the new root key open the vault, from its first commit on", async () => {
    const ring = await start();
    await put(ring, "a");
    const second = source("/second");
    await ring.changeRootKey(second);
    await expect(start()).rejects.toMatchObject({
      hint: expect.stringContaining("comes from file:/second"),
    });
    expect(await read(await start(second), "a")).toBe("value of a");
    expect(await read(ring, "a")).toBe("value of a");
  });

  it("seals every row anew and drops what was before", async () => {
    const ring = await start();
    for (let row = 0; row < 250; row++) await put(ring, `row ${row}`);
    const second = source("/second");
    await ring.changeRootKey(second);
    const resealing = new Resealing(ring, sealedRows);
    await resealing.run();
    expect(resealing.progress).toEqual({ totalRows: 250, resealedRows: 250 });
    expect(await generations()).toEqual([2]);
    expect(ring.body.generations).toEqual([2]);
    const restarted = await start(second);
    for (let row = 0; row < 250; row++) {
      expect(await read(restarted, `row ${row}`)).toBe(`value of row ${row}`);
    }
  });

  it("never leaves a row behind that was made or read before it", async () => {
    const ring = await start();
    await put(ring, "read before");
    const old = await storage.get(userRows.table, "read before");
    const sealed = ring.seal(userRows.purpose, Buffer.from("value of made before"), "made before");
    const second = source("/second");
    await ring.changeRootKey(second);
    await new Resealing(ring, sealedRows).run();
    const { table } = userRows;
    const made = { key: "made before", body: { name: "made before" }, sealed };
    const renamed = { key: "read before", body: { name: "read before" }, sealed: old?.sealed };
    await ring.storage.commit([
      { type: "put", table, ...made, expect: "absent" },
      { type: "put", table, ...renamed },
    ]);
    expect(await generations()).toEqual([2]);
    const restarted = await start(second);
    expect(await read(restarted, "made before")).toBe("value of made before");
    expect(await read(restarted, "read before")).toBe("value of read before");
  });

  it("leaves no row behind whose commit was on its way all the time", async () => {
    const { promise: arrival, resolve: arrive } = Promise.withResolvers<void>();
    let isFirst = true;
    const slow: Storage = {
      get: (table, key) => storage.get(table, key),
      getMany: (table, keys) => storage.getMany(table, keys),
      list: (table, range) => storage.list(table, range),
      listByIndex: (table, index, range) => storage.listByIndex(table, index, range),
      count: (table, prefix) => storage.count(table, prefix),
      watch: (table, listener) => storage.watch(table, listener),
      close: () => storage.close(),
      async commit(changes) {
        const isHeld =
          isFirst && changes.some((change) => "key" in change && change.key === "slow");
        if (isHeld) isFirst = false;
        if (isHeld) await arrival;
        return storage.commit(changes);
      },
    };
    const ring = await start(first, slow);
    const writing = put(ring, "slow");
    const second = source("/second");
    await ring.changeRootKey(second);
    await new Resealing(ring, sealedRows).run();
    expect(ring.body.generations).toEqual([2]);
    arrive();
    await writing;
    expect(await generations()).toEqual([2]);
    expect(await read(await start(second), "slow")).toBe("value of slow");
  });

  it("takes in what is committed at the same time", async () => {
    const ring = await start();
    const second = source("/second");
    let isDone = false;
    const writing = Array.from({ length: 4 }, async (_, writer) => {
      for (let row = 0; !isDone; row++) await put(ring, `${writer}/${row % 40}`);
    });
    await ring.changeRootKey(second);
    await new Resealing(ring, sealedRows).run();
    isDone = true;
    await Promise.all(writing);
    expect(await generations()).toEqual([2]);
  });

  it("is refused while the one before is not done, and is nothing where nothing changes", async () => {
    const ring = await start();
    await ring.changeRootKey(first);
    expect(ring.body.generations).toEqual([1]);
    await ring.changeRootKey(source("/second"));
    const third = ring.changeRootKey(source("/third"));
    await expect(third).rejects.toMatchObject({ code: "RekeyInProgressException" });
    expect(ring.body.source).toBe("file:/second");
  });

  it("takes no root key that can't be had again", async () => {
    const ring = await start();
    const lost: RootKeySource = {
      ...source("/lost"),
      open: async () => rootKeyFrom(randomBytes(32)),
    };
    await expect(ring.changeRootKey(lost)).rejects.toThrow(OpenFailed);
    expect((await start()).body.source).toBe("file:/first");
  });

  it("goes on with every series of keys, whose older ones stay until they are dropped", async () => {
    const ring = await start();
    const keys = () => new SealedKeys(ring.storage, ring, systemRandomness);
    const one = await keys().numbered("series", 1);
    const second = source("/second");
    await ring.changeRootKey(second);
    await new Resealing(ring, sealedRows).run();
    const two = await keys().numbered("series", 2);
    expect(two).not.toEqual(one);
    expect(await keys().numbered("series", 1)).toEqual(one);
    for (const none of [-254, 0, 3]) {
      expect(await keys().numbered("series", none)).toBeUndefined();
    }
    await keys().dropOlder("series");
    expect(await keys().numbered("series", 1)).toBeUndefined();
    expect(await keys().numbered("series", 2)).toEqual(two);
  });

  it("stops when the vault closes, and goes on at the next start", async () => {
    const ring = await start();
    for (let row = 0; row < 150; row++) await put(ring, `row ${row}`);
    const second = source("/second");
    await ring.changeRootKey(second);
    const resealing = new Resealing(ring, sealedRows);
    const running = resealing.run();
    await resealing.close();
    await running;
    expect(ring.body.generations).toEqual([1, 2]);
    const restarted = await start(second);
    await new Resealing(restarted, sealedRows).run();
    expect(await generations()).toEqual([2]);
    expect(await read(restarted, "row 149")).toBe("value of row 149");
  });
});
