/**
 * Whether a request is allowed: IAM's evaluation logic over what the policies say. Everything is
 * denied by default, and an explicit deny anywhere wins.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { CompiledPolicy } from "./compile.ts";
import type { Grant } from "./matching/principals.ts";
import { RequestContext } from "./request-context.ts";
import type { Circumstances, ConditionKeys, KeySource, Principal, Resource } from "./types.ts";

export type Decision =
  | { readonly isAllowed: true; readonly reason: "allowed" }
  | { readonly isAllowed: false; readonly reason: DenialReason };

export type DenialReason =
  | "explicit-deny-in-identity-policy"
  | "explicit-deny-in-resource-policy"
  | "no-identity-policy"
  | "no-resource-policy";

const allowed: Decision = { isAllowed: true, reason: "allowed" };

/** The decision, without a permit and without throwing: for lists that AWS filters one by one. */
export function decide(
  principal: Principal,
  action: string,
  resource: Resource,
  circumstances: Circumstances,
  keys: ConditionKeys | KeySource = {},
): Decision {
  const request = new RequestContext(principal, action, resource, circumstances, keys);
  if (principal.policies.some((policy) => denies(policy, request))) {
    return denied("explicit-deny-in-identity-policy");
  }
  const { policy } = resource;
  if (policy !== undefined && denies(policy, request)) {
    return denied("explicit-deny-in-resource-policy");
  }
  return combine(request, policy === undefined ? "none" : grantOf(policy, request));
}

/**
 * Within an account, a resource policy that names the caller is enough; one that names the
 * account only hands the question on to the caller's own policies. Across accounts both sides
 * have to allow.
 */
function combine(request: RequestContext, grant: Grant): Decision {
  const { principal, resource } = request;
  if (principal.accountId !== resource.accountId) {
    if (!identityAllows(request)) return denied("no-identity-policy");
    return grant === "none" ? denied("no-resource-policy") : allowed;
  }
  if (grant === "principal") return allowed;
  if (grant === "none" && resource.isPolicyRequired === true) return denied("no-resource-policy");
  return identityAllows(request) ? allowed : denied("no-identity-policy");
}

/** The account root has no policies of its own: it may do all that resources let it do. */
function identityAllows(request: RequestContext): boolean {
  const { principal, action } = request;
  if (principal.type === "Root") return true;
  return principal.policies.some((policy) =>
    policy.about(action).allows.some((statement) => statement.appliesTo(request)),
  );
}

/** The widest that the resource's own policy grants to the caller. */
function grantOf(policy: CompiledPolicy, request: RequestContext): Grant {
  let widest: Grant = "none";
  for (const statement of policy.about(request.action).allows) {
    if (!statement.appliesTo(request)) continue;
    const grant = statement.grantTo(request.principal);
    if (grant === "principal") return grant;
    if (grant === "account") widest = grant;
  }
  return widest;
}

function denies(policy: CompiledPolicy, request: RequestContext): boolean {
  return policy.about(request.action).denies.some((statement) => statement.appliesTo(request));
}

function denied(reason: DenialReason): Decision {
  return { isAllowed: false, reason };
}
