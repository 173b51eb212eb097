/** The ring of a vault with many nodes: one changes it, the others follow. */
import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { systemClock, systemRandomness } from "../../clock.ts";
import { RootKeyError, rootKeyFrom } from "../../encryption/root-keys/root-key.ts";
import type { RootKeySource } from "../../encryption/root-keys/source.ts";
import { OpenFailed } from "../../encryption/seal.ts";
import {
  SharedDatabase,
  type SharedNode,
} from "../../storage/conformance/shared-database.fixture.ts";
import { cacheSharedStorage } from "../../storage/shared-cache.ts";
import { Stale, type Storage, table, Unavailable } from "../../storage/storage.ts";
import { Work } from "../../storage/work.ts";
import { KeyRing } from "./key-ring.ts";
import { Resealing } from "./resealing.ts";
import { putRing, readRing } from "./ring-row.ts";
import { SealedKeys, sealedKeyRows } from "./sealed-keys.ts";
import type { SealedRows } from "./sealed-rows.ts";

const userRows: SealedRows<object> = {
  table: table("access_keys"),
  purpose: "test-rows",
  aad: ({ key }) => key,
};
const sealedRows: readonly SealedRows[] = [sealedKeyRows, userRows];

const rootKeys = new Map<string, ReturnType<typeof rootKeyFrom>>();

/** Root keys in files, of which a node may lack some. */
function file(name: string, isThere: () => boolean = () => true): RootKeySource {
  const rootKey = rootKeys.get(name) ?? rootKeyFrom(randomBytes(32));
  rootKeys.set(name, rootKey);
  const open = async () => {
    if (isThere()) return rootKey;
    throw new RootKeyError(`There is no root key at ${name}.`, "Restore it.");
  };
  return {
    name: `file:${name}`,
    create: async () => ({ rootKey: await open(), kept: { type: "file" } }),
    open,
  };
}

class Node {
  readonly shared: SharedNode;
  readonly storage: Storage;
  ring!: KeyRing;
  /** The files that the source which the row names is looked for in. */
  readonly files = new Set(["/first", "/second", "/third"]);

  constructor(database: SharedDatabase) {
    this.shared = database.node();
    this.storage = cacheSharedStorage(this.shared, { bytesMax: 100_000 });
  }

  async start(source = file("/first")): Promise<this> {
    this.ring = await KeyRing.open(this.storage, source, {
      sealedRows,
      clock: systemClock,
      randomness: systemRandomness,
      sourceNamed: (named) => {
        const name = named.slice("file:".length);
        return file(name, () => this.files.has(name));
      },
    });
    return this;
  }

  async put(key: string): Promise<void> {
    const sealed = this.ring.seal(userRows.purpose, Buffer.from(`value of ${key}`), key);
    const row = { table: userRows.table, key, body: {}, sealed } as const;
    await this.ring.storage.commit([{ type: "put", ...row }]);
  }

  async read(key: string): Promise<string> {
    const row = await this.storage.get(userRows.table, key);
    return this.ring.open(userRows.purpose, row?.sealed ?? Buffer.alloc(0), key).toString();
  }

  get keys(): SealedKeys {
    return new SealedKeys(this.ring.storage, this.ring, systemRandomness);
  }

  reseal(): Promise<void> {
    return new Resealing(this.ring, sealedRows).run();
  }
}

let database: SharedDatabase;
let one: Node;
let other: Node;

beforeEach(async () => {
  database = new SharedDatabase();
  one = await new Node(database).start();
  other = await new Node(database).start();
  await one.put("before");
});

describe("a rekey on another node", () => {
  it("is followed by itself, with the source that the row names", async () => {
    await one.ring.changeRootKey(file("/second"));
    await one.reseal();
    await other.ring.reload();
    await one.put("after");
    expect(await other.read("after")).toBe("value of after");
    expect(other.ring.body).toEqual(one.ring.body);
    await other.put("by the other");
    expect(await one.read("by the other")).toBe("value of by the other");
  });

  it("is learned of by who seals, and no row is left under an older generation", async () => {
    other.shared.isDeaf = true;
    await one.ring.changeRootKey(file("/second"));
    await other.put("sealed under the first");
    expect(other.ring.generation).toBe(2);
    await one.reseal();
    await other.ring.reload();
    expect(await other.read("sealed under the first")).toBe("value of sealed under the first");
    expect(other.ring.body.generations).toEqual([2]);
  });

  it("is learned of by who reads, whose request begins again", async () => {
    other.shared.isDeaf = true;
    await one.ring.changeRootKey(file("/second"));
    await one.put("after");
    const reading = new Work().run(() => other.read("after"));
    await expect(reading).rejects.toThrow(Stale);
    await other.ring.reload();
    expect(await other.read("after")).toBe("value of after");
  });

  it("begins keys that the other node has when it is asked for them once more", async () => {
    other.shared.isDeaf = true;
    await one.ring.changeRootKey(file("/second"));
    const newest = await one.keys.numbered("session-tokens", 2);
    const numbered = () => other.keys.numbered("session-tokens", 2);
    // Its rows are there before it knows that it is the newest.
    expect(await other.storage.get(sealedKeyRows.table, "session-tokens/2")).toBeDefined();
    await expect(new Work().run(numbered)).rejects.toThrow(Stale);
    await other.ring.reload();
    expect(await numbered()).toEqual(newest);
    const unknown = () => other.keys.numbered("session-tokens", 9);
    await expect(new Work().run(unknown)).rejects.toThrow(Stale);
    expect(await unknown()).toBeUndefined();
  });

  it("of two at once happens once", async () => {
    const rekeys = [
      one.ring.changeRootKey(file("/second")),
      other.ring.changeRootKey(file("/third")),
    ];
    const outcomes = await Promise.allSettled(rekeys);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = outcomes.find(({ status }) => status === "rejected");
    expect(refused).toMatchObject({ reason: { code: "RekeyInProgressException" } });
    expect(one.ring.generation).toBe(2);
    expect(other.ring.body).toEqual(one.ring.body);
  });

  it("is sealed anew by two at once", async () => {
    for (let row = 0; row < 120; row++) await one.put(`row ${row}`);
    await one.ring.changeRootKey(file("/second"));
    await other.ring.reload();
    await Promise.all([one.reseal(), other.reseal()]);
    await Promise.all([one.ring.reload(), other.ring.reload()]);
    expect([one, other].map(({ ring }) => ring.body.generations)).toEqual([[2], [2]]);
    const again = await new Node(database).start(file("/second"));
    for (let row = 0; row < 120; row++) expect(await again.read(`row ${row}`)).toMatch(/^value/);
  });

  it("after which the resealing of another ended drops nothing that it did not see", async () => {
    await one.ring.changeRootKey(file("/second"));
    await one.reseal();
    await one.ring.changeRootKey(file("/third"));
    await other.ring.reload();
    await other.ring.dropOlderThan(2);
    expect(other.ring.body.generations).toEqual([2, 3]);
  });
});

describe("a node that can't get the new root key", () => {
  beforeEach(async () => {
    other.files.clear();
    await one.ring.changeRootKey(file("/second"));
  });

  it("is sealed, and says what to do", async () => {
    await expect(other.ring.reload()).rejects.toThrow(Unavailable);
    expect(other.ring.sealed).toContain("CLAVIGER_ROOT_KEY");
    await expect(other.put("never")).rejects.toThrow(Unavailable);
    expect(await one.storage.get(userRows.table, "never")).toBeUndefined();
  });

  it("goes on once it can", async () => {
    await expect(other.ring.reload()).rejects.toThrow(Unavailable);
    other.files.add("/second");
    await other.ring.reload();
    expect(other.ring.sealed).toBeUndefined();
    await other.put("after");
    expect(await one.read("after")).toBe("value of after");
  });
});

it("a ring that whoever writes the database has made with a root key of theirs is refused", async () => {
  const row = await readRing(one.storage);
  if (row === undefined) throw new Error("there is no ring");
  const theirs = file("/third");
  const body = { ...row.body, source: theirs.name, rootKey: "theirs", generations: [1] };
  const { rootKey } = await theirs.create(body.vaultId);
  const keys = new Map([[1, randomBytes(32)]]);
  await one.shared.commit([putRing(body, rootKey, keys, row.revision)]);
  await expect(other.ring.reload()).rejects.toMatchObject({
    cause: { message: expect.stringContaining("no key that this node knows") },
  });
  expect(other.ring.sealed).toBeDefined();
  await expect(other.put("never")).rejects.toThrow(Unavailable);
});

it("bytes of a generation that nobody has made don't open", async () => {
  const sealed = one.ring.seal(userRows.purpose, Buffer.from("v"), "a");
  sealed.writeUInt32BE(99, 1);
  expect(() => one.ring.open(userRows.purpose, sealed, "a")).toThrow(OpenFailed);
  const again = new Work();
  again.confirm();
  const opening = again.run(async () => one.ring.open(userRows.purpose, sealed, "a"));
  await expect(opening).rejects.toThrow(OpenFailed);
});
