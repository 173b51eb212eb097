/** A grant as it is stored, and where its look-ups find it. */
import type { Resource } from "../../authorization/types.ts";
import type { Scope } from "../../scope.ts";
import { type Put, table } from "../../storage/storage.ts";
import { scopePrefix, versionsPrefix } from "../key-record.ts";

/** Key: `account/region/key id/grant id`. */
export interface GrantRecord {
  readonly grantId: string;
  readonly keyId: string;
  readonly keyArn: string;
  readonly accountId: string;
  readonly region: string;
  readonly name: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The account whose principal made it. */
  readonly issuingAccountId: string;
  readonly grantee: GrantPrincipal;
  readonly retiring: GrantPrincipal | undefined;
  readonly operations: readonly string[];
  readonly constraints: GrantConstraints;
}

/** Whom a grant means: a user or role is the one that had the ARN when the grant was made. */
export interface GrantPrincipal {
  readonly arn: string;
  /** Of a user or role; accounts and sessions are known by their ARNs. */
  readonly uniqueId: string | undefined;
}

/** Each of the two that is there must hold. */
export interface GrantConstraints {
  readonly EncryptionContextSubset?: Readonly<Record<string, string>> | undefined;
  readonly EncryptionContextEquals?: Readonly<Record<string, string>> | undefined;
}

/** A grant that its caller may want to retire: the grant itself says who may. */
export interface GrantResource extends Resource {
  readonly grant: GrantRecord;
}

export const grantTable = table<GrantRecord>("key_grants");
export const granteeIndex = "grantee";
export const retiringIndex = "retiring";

export function grantRow(key: Scope & { readonly keyId: string }, grantId: string): string {
  return versionsPrefix(key) + grantId;
}

export function putGrant(body: GrantRecord): Put<GrantRecord> {
  const { grantee, retiring } = body;
  return {
    type: "put",
    table: grantTable,
    key: grantRow(body, body.grantId),
    body,
    expect: "absent",
    indexes: {
      [granteeIndex]: granteePosition(body, nameOf(grantee)),
      ...(retiring && { [retiringIndex]: retiringPosition(body.region, retiring) }),
    },
  };
}

/** Where the grants of a key stand that were given to who has this name. */
export function granteePosition(key: Scope & { readonly keyId: string }, name: string): string {
  return `${versionsPrefix(key)}${name}|`;
}

/** Where the grants of all keys stand that this principal may retire: with its own account. */
export function retiringPosition(region: string, retiring: GrantPrincipal): string {
  const accountId = retiring.arn.split(":")[4] ?? "";
  return `${scopePrefix({ accountId, region })}${nameOf(retiring)}|`;
}

/** No ARN looks like a unique id, and neither has the "|" that ends a name. */
export function nameOf({ arn, uniqueId }: GrantPrincipal): string {
  return uniqueId ?? arn;
}
