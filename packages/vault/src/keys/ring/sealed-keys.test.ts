import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemRandomness } from "../../clock.ts";
import { type Storage, table } from "../../storage/storage.ts";
import { openTestStorage, testRootKey } from "../keys.fixture.ts";
import { SealedKeys } from "./sealed-keys.ts";

let storage: Storage;
let close: () => Promise<void>;

beforeEach(async () => {
  ({ storage, close } = await openTestStorage());
});

afterEach(() => close());

const rows = table("sealed_keys");
const start = () => new SealedKeys(storage, testRootKey, systemRandomness);

describe("a sealed key", () => {
  it("is made at its first use and the same ever after", async () => {
    const first = await start().secret("session-tokens");
    expect(first.length).toBe(32);
    expect(await start().secret("session-tokens")).toEqual(first);
    expect(await start().secret("other")).not.toEqual(first);
  });

  it("is one key for all who make it at once", async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => start().secret("raced")));
    expect(new Set(made.map((key) => key.toString("hex"))).size).toBe(1);
  });

  it("is stored as ciphertext only", async () => {
    const key = await start().secret("k");
    const row = await storage.get(rows, "k");
    expect(Buffer.from(row?.sealed ?? []).includes(key)).toBe(false);
    expect(JSON.stringify(row?.body)).not.toContain(key.toString("base64"));
  });

  it("does not open in another's row", async () => {
    const sealedKeys = start();
    await sealedKeys.secret("one");
    const one = await storage.get(rows, "one");
    const body = one?.body;
    await storage.commit([{ type: "put", table: rows, key: "other", body, sealed: one?.sealed }]);
    await expect(sealedKeys.secret("other")).rejects.toThrow("did not open");
  });
});
