/** What time does to keys, on real storage under a clock that the test holds. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemRandomness } from "../clock.ts";
import type { Storage } from "../storage/storage.ts";
import { grantTable } from "./grants/grant-record.ts";
import {
  aliasTable,
  dayMilliseconds,
  keyRow,
  keyTable,
  keyVersionTable,
  scopePrefix,
  versionsPrefix,
} from "./key-record.ts";
import { aliasResource, type KeyResource, keysResource } from "./key-resource.ts";
import { openTestStorage, permit, scope, startKeys } from "./keys.fixture.ts";
import type { Keys } from "./keys.ts";

let storage: Storage;
let close: () => Promise<void>;
let keys: Keys;
let now = Date.UTC(2026, 0, 1);

beforeAll(async () => {
  ({ storage, close } = await openTestStorage());
  keys = startKeys(storage, systemRandomness, { now: () => now });
});

afterAll(() => close());

function makeKey(): Promise<KeyResource> {
  const keyId = keys.nextKeyId();
  const allowed = permit("kms:CreateKey", keysResource(scope));
  return keys.create(allowed, { keyId, description: "", tags: {} });
}

const latest = async ({ record }: KeyResource) => keys.locate(scope, record.keyId);
const enableRotation = (key: KeyResource, days: number) =>
  keys.rotation.enable(permit("kms:EnableKeyRotation", key), days);

it("a key that is gone leaves no row behind, and its name to others", async () => {
  const key = await makeKey();
  for (const name of ["alias/kept", "alias/lost"]) {
    await keys.aliases.create(
      permit("kms:CreateAlias", aliasResource(scope, name)),
      permit("kms:CreateAlias", key),
    );
  }
  await keys.rotation.rotateOnDemand(permit("kms:RotateKeyOnDemand", key));
  const rows = Array.from({ length: 1100 }, (_, at) => ({
    type: "put" as const,
    table: grantTable,
    key: versionsPrefix(key.record) + String(at).padStart(64, "0"),
    body: {} as never,
  }));
  await storage.commit(rows);
  await keys.administration.scheduleDeletion(permit("kms:ScheduleKeyDeletion", key), 7);

  now += 7 * dayMilliseconds - 1;
  await keys.sweep();
  expect((await latest(key)).record.state).toBe("PendingDeletion");
  now += 1;
  await expect(latest(key)).rejects.toThrow("does not exist");
  const other = await makeKey();
  await keys.aliases.create(
    permit("kms:CreateAlias", aliasResource(scope, "alias/kept")),
    permit("kms:CreateAlias", other),
  );
  await keys.sweep();
  expect(await storage.get(keyTable, keyRow(scope, key.record.keyId))).toBeUndefined();
  const prefix = versionsPrefix(key.record);
  for (const table of [keyVersionTable, grantTable]) {
    expect(await storage.count(table, prefix)).toBe(0);
  }
  const names = await storage.list(aliasTable, { prefix: scopePrefix(scope), limit: 10 });
  expect(names.map(({ body }) => body.aliasName)).toEqual(["alias/kept"]);
  expect((await keys.locate(scope, "alias/kept")).arn).toBe(other.arn);
});

it("a deletion that was cancelled is none", async () => {
  const key = await makeKey();
  await keys.administration.scheduleDeletion(permit("kms:ScheduleKeyDeletion", key), 7);
  await keys.administration.cancelDeletion(permit("kms:CancelKeyDeletion", await latest(key)));
  now += 8 * dayMilliseconds;
  await keys.sweep();
  expect((await latest(key)).record).toMatchObject({ state: "Disabled" });
});

it("a deletion that a node cancels, whose clock is behind, is none or can't be cancelled", async () => {
  const behind = startKeys(storage, systemRandomness, { now: () => now - 1000 });
  const made: KeyResource[] = [];
  for (let count = 0; count < 20; count++) made.push(await makeKey());
  for (const key of made) {
    await keys.administration.scheduleDeletion(permit("kms:ScheduleKeyDeletion", key), 7);
  }
  now += 7 * dayMilliseconds + 500;
  const sweeping = keys.sweep();
  const cancelled: KeyResource[] = [];
  // The sweep goes through them meanwhile, in an order of its own.
  for (const { record } of made) {
    try {
      const key = await behind.locate(scope, record.keyId);
      await behind.administration.cancelDeletion(permit("kms:CancelKeyDeletion", key));
      cancelled.push(key);
    } catch (error) {
      expect(error).toMatchObject({ code: "NotFoundException" });
    }
  }
  await sweeping;
  expect(cancelled.length).toBeGreaterThan(0);
  for (const { record } of cancelled) {
    expect(await storage.count(keyVersionTable, versionsPrefix(record))).toBe(1);
    expect((await keys.locate(scope, record.keyId)).record.state).toBe("Disabled");
  }
});

it("a rotation comes once, whoever sweeps and however late, and keeps its beat", async () => {
  const key = await makeKey();
  const start = now;
  await enableRotation(key, 100);
  now = start + 100 * dayMilliseconds - 1;
  await keys.sweep();
  expect((await latest(key)).record.currentVersion).toBe(1);
  now += 1;
  const another = startKeys(storage, systemRandomness, { now: () => now });
  await Promise.all([keys.sweep(), another.sweep(), keys.sweep()]);
  expect((await latest(key)).record.currentVersion).toBe(2);
  now = start + 350 * dayMilliseconds;
  await keys.sweep();
  const { currentVersion, rotation } = (await latest(key)).record;
  expect(currentVersion).toBe(3);
  expect(rotation?.nextAt).toBe(start + 400 * dayMilliseconds);
});

it("an AWS managed key rotates every year", async () => {
  const key = await keys.defaultKey(scope, "alias/aws/ssm");
  now += 365 * dayMilliseconds;
  await keys.sweep();
  expect((await latest(key)).record.currentVersion).toBe(2);
});

it("enabling the same rotation again changes nothing; another period starts anew", async () => {
  const key = await makeKey();
  await enableRotation(key, 90);
  now += 10 * dayMilliseconds;
  const same = await enableRotation(await latest(key), 90);
  expect(same.rotation?.nextAt).toBe(now + 80 * dayMilliseconds);
  const other = await enableRotation(await latest(key), 200);
  expect(other.rotation?.nextAt).toBe(now + 200 * dayMilliseconds);
});
