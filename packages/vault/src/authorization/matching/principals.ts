/**
 * Principal and NotPrincipal of resource and trust policies. A principal is more than one name:
 * a session is itself, its role and its account; naming the account delegates to its policies.
 * Users and roles are known by their unique id where the policy's ARN was bound to one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { NamedPrincipal } from "../document/document.ts";
import type { Principal, PrincipalIds } from "../types.ts";

/**
 * How far a statement reaches towards a caller: not at all; to its account, whose policies then
 * decide; to its role, which boundary and session policies bound; or to the caller itself, whom
 * they do not.
 */
export type Reach = "none" | "account" | "role" | "caller";

export interface Principals {
  /** As an Allow statement reads it. */
  reach(principal: Principal): Reach;
  /** As a Deny statement reads it. */
  include(principal: Principal): boolean;
}

export interface PrincipalsOptions {
  readonly isNotPrincipal: boolean;
  /** In a trust policy an identity provider stands for whom it vouches for, not for sessions. */
  readonly isTrust: boolean;
  readonly principalIds: PrincipalIds;
}

export function compilePrincipals(
  named: readonly NamedPrincipal[],
  { isNotPrincipal, isTrust, principalIds }: PrincipalsOptions,
): Principals {
  const valuesOf = (type: NamedPrincipal["type"]) =>
    named.filter((each) => each.type === type).map(({ value }) => value);
  const values = valuesOf("AWS");
  const isEveryone = values.includes("*");
  const ids = new Set(
    values.flatMap((value) => principalIds[value] ?? (isUniqueId(value) ? value : [])),
  );
  const arns = new Set(values.filter((value) => principalIds[value] === undefined));
  const services = new Set(valuesOf("Service"));
  const providers = new Set(valuesOf("Federated"));

  const namesItself = ({ arn, principalId }: Principal) => arns.has(arn) || ids.has(principalId);
  const namesRole = ({ roleArn, principalId }: Principal) =>
    roleArn !== undefined && (arns.has(roleArn) || ids.has(roleIdOf(principalId)));
  const namesProvider = ({ sessionKeys }: Principal) =>
    !isTrust && providers.has(sessionKeys["aws:federatedprovider"] ?? "");
  const namesAccount = ({ accountId }: Principal) =>
    arns.has(accountId) || arns.has(`arn:aws:iam::${accountId}:root`);
  const namesOutsider = ({ type, arn, federatedProvider = "" }: Principal) =>
    type === "AWSService" ? services.has(arn) : providers.has(federatedProvider);

  function reach(principal: Principal): Reach {
    if (isOutsider(principal)) return namesOutsider(principal) ? "caller" : "none";
    if (isEveryone || namesItself(principal)) return "caller";
    if (namesRole(principal) || namesProvider(principal)) return "role";
    return namesAccount(principal) ? "account" : "none";
  }

  // AWS exempts a caller from a Deny only if each of its names is listed, and nobody with a boundary.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
  function isExempt(principal: Principal): boolean {
    if (principal.boundary !== undefined) return false;
    if (isEveryone) return true;
    if (isOutsider(principal)) return namesOutsider(principal);
    if (!namesAccount(principal)) return false;
    if (principal.type === "Root") return true;
    return namesItself(principal) && (principal.roleArn === undefined || namesRole(principal));
  }

  return {
    reach,
    include: isNotPrincipal
      ? (principal) => !isExempt(principal)
      : (principal) => isEveryone || reach(principal) !== "none",
  };
}

/** Who comes from no account: an AWS service, or whom an identity provider vouches for. */
function isOutsider({ type }: Principal): boolean {
  return type === "AWSService" || type === "WebIdentity";
}

/** IAM shows the id of a user or role in place of its ARN when it is gone, and takes it back. */
function isUniqueId(value: string): boolean {
  return /^A(?:ID|RO)A/.test(value);
}

/** `AROA…` of `AROA…:session`. */
function roleIdOf(sessionId: string): string {
  return sessionId.slice(0, sessionId.indexOf(":"));
}
