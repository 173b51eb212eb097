/**
 * Puts narrowed policies in the place of the wide ones. AWS's own policies can't be changed: the
 * narrowed one becomes an inline policy, and AWS's is detached after it.
 */
import type { IAM } from "@aws-sdk/client-iam";
import { aws } from "../aws.ts";
import type { HeldPolicy } from "./account.ts";
import { type PolicyDocument, printDocument } from "./document.ts";

export async function applyNarrowing(policy: HeldPolicy, document: PolicyDocument): Promise<void> {
  const iam = await aws.iam();
  const isEmpty = document.Statement.length === 0;
  const { arn, policyName } = policy;
  if (policyName !== undefined) {
    await (isEmpty
      ? deleteInline(iam, policy, policyName)
      : putInline(iam, policy, policyName, document));
  } else if (arn !== undefined && (isAwsManaged(arn) || isEmpty)) {
    if (!isEmpty) await putInline(iam, policy, inlineNameOf(arn), document);
    await detach(iam, policy, arn);
  } else {
    await iam.createPolicyVersion({
      PolicyArn: arn,
      PolicyDocument: printDocument(document),
      SetAsDefault: true,
    });
  }
}

/** What `applyNarrowing` does, for whoever is asked to agree. */
export function announce(
  { holder, arn, policyName }: HeldPolicy,
  { Statement }: PolicyDocument,
): string {
  const who = `${holder.type} ${holder.name}`;
  const isEmpty = Statement.length === 0;
  if (policyName !== undefined) {
    return isEmpty
      ? `delete inline policy ${policyName} of ${who}`
      : `replace inline policy ${policyName} of ${who}`;
  }
  if (isEmpty) return `detach ${arn} from ${who}`;
  return isAwsManaged(arn ?? "")
    ? `put inline policy ${inlineNameOf(arn ?? "")} on ${who}, then detach ${arn}`
    : `make a new default version of ${arn}`;
}

export function isAwsManaged(arn: string): boolean {
  return /^arn:[^:]+:iam::aws:/.test(arn);
}

function inlineNameOf(arn: string): string {
  return `${arn.split("/").at(-1)}-used`;
}

function putInline(iam: IAM, { holder }: HeldPolicy, PolicyName: string, document: PolicyDocument) {
  const policy = { PolicyName, PolicyDocument: printDocument(document) };
  switch (holder.type) {
    case "role":
      return iam.putRolePolicy({ RoleName: holder.name, ...policy });
    case "user":
      return iam.putUserPolicy({ UserName: holder.name, ...policy });
    case "group":
      return iam.putGroupPolicy({ GroupName: holder.name, ...policy });
  }
}

function deleteInline(iam: IAM, { holder }: HeldPolicy, PolicyName: string) {
  switch (holder.type) {
    case "role":
      return iam.deleteRolePolicy({ RoleName: holder.name, PolicyName });
    case "user":
      return iam.deleteUserPolicy({ UserName: holder.name, PolicyName });
    case "group":
      return iam.deleteGroupPolicy({ GroupName: holder.name, PolicyName });
  }
}

function detach(iam: IAM, { holder }: HeldPolicy, PolicyArn: string) {
  switch (holder.type) {
    case "role":
      return iam.detachRolePolicy({ RoleName: holder.name, PolicyArn });
    case "user":
      return iam.detachUserPolicy({ UserName: holder.name, PolicyArn });
    case "group":
      return iam.detachGroupPolicy({ GroupName: holder.name, PolicyArn });
  }
}
