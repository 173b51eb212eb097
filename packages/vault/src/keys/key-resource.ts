/** Keys, aliases and all keys of a region as authorisation sees them. */
import { type CompiledPolicy, compilePolicy, principalsNamedBy } from "../authorization/compile.ts";
import type { PrincipalIds, Resource } from "../authorization/types.ts";
import type { Scope } from "../scope.ts";
import { aliasArn, type KeyRecord, keyArn } from "./key-record.ts";

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
      policy: compileKeyPolicy(record.arn, record.policy, record.policyPrincipals),
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

/** Whom a key policy names. Throws as `compileKeyPolicy` does. */
export function principalsOfKeyPolicy(document: string): readonly string[] {
  return principalsNamedBy(document, "resource");
}

/** Throws MalformedPolicyDocument for a document that can't be understood. */
export function compileKeyPolicy(
  arn: string,
  document: string,
  principals?: PrincipalIds,
): CompiledPolicy {
  return compilePolicy(document, "resource", principals, `the key policy of ${arn}`);
}
