/**
 * What grants allow, as policies: the engine that decides knows only those, and an explicit deny
 * of the key policy or of the caller's own policies still beats any grant.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
import { compilePolicy } from "../../authorization/compile.ts";
import type { Principal } from "../../authorization/types.ts";
import type { KeyResource } from "../key-resource.ts";
import {
  type GrantConstraints,
  type GrantPrincipal,
  type GrantRecord,
  type GrantResource,
  nameOf,
} from "./grant-record.ts";

/** What is asked of a key, as grants see it. */
export interface GrantQuestion {
  /** In a grant's own words: "Decrypt", "ReEncryptFrom". */
  readonly operation: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  /** The grant that a CreateGrant is to make. */
  readonly child?: Pick<GrantRecord, "operations" | "constraints"> | undefined;
}

/** The names under which a grant may mean the caller itself. */
export function personalNames({ arn, principalId, roleArn }: Principal): readonly string[] {
  const roleId = principalId.slice(0, principalId.indexOf(":"));
  return roleArn === undefined ? [arn, principalId] : [arn, roleId];
}

export function accountName(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`;
}

export function allows({ operations, constraints }: GrantRecord, asked: GrantQuestion): boolean {
  if (!operations.includes(asked.operation)) return false;
  const { child, encryptionContext } = asked;
  switch (asked.operation) {
    case "DescribeKey":
      return true;
    case "CreateGrant":
      // Nobody passes on more than was given.
      return (
        child?.operations.every((operation) => operations.includes(operation)) === true &&
        isAsStrict(child.constraints, constraints)
      );
    default:
      return contextSatisfies(encryptionContext, constraints);
  }
}

/** The key with a policy that also has the grant, for exactly this caller and action. */
export function grantedResource(
  key: KeyResource,
  grant: GrantRecord,
  principal: Principal,
  action: string,
): KeyResource {
  const own = JSON.parse(key.policy.document);
  const granted = allow(principal, [grant.grantee], [action]);
  const document = { ...own, Statement: [own.Statement, granted].flat() };
  return {
    ...key,
    accountId: decidingAccount(principal),
    policy: compilePolicy(
      JSON.stringify(document),
      "resource",
      key.record.policyPrincipals,
      `${key.policy.name}, with grant ${grant.grantId}`,
    ),
  };
}

/**
 * A grant that may be retired by its retiring principal, by its grantee where it has that
 * operation, and by the accounts that own the key and issued it. No key policy has a say.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
 */
export function retirableResource(
  grant: GrantRecord,
  tags: Readonly<Record<string, string>>,
  principal: Principal,
): GrantResource {
  const accounts = [grant.accountId, grant.issuingAccountId].map((accountId) => ({
    arn: accountName(accountId),
    uniqueId: undefined,
  }));
  const retirers = [
    ...(grant.retiring === undefined ? [] : [grant.retiring]),
    ...(grant.operations.includes("RetireGrant") ? [grant.grantee] : []),
    ...accounts,
  ];
  const document = { Version: version, Statement: allow(principal, retirers, ["kms:RetireGrant"]) };
  return {
    arn: grant.keyArn,
    accountId: decidingAccount(principal),
    tags,
    policy: compilePolicy(JSON.stringify(document), "resource", {}, `grant ${grant.grantId}`),
    isPolicyRequired: true,
    grant,
  };
}

const version = "2012-10-17";

/**
 * Across accounts a policy needs the consent of the caller's own account; a grant doesn't. So a
 * grant is decided as a policy of the caller's account is: naming the caller is enough, naming
 * the account leaves it to the account's policies.
 */
function decidingAccount(principal: Principal): string {
  return principal.accountId;
}

/**
 * Allows the caller, where one of them is it, and accounts. Users and roles are named by their ids,
 * since by an ARN the key policy may mean somebody who is gone; a grant to a role is bounded by
 * what bounds its sessions, as a policy that names the role is.
 */
function allow(
  principal: Principal,
  named: readonly GrantPrincipal[],
  actions: readonly string[],
): readonly object[] {
  const own = new Set(personalNames(principal));
  const AWS = named.map(nameOf).filter((name) => own.has(name) || name.endsWith(":root"));
  return AWS.length === 0
    ? []
    : [{ Effect: "Allow", Principal: { AWS }, Action: actions, Resource: "*" }];
}

function contextSatisfies(
  context: Readonly<Record<string, string>>,
  { EncryptionContextSubset, EncryptionContextEquals }: GrantConstraints,
): boolean {
  return (
    (EncryptionContextSubset === undefined || includes(context, EncryptionContextSubset)) &&
    (EncryptionContextEquals === undefined || isSame(context, EncryptionContextEquals))
  );
}

/** Whether whatever the child's constraints let through, the parent's let through too. */
function isAsStrict(child: GrantConstraints, parent: GrantConstraints): boolean {
  const { EncryptionContextEquals: exactly, EncryptionContextSubset: atLeast } = child;
  if (exactly !== undefined) return contextSatisfies(exactly, parent);
  if (parent.EncryptionContextEquals !== undefined) return false;
  return contextSatisfies(atLeast ?? {}, parent);
}

function includes(
  context: Readonly<Record<string, string>>,
  pairs: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(pairs).every(
    ([name, value]) => Object.hasOwn(context, name) && context[name] === value,
  );
}

function isSame(
  context: Readonly<Record<string, string>>,
  pairs: Readonly<Record<string, string>>,
): boolean {
  return Object.keys(context).length === Object.keys(pairs).length && includes(context, pairs);
}
