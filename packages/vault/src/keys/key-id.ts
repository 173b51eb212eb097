/**
 * What a KeyId may be: a key's id or ARN, or an alias' name or ARN.
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 */
import { BoundedCache } from "../encryption/bounded-cache.ts";
import type { Scope } from "../scope.ts";
import { aliasNotSupported, invalidArn, invalidKeyId } from "./key-errors.ts";
import { isManagedAlias, type ManagedAlias } from "./key-policies.ts";
import { keyRow } from "./key-record.ts";

export type KeyIdentifier =
  | {
      readonly type: "key";
      readonly scope: Scope;
      readonly keyId: string;
      /** The storage key of its row. */
      readonly row: string;
    }
  | { readonly type: "alias"; readonly scope: Scope; readonly aliasName: string };

export const aliasPrefix = "alias/";

const keyIdPattern =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;
const arnPattern = /^arn:aws:kms:([^:]*):([0-9]{12}):(.+)$/;

/** Reads a KeyId as somebody in `scope` means it. Throws NotFoundException for what is none. */
export function parseKeyId(scope: Scope, keyId: string): KeyIdentifier {
  if (!keyId.startsWith("arn:")) {
    if (keyId.startsWith(aliasPrefix)) return { type: "alias", scope, aliasName: keyId };
    if (keyIdPattern.test(keyId)) return { type: "key", scope, keyId, row: keyRow(scope, keyId) };
    throw invalidKeyId(keyId);
  }
  const known = knownArns.get(keyId);
  return known?.scope.region === scope.region ? known : parseArn(scope, keyId);
}

/** The same where an alias is no name for a key: one is InvalidArnException. */
export function requireNoAlias(scope: Scope, keyId: string): void {
  if (parseKeyId(scope, keyId).type === "alias") throw aliasNotSupported();
}

/** Every read of a value names its key by ARN; callers may fill the cache with short ones. */
const knownArns = new BoundedCache<KeyIdentifier>(1024);
const knownArnCharactersMax = 256;

function parseArn(scope: Scope, arn: string): KeyIdentifier {
  const [, region = "", accountId = "", resource = ""] = arnPattern.exec(arn) ?? [];
  if (resource === "") throw invalidArn(arn);
  if (region !== scope.region) throw invalidArn(region);
  const named = identifierIn({ accountId, region }, resource);
  if (named === undefined) throw invalidKeyId(arn);
  if (arn.length <= knownArnCharactersMax) knownArns.set(arn, named);
  return named;
}

function identifierIn(scope: Scope, resource: string): KeyIdentifier | undefined {
  if (resource.startsWith(aliasPrefix)) return { type: "alias", scope, aliasName: resource };
  const keyId = resource.startsWith("key/") ? resource.slice("key/".length) : "";
  if (!keyIdPattern.test(keyId)) return undefined;
  return { type: "key", scope, keyId, row: keyRow(scope, keyId) };
}

/** The alias of an AWS managed key of the caller's own account, if that is what a KeyId names. */
export function managedAliasOf(scope: Scope, keyId: string): ManagedAlias | undefined {
  const named = parseKeyId(scope, keyId);
  if (named.type !== "alias" || named.scope.accountId !== scope.accountId) return undefined;
  return isManagedAlias(named.aliasName) ? named.aliasName : undefined;
}
