/** A parameter as it is stored, and as authorisation sees it. */
import type { Resource } from "../authorization/types.ts";
import type { Scope } from "../scope.ts";
import { type Put, type Row, table } from "../storage/storage.ts";
import type { Labels } from "./labels.ts";
import { type Named, pathOf } from "./name.ts";
import { nextDue, type Policy } from "./policies.ts";

export type ParameterType = "String" | "StringList" | "SecureString";
export type ParameterTier = "Standard" | "Advanced";
export type RequestedTier = ParameterTier | "Intelligent-Tiering";

/** Key: `account/region/name:version`; the value is the row's sealed part. */
export interface VersionRecord {
  /** Random, new with each creation: nothing of a deleted namesake opens as this parameter's. */
  readonly id: string;
  /** As it was given at the creation: "x" or "/x". */
  readonly name: string;
  readonly version: number;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  /** What the request asked for, where that leaves the choice to the store. */
  readonly requestedTier: RequestedTier;
  readonly dataType: "text";
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
  /** Only on advanced parameters; absent where there are none. */
  readonly policies?: readonly Policy[] | undefined;
  /** As the caller named it; only for a SecureString. */
  readonly keyId?: string | undefined;
  /** The key that `keyId` named when this version was made. */
  readonly keyArn?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** The ARN of who made this version. */
  readonly modifiedBy: string;
  /** Equal for equal values; see `Keys.fingerprint`. */
  readonly fingerprint: string;
}

/** Key: `account/region/name`. Holds the current version whole, so that reading it is one get. */
export interface ParameterRecord extends VersionRecord {
  /** Versions are kept from this one on, without gaps. */
  readonly oldestVersion: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Which version has which label; absent where there are none. */
  readonly labels?: Labels | undefined;
}

export const parameterTable = table<ParameterRecord>("parameters");
export const versionTable = table<VersionRecord>("parameter_versions");

/** A parameter that has been looked for, there or not. */
export interface ParameterResource extends Resource {
  readonly named: Named;
  readonly row: Row<ParameterRecord> | undefined;
}

/** Where a listing begins. */
export interface PathResource extends Resource {
  readonly named: Named;
}

/** All parameters of an account in a region. */
export interface ParametersResource extends Resource {
  readonly scope: Scope;
}

/** Parameters of an account in a region have keys that start with this and a "/". */
export function scopeKey({ accountId, region }: Scope): string {
  return `${accountId}/${region}`;
}

/** Of a parameter's key: neither part of a scope has a "/". */
export function scopeOfKey(key: string): Scope {
  const [accountId = "", region = ""] = key.split("/");
  return { accountId, region };
}

export function parameterKey(scope: Scope, path: string): string {
  return `${scopeKey(scope)}${path}`;
}

/** No name has a ":", so no other parameter's versions start with this. */
export function versionKeyPrefix(scope: Scope, path: string): string {
  return `${parameterKey(scope, path)}:`;
}

export function versionKey(scope: Scope, path: string, version: number): string {
  return `${versionKeyPrefix(scope, path)}${String(version).padStart(10, "0")}`;
}

/** Writes a parameter's row with its places in the hierarchy and in the order of what falls due. */
export function putParameter(
  scope: Scope,
  body: ParameterRecord,
  sealed: Uint8Array | undefined,
  expect: number | "absent",
): Put<ParameterRecord> {
  const path = pathOf(body.name);
  const due = nextDue(body);
  return {
    type: "put",
    table: parameterTable,
    key: parameterKey(scope, path),
    body,
    sealed,
    expect,
    indexes: {
      [parentIndex]: parentIndexValue(scope, path),
      ...(due !== undefined && { [dueIndex]: sortable(due) }),
    },
  };
}

/** The index that lists one level of the hierarchy, however deep the levels below it are. */
export const parentIndex = "parent";

/** The index that lists what falls due, in all accounts, in the order of time. */
export const dueIndex = "due";

/** No name has "//", so the entries of a parent's children are one range. */
export function parentIndexPrefix(scope: Scope, parent: string): string {
  return `${parameterKey(scope, parent)}//`;
}

function parentIndexValue(scope: Scope, path: string): string {
  const lastSlash = path.lastIndexOf("/");
  return parentIndexPrefix(scope, path.slice(0, lastSlash)) + path.slice(lastSlash + 1);
}

/** Times as text in the order of time; what fell due before 1970 comes first. */
function sortable(milliseconds: number): string {
  return String(Math.max(0, milliseconds)).padStart(16, "0");
}
