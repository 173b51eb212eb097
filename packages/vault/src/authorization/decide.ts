/**
 * Whether a request is allowed: IAM's evaluation logic over what the policies say. Everything is
 * denied by default, and an explicit deny anywhere wins.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { CompiledPolicy } from "./compile.ts";
import type { Reach } from "./matching/principals.ts";
import { noKeys, RequestContext } from "./request-context.ts";
import type { Circumstances, ConditionKeys, KeySource, Principal, Resource } from "./types.ts";

export type Decision =
  | { readonly isAllowed: true; readonly reason: "allowed" }
  | { readonly isAllowed: false; readonly reason: DenialReason };

export type DenialReason =
  | "explicit-deny-in-identity-policy"
  | "explicit-deny-in-boundary"
  | "explicit-deny-in-session-policy"
  | "explicit-deny-in-resource-policy"
  | "no-identity-policy"
  | "no-boundary"
  | "no-session-policy"
  | "no-resource-policy";

const allowed: Decision = { isAllowed: true, reason: "allowed" };

/** The decision, without a permit and without throwing: for lists that AWS filters one by one. */
export function decide(
  principal: Principal,
  action: string,
  resource: Resource,
  circumstances: Circumstances,
  keys: ConditionKeys | KeySource = noKeys,
): Decision {
  return decideOn(new RequestContext(principal, action, resource, circumstances, keys));
}

export function decideOn(request: RequestContext): Decision {
  const reason = explicitDeny(request) ?? combine(request, reachOfResourcePolicy(request));
  return reason === undefined ? allowed : { isAllowed: false, reason };
}

/** AWS names one kind of policy where several deny. */
function explicitDeny(request: RequestContext): DenialReason | undefined {
  const { principal, resource } = request;
  const { policies, boundary, sessionPolicies } = principal;
  if (anyDenies(policies, request)) return "explicit-deny-in-identity-policy";
  if (boundary !== undefined && denies(boundary, request)) return "explicit-deny-in-boundary";
  if (anyDenies(sessionPolicies, request)) return "explicit-deny-in-session-policy";
  const { policy } = resource;
  if (policy !== undefined && denies(policy, request)) return "explicit-deny-in-resource-policy";
  return undefined;
}

/**
 * Within an account, a resource policy that reaches the caller itself is enough; one that names
 * its role is bounded by boundary and session policies; one that names the account hands the
 * question on to the caller's own policies. Across accounts both sides have to allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function combine(request: RequestContext, reach: Reach): DenialReason | undefined {
  const { principal, resource } = request;
  if (principal.type === "WebIdentity") return reach === "none" ? "no-resource-policy" : undefined;
  if (principal.accountId !== resource.accountId) {
    return missingFromCaller(request) ?? (reach === "none" ? "no-resource-policy" : undefined);
  }
  if (reach === "caller") return undefined;
  if (reach === "role") return missingFromBounds(request);
  if (reach === "none" && resource.isPolicyRequired === true) return "no-resource-policy";
  return missingFromCaller(request);
}

/** Which of the caller's own policies does not allow. The account root has none and needs none. */
function missingFromCaller(request: RequestContext): DenialReason | undefined {
  const { type, policies } = request.principal;
  if (type !== "Root" && !anyAllows(policies, request)) return "no-identity-policy";
  return missingFromBounds(request);
}

/** Boundary and session policies give nothing: what they leave out is denied. */
function missingFromBounds(request: RequestContext): DenialReason | undefined {
  const { boundary, sessionPolicies } = request.principal;
  if (boundary !== undefined && !allows(boundary, request)) return "no-boundary";
  if (sessionPolicies.length > 0 && !anyAllows(sessionPolicies, request)) {
    return "no-session-policy";
  }
  return undefined;
}

/** The widest that the resource's own policy reaches towards the caller. */
function reachOfResourcePolicy(request: RequestContext): Reach {
  const { principal, resource, action } = request;
  let widest: Reach = "none";
  for (const statement of resource.policy?.about(action).allows ?? []) {
    const reach = statement.reach(principal);
    if (breadth[reach] > breadth[widest] && statement.matches(request)) widest = reach;
  }
  return widest;
}

const breadth: Readonly<Record<Reach, number>> = { none: 0, account: 1, role: 2, caller: 3 };

function anyDenies(policies: readonly CompiledPolicy[], request: RequestContext): boolean {
  for (const policy of policies) if (denies(policy, request)) return true;
  return false;
}

function anyAllows(policies: readonly CompiledPolicy[], request: RequestContext): boolean {
  for (const policy of policies) if (allows(policy, request)) return true;
  return false;
}

function denies(policy: CompiledPolicy, request: RequestContext): boolean {
  for (const statement of policy.about(request.action).denies) {
    if (statement.includes(request.principal) && statement.matches(request)) return true;
  }
  return false;
}

/** Only for policies that name no principal: what they say is about whoever has them. */
function allows(policy: CompiledPolicy, request: RequestContext): boolean {
  for (const statement of policy.about(request.action).allows) {
    if (statement.matches(request)) return true;
  }
  return false;
}
