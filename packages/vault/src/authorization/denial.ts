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
  const subject = `User: ${principal.arn} is not authorized to perform: ${action}`;
  if (action.startsWith("kms:") && isHiddenKey(reason, principal, resource)) {
    return `${subject} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
  }
  const name = resource.nameInDenials ?? nameOf(resource.arn, action);
  return `${subject}${name && ` on resource: ${name}`}${because(reason, action)}`;
}

/** STS leaves out which policy was missing: who may assume a role is the role's own affair. */
function because(reason: DenialReason, action: string): string {
  const isAssumeRole = action === "sts:AssumeRole";
  switch (reason) {
    case "explicit-deny-in-identity-policy":
      return " with an explicit deny in an identity-based policy";
    case "explicit-deny-in-resource-policy":
      return ` with an explicit deny in ${isAssumeRole ? "the role trust" : "a resource-based"} policy`;
    case "no-identity-policy":
      return isAssumeRole ? "" : ` because no identity-based policy allows the ${action} action`;
    case "no-resource-policy":
      return isAssumeRole ? "" : ` because no resource-based policy allows the ${action} action`;
  }
}

/** KMS does not tell another account whether a key exists. */
function isHiddenKey(reason: DenialReason, principal: Principal, resource: Resource): boolean {
  const isResourcePolicy =
    reason === "no-resource-policy" || reason === "explicit-deny-in-resource-policy";
  return isResourcePolicy && principal.accountId !== resource.accountId;
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
  const isArnNamed = /^iam:(?:Create(?:User|Role|Group|InstanceProfile)|PassRole)$/.test(action);
  if (isArnNamed || name === "") return arn;
  return type === "policy" ? `policy ${arn}` : `${type.replace("-", " ")} ${name}`;
}
