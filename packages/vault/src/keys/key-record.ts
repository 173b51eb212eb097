/** A KMS key as it is stored, and as authorisation sees it. */
import { type CompiledPolicy, compilePolicy } from "../authorization/compile.ts";
import type { Resource } from "../authorization/types.ts";
import type { Scope } from "../scope.ts";
import { table } from "../storage/storage.ts";

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
  /** The key policy's document. */
  readonly policy: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The names that point here, sorted, so that `kms:ResourceAliases` costs no look-up. */
  readonly aliases: readonly string[];
  /** The version that encrypts; all of them decrypt. */
  readonly currentVersion: number;
  /** AWS's KeyMaterialId of the current version. */
  readonly currentMaterialId: string;
}

export type KeyState = "Enabled" | "Disabled" | "PendingDeletion";

/** Key: `account/region/key id/version`; the material is the row's sealed part. */
export interface KeyVersionRecord {
  readonly materialId: string;
  readonly createdAt: number;
}

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

/** A key that has been located. IAM policies alone open no key: its own policy must agree. */
export interface KeyResource extends Resource {
  readonly record: KeyRecord;
  readonly policy: CompiledPolicy;
  readonly isPolicyRequired: true;
}

/** All keys of an account in a region: what lists and CreateKey are asked on. */
export interface KeysResource extends Resource {
  readonly scope: Scope;
}

/** An alias that exists or is about to; it has no policy of its own. */
export interface AliasResource extends Resource {
  readonly scope: Scope;
  readonly aliasName: string;
}

const located = new WeakMap<KeyRecord, KeyResource>();

/** The same resource as long as storage gives the same row: policies are compiled once. */
export function keyResource(record: KeyRecord): KeyResource {
  let resource = located.get(record);
  if (resource === undefined) {
    resource = {
      arn: record.arn,
      accountId: record.accountId,
      tags: record.tags,
      policy: compilePolicy(record.policy, "resource"),
      isPolicyRequired: true,
      record,
    };
    located.set(record, resource);
  }
  return resource;
}

export function keysResource(scope: Scope): KeysResource {
  return { arn: "*", accountId: scope.accountId, tags: {}, scope };
}

/** A key that is about to be made: there is no policy to ask yet. */
export function keyResourceToBe(scope: Scope, keyId: string): Resource {
  return { arn: keyArn(scope, keyId), accountId: scope.accountId, tags: {} };
}

export function aliasResource(scope: Scope, aliasName: string): AliasResource {
  return {
    arn: aliasArn(scope, aliasName),
    accountId: scope.accountId,
    tags: {},
    scope,
    aliasName,
  };
}

export function keyArn({ accountId, region }: Scope, keyId: string): string {
  return `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
}

export function aliasArn({ accountId, region }: Scope, aliasName: string): string {
  return `arn:aws:kms:${region}:${accountId}:${aliasName}`;
}
