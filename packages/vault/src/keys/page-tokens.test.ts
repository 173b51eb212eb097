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

test("it tells nothing of its position, nor whether two are the same", async () => {
  const tokens = start();
  const position = "123456789012/us-east-1/payments/stripe";
  const [one, other] = [
    await tokens.seal("List", "here", position),
    await tokens.seal("List", "here", position),
  ];
  expect(Buffer.from(one, "base64url").includes("payments")).toBe(false);
  expect(one).not.toBe(other);
});

test("kind and binding can't be told apart elsewhere than where they are", async () => {
  const tokens = start();
  const token = await tokens.seal("List", 'a","b', "c");
  expect(await tokens.open("List", "a", token)).toBeUndefined();
  expect(await tokens.open('List","a', "b", token)).toBeUndefined();
});
