/**
 * Principal and NotPrincipal of resource and trust policies. A principal is more than one name:
 * a session is itself, its role and its account; naming the account delegates to its policies.
 * Users and roles are known by their unique id where the policy's ARN was bound to one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { NamedPrincipal } from "../document/document.ts";
import type { Principal, PrincipalIds } from "../types.ts";

/** How far a statement goes for a caller: not at all, for its account, or for itself. */
export type Grant = "none" | "account" | "principal";

export interface Principals {
  /** As an Allow statement reads it. */
  grantTo(principal: Principal): Grant;
  /** As a Deny statement reads it. */
  include(principal: Principal): boolean;
}

export function compilePrincipals(
  named: readonly NamedPrincipal[],
  isNotPrincipal: boolean,
  principalIds: PrincipalIds,
): Principals {
  const values = named.filter(({ type }) => type === "AWS").map(({ value }) => value);
  const isEveryone = values.includes("*");
  const ids = new Set(values.flatMap((value) => principalIds[value] ?? []));
  const arns = new Set(values.filter((value) => principalIds[value] === undefined));
  const services = new Set(
    named.filter(({ type }) => type === "Service").map((each) => each.value),
  );

  const namesItself = ({ arn, principalId }: Principal) => arns.has(arn) || ids.has(principalId);
  const namesRole = ({ roleArn, principalId }: Principal) =>
    roleArn !== undefined && (arns.has(roleArn) || ids.has(roleIdOf(principalId)));
  const namesAccount = ({ accountId }: Principal) =>
    arns.has(accountId) || arns.has(`arn:aws:iam::${accountId}:root`);

  function grantTo(principal: Principal): Grant {
    if (principal.type === "AWSService") return services.has(principal.arn) ? "principal" : "none";
    if (isEveryone || namesItself(principal) || namesRole(principal)) return "principal";
    return namesAccount(principal) ? "account" : "none";
  }

  // AWS exempts a caller from a Deny only if each of its names is listed.
  function isExempt(principal: Principal): boolean {
    if (principal.type === "AWSService") return services.has(principal.arn);
    if (isEveryone) return true;
    if (!namesAccount(principal)) return false;
    if (principal.type === "Root") return true;
    return namesItself(principal) && (principal.roleArn === undefined || namesRole(principal));
  }

  return {
    grantTo,
    include: isNotPrincipal
      ? (principal) => !isExempt(principal)
      : (principal) => grantTo(principal) !== "none",
  };
}

/** `AROA…` of `AROA…:session`. */
function roleIdOf(sessionId: string): string {
  return sessionId.slice(0, sessionId.indexOf(":"));
}
