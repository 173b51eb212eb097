/**
 * What AWS says when it refuses: who, what, on which resource, and which kind of policy was
 * missing or denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import type { DenialReason } from "./decide.ts";
import type { Principal, Resource } from "./types.ts";

export function denialMessage(
  reason: DenialReason,
  principal: Principal,
  action: string,
  resource: Resource,
): string {
  // Whom an identity provider vouches for has no name of AWS's, and learns nothing of the role.
  if (principal.type === "WebIdentity") return `Not authorized to perform ${action}`;
  const subject = `User: ${principal.arn} is not authorized to perform: ${action}`;
  if (action.startsWith("kms:") && isHiddenKey(reason, principal, resource)) {
    return `${subject} on ${hiddenName(resource)} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
  }
  return `${subject}${onWhat(resource, action)}${because(reason, action)}`;
}

function onWhat(resource: Resource, action: string): string {
  if (resource.isNamedByCiphertext === true) return ` on ${hiddenName(resource)}`;
  const name = resource.nameInDenials ?? nameOf(resource.arn, action);
  return name && ` on resource: ${name}`;
}

function hiddenName({ isNamedByCiphertext = false }: Resource): string {
  return isNamedByCiphertext ? "the resource associated with this ciphertext" : "this resource";
}

/** STS leaves out which policy was missing: who may assume a role is the role's own affair. */
function because(reason: DenialReason, action: string): string {
  const isAssumeRole = assuming.has(action);
  const isSaid =
    !isAssumeRole || (reason !== "no-identity-policy" && reason !== "no-resource-policy");
  const [outcome, kind] = reasons[reason];
  if (outcome === "no") return isSaid ? ` because no ${kind} allows the ${action} action` : "";
  const isTrust = isAssumeRole && reason === "explicit-deny-in-resource-policy";
  return ` with an explicit deny in ${isTrust ? "the role trust policy" : kind}`;
}

/** What may be asked for together with a role's session. */
const assuming: ReadonlySet<string> = new Set([
  "sts:AssumeRole",
  "sts:SetSourceIdentity",
  "sts:TagSession",
]);

const reasons: Readonly<Record<DenialReason, readonly ["no" | "deny", string]>> = {
  "explicit-deny-in-identity-policy": ["deny", "an identity-based policy"],
  "explicit-deny-in-boundary": ["deny", "a permissions boundary"],
  "explicit-deny-in-session-policy": ["deny", "a session policy"],
  "explicit-deny-in-resource-policy": ["deny", "a resource-based policy"],
  "no-identity-policy": ["no", "identity-based policy"],
  "no-boundary": ["no", "permissions boundary"],
  "no-session-policy": ["no", "session policy"],
  "no-resource-policy": ["no", "resource-based policy"],
};

/** KMS tells another account of no key whether it exists, and nobody of a ciphertext's key. */
function isHiddenKey(reason: DenialReason, principal: Principal, resource: Resource): boolean {
  const isResourcePolicy =
    reason === "no-resource-policy" || reason === "explicit-deny-in-resource-policy";
  const { isNamedByCiphertext, policy, accountId } = resource;
  const isAbsent = isNamedByCiphertext === true && policy === undefined;
  return isResourcePolicy && (isAbsent || principal.accountId !== accountId);
}

/**
 * IAM names what exists by type and name ("user ana", "policy arn:…") and gives the ARN where
 * something is created, listed or passed on.
 */
function nameOf(arn: string, action: string): string {
  const entity = /^arn:[^:]*:iam::[^:]*:(user|role|group|policy|instance-profile)\/(?:.*\/)?(.*)$/;
  const [, type, name] = entity.exec(arn) ?? [];
  if (!action.startsWith("iam:") || type === undefined) return arn;
  if (action === "iam:ListPolicies") return "policy path /";
  if (action === "iam:CreatePolicy") return `policy ${name}`;
  const isArnNamed =
    /^iam:(?:Create(?:User|Role|ServiceLinkedRole|Group|InstanceProfile)|PassRole)$/.test(action);
  if (isArnNamed || name === "") return arn;
  return type === "policy" ? `policy ${arn}` : `${type.replace("-", " ")} ${name}`;
}
