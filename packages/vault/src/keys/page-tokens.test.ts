import { afterAll, beforeAll, expect, test } from "vitest";
import { systemRandomness } from "../clock.ts";
import type { Storage } from "../storage/storage.ts";
import { openTestStorage, testRootKey } from "./keys.fixture.ts";
import { PageTokens } from "./page-tokens.ts";
import { SealedKeys } from "./ring/sealed-keys.ts";

let storage: Storage;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ storage, close } = await openTestStorage());
});
afterAll(() => close());

/** As another node, or the same one after a restart, has them. */
const start = () => new PageTokens(new SealedKeys(storage, testRootKey, systemRandomness));

test("a token opens on any node, for the list that gave it", async () => {
  const token = await start().seal("ListSecrets", "account/region", "posi\0tion ä");
  expect(await start().open("ListSecrets", "account/region", token)).toBe("posi\0tion ä");
  expect(await start().open("ListKeys", "account/region", token)).toBeUndefined();
  expect(await start().open("ListSecrets", "account/elsewhere", token)).toBeUndefined();
});

test("not one bit of it can be changed, nothing added or cut off", async () => {
  const tokens = start();
  const token = await tokens.seal("List", "here", "position");
  const bytes = Buffer.from(token, "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const forged = Buffer.from(bytes);
    forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(await tokens.open("List", "here", forged.toString("base64url"))).toBeUndefined();
  }
  for (const forged of ["", "x", token.slice(0, -1), `${token}=`, `${token}AA`, `${token}!`]) {
    expect(await tokens.open("List", "here", forged)).toBeUndefined();
  }
});

test("what is bound can't be moved into the position", async () => {
  const tokens = start();
  const token = await tokens.seal("List", 'a","b', "c");
  expect(await tokens.open("List", "a", token)).toBeUndefined();
  const mac = Buffer.from(token, "base64url").subarray(0, 32);
  const moved = Buffer.concat([mac, Buffer.from('b","c')]).toString("base64url");
  expect(await tokens.open("List", "a", moved)).toBeUndefined();
});
