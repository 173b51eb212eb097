/** A KMS key, its versions and its aliases as they are stored. */
import type { PrincipalIds } from "../authorization/types.ts";
import type { Scope } from "../scope.ts";
import { type Expectation, type Put, table } from "../storage/storage.ts";

/** Key: `account/region/key id`. */
export interface KeyRecord {
  readonly keyId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly description: string;
  readonly state: KeyState;
  /** Who made it: an account's user, or the vault for one of its services. */
  readonly manager: "CUSTOMER" | "AWS";
  /** When a key that is pending deletion goes. Milliseconds since the epoch. */
  readonly deletionAt?: number | undefined;
  /** The key policy's document. */
  readonly policy: string;
  /** The unique ids that the policy's ARNs of users and roles stood for when it was stored. */
  readonly policyPrincipals?: PrincipalIds | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** The names that point here, sorted, so that `kms:ResourceAliases` costs no look-up. */
  readonly aliases: readonly string[];
  /** The version that encrypts; all of them decrypt. */
  readonly currentVersion: number;
  /** AWS's KeyMaterialId of the current version. */
  readonly currentMaterialId: string;
  /** Absent where automatic rotation is off. */
  readonly rotation?: AutomaticRotation | undefined;
  /** How many times RotateKeyOnDemand rotated it. */
  readonly onDemandRotations?: number | undefined;
  /** Set by the first grant: a key that never had one costs no look-up. */
  readonly hasGrants?: true | undefined;
}

export interface AutomaticRotation {
  readonly periodInDays: number;
  /** Milliseconds since the epoch. */
  readonly nextAt: number;
}

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

/** Key: `account/region/key id/version`; the material is the row's sealed part. */
export interface KeyVersionRecord {
  readonly materialId: string;
  readonly createdAt: number;
  /** What made it; absent for the first, which CreateKey made. */
  readonly rotationType?: RotationType | undefined;
}

export type RotationType = "AUTOMATIC" | "ON_DEMAND";

/** Key: `account/region/alias/name`. */
export interface AliasRecord {
  readonly aliasName: string;
  readonly aliasArn: string;
  readonly targetKeyId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const keyTable = table<KeyRecord>("keys");
export const keyVersionTable = table<KeyVersionRecord>("key_versions");
export const aliasTable = table<AliasRecord>("key_aliases");

/** Rows of an account in a region start with this. */
export function scopePrefix({ accountId, region }: Scope): string {
  return `${accountId}/${region}/`;
}

/** The storage key of a key's row. */
export function keyRow(scope: Scope, keyId: string): string {
  return scopePrefix(scope) + keyId;
}

export const dayMilliseconds = 86_400_000;

/** The sweeper walks all accounts in the order of time. */
export const deletionIndex = "deletion-date";
export const rotationIndex = "rotation-date";

/** Writes a key with its places in what the sweeper walks: only an enabled key rotates. */
export function putKey(body: KeyRecord, expect: Expectation): Put<KeyRecord> {
  const { state, deletionAt, rotation } = body;
  return {
    type: "put",
    table: keyTable,
    key: keyRow(body, body.keyId),
    body,
    expect,
    indexes: {
      ...(deletionAt !== undefined && { [deletionIndex]: sortable(deletionAt) }),
      ...(state === "Enabled" && rotation && { [rotationIndex]: sortable(rotation.nextAt) }),
    },
  };
}

/** Whether the waiting period is over: to all readers there is no such key any more. */
export function isGone({ deletionAt }: KeyRecord, now: number): boolean {
  return deletionAt !== undefined && deletionAt <= now;
}

export function keyArn({ accountId, region }: Scope, keyId: string): string {
  return `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
}

export function aliasArn({ accountId, region }: Scope, aliasName: string): string {
  return `arn:aws:kms:${region}:${accountId}:${aliasName}`;
}

/** The rows of a key's versions start with this. */
export function versionsPrefix(key: Scope & { readonly keyId: string }): string {
  return `${scopePrefix(key)}${key.keyId}/`;
}

/** Behind the prefix: versions in the order of their numbers. */
export function versionName(version: number): string {
  return String(version).padStart(10, "0");
}

/** Numbers as text in the order of numbers. */
function sortable(milliseconds: number): string {
  return String(milliseconds).padStart(15, "0");
}
