/** For tests: keys on real storage in a folder of their own, and permits from real policies. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorize, type Permit } from "../authorization/authorize.ts";
import type { ConditionKeys, Principal, Resource } from "../authorization/types.ts";
import { type Clock, type Randomness, systemClock, systemRandomness } from "../clock.ts";
import { type RootKey, rootKeyFrom } from "../encryption/root-keys/root-key.ts";
import type { Scope } from "../scope.ts";
import { cacheStorage } from "../storage/cached-storage.ts";
import { openSqliteStorage } from "../storage/sqlite/sqlite-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { type KeyState, keyRow, keyTable, putKey } from "./key-record.ts";
import { Keys } from "./keys.ts";
import { SealedKeys } from "./ring/sealed-keys.ts";

export const scope: Scope = { accountId: "123456789012", region: "us-east-1" };

/** 0, 1, 2 … 31: fixed, so that known answers stay known. */
export const testRootKey: RootKey = rootKeyFrom(Buffer.from([...Array(32).keys()]));

/** Keys as a process has them after a start: nothing cached yet. */
export function startKeys(
  storage: Storage,
  randomness: Randomness = systemRandomness,
  clock: Clock = systemClock,
): Keys {
  const sealedKeys = new SealedKeys(storage, testRootKey, randomness);
  return new Keys(storage, testRootKey, sealedKeys, clock, randomness);
}

/** Storage that a test gives back with `close()`. */
export async function openTestStorage(): Promise<{ storage: Storage; close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), "claviger-keys-"));
  const storage = cacheStorage(await openSqliteStorage({ directory }), { bytesMax: 1_000_000 });
  return {
    storage,
    async close() {
      await storage.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** What the account root gets on asking; AccessDenied where key policies say so. */
export function permit<Action extends string, Located extends Resource>(
  action: Action,
  resource: Located,
  keys: ConditionKeys = {},
): Permit<Action, Located> {
  return authorize(accountRoot, action, resource, circumstances, keys);
}

/** Puts a key into another state, as DisableKey and ScheduleKeyDeletion will. */
export async function setState(storage: Storage, keyId: string, state: KeyState): Promise<void> {
  const key = keyRow(scope, keyId);
  const row = await storage.get(keyTable, key);
  if (row === undefined) throw new Error("no such key");
  await storage.commit([putKey({ ...row.body, state }, row.revision)]);
}

const accountRoot: Principal = {
  type: "Root",
  arn: `arn:aws:iam::${scope.accountId}:root`,
  accountId: scope.accountId,
  principalId: scope.accountId,
  userName: undefined,
  roleArn: undefined,
  tags: {},
  policies: [],
  boundary: undefined,
  sessionPolicies: [],
  tokenIssuedAt: undefined,
  organizationId: undefined,
  sessionKeys: {},
};

const circumstances = {
  now: Date.UTC(2026, 0, 1),
  sourceAddress: "127.0.0.1",
  isSecureTransport: false,
  region: scope.region,
  userAgent: "",
};
