import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemRandomness } from "../clock.ts";
import type { Storage } from "../storage/storage.ts";
import { KeyMaterials } from "./key-material.ts";
import { keyRow, keyTable } from "./key-record.ts";
import { type KeyResource, keysResource } from "./key-resource.ts";
import {
  openTestStorage,
  permit,
  scope,
  setState,
  startKeys,
  testRootKey,
} from "./keys.fixture.ts";
import type { Keys } from "./keys.ts";

let storage: Storage;
let close: () => Promise<void>;
let keys: Keys;
let key: KeyResource;

beforeAll(async () => {
  ({ storage, close } = await openTestStorage());
});

afterAll(() => close());

beforeEach(async () => {
  keys = startKeys(storage);
  const keyId = keys.nextKeyId();
  const allowed = permit("kms:CreateKey", keysResource(scope));
  key = await keys.create(allowed, { keyId, description: "", tags: {} });
});

const plaintext = Buffer.from("plaintext");
const encrypt = (under = key) => keys.encrypt(permit("kms:Encrypt", under), plaintext, {});
const decrypt = async (blob: Buffer, under = key) =>
  keys.decrypt(permit("kms:Decrypt", under), blob, {});

describe("the names of a key", () => {
  it("are not told of another account's key, whose id is known", async () => {
    const allowed = permit("kms:ListAliases", keysResource(scope));
    const elsewhere = { accountId: "210987654321", region: scope.region };
    const strangers = await keys.defaultKey(elsewhere, "alias/aws/ssm");
    await expect(keys.listAliases(allowed, strangers, 10, undefined)).rejects.toMatchObject({
      code: "NotFoundException",
    });
    const own = await keys.defaultKey(scope, "alias/aws/ssm");
    const { items } = await keys.listAliases(allowed, own, 10, undefined);
    expect(items.map(({ aliasName }) => aliasName)).toEqual(["alias/aws/ssm"]);
  });
});

describe("a key", () => {
  it("does nothing while it is disabled or going", async () => {
    const blob = await encrypt();
    for (const [state, code, says] of [
      ["Disabled", "DisabledException", "is disabled."],
      ["PendingDeletion", "KMSInvalidStateException", "is pending deletion."],
    ] as const) {
      await setState(storage, key.record.keyId, state);
      const now = await keys.locate(scope, key.record.keyId);
      for (const refused of [
        encrypt(now),
        decrypt(blob, now),
        keys.generateDataKey(permit("kms:GenerateDataKey", now), 32, {}),
      ]) {
        await expect(refused).rejects.toMatchObject({ code, message: `${key.arn} ${says}` });
      }
    }
  });

  it("encrypts under its current version and decrypts under all of them", async () => {
    const old = await encrypt();
    const rotated = { ...key.record, currentVersion: 2, currentMaterialId: "2".repeat(64) };
    await storage.commit([
      { type: "put", table: keyTable, key: keyRow(scope, rotated.keyId), body: rotated },
      new KeyMaterials(storage, testRootKey, systemRandomness).adding(rotated, 0),
    ]);
    const now = await keys.locate(scope, rotated.keyId);
    const renewed = await encrypt(now);
    const first = await decrypt(old, now);
    const second = await decrypt(renewed, now);
    expect([first.plaintext, second.plaintext]).toEqual([plaintext, plaintext]);
    expect(first.materialId).toBe(key.record.currentMaterialId);
    expect(second.materialId).toBe("2".repeat(64));
  });
});
