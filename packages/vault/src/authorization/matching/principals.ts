/**
 * Principal and NotPrincipal of resource and trust policies. A principal is more than one name:
 * a session is itself, its role and its account; naming the account delegates to its policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { NamedPrincipal } from "../document/document.ts";
import type { Principal } from "../types.ts";

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
): Principals {
  const isEveryone = named.some(({ type, value }) => type === "AWS" && value === "*");
  const arns = new Set(named.filter(({ type }) => type === "AWS").map(({ value }) => value));
  const services = new Set(
    named.filter(({ type }) => type === "Service").map((each) => each.value),
  );

  const names = (arn: string | undefined) => arn !== undefined && arns.has(arn);
  const namesAccount = ({ accountId }: Principal) =>
    arns.has(accountId) || arns.has(`arn:aws:iam::${accountId}:root`);

  function grantTo(principal: Principal): Grant {
    if (principal.type === "AWSService") return services.has(principal.arn) ? "principal" : "none";
    if (isEveryone || names(principal.arn) || names(principal.roleArn)) return "principal";
    return namesAccount(principal) ? "account" : "none";
  }

  // AWS exempts a caller from a Deny only if each of its names is listed.
  function isExempt(principal: Principal): boolean {
    if (principal.type === "AWSService") return services.has(principal.arn);
    if (isEveryone) return true;
    if (!namesAccount(principal)) return false;
    if (principal.type === "Root") return true;
    return names(principal.arn) && (principal.roleArn === undefined || names(principal.roleArn));
  }

  return {
    grantTo,
    include: isNotPrincipal
      ? (principal) => !isExempt(principal)
      : (principal) => grantTo(principal) !== "none",
  };
}
