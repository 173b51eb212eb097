/**
 * AWS managed policies that speak about what this vault does: they are part of the program, every
 * account has them, and none can change them.
 */
import { iamArn } from "../arns.ts";
import type { ManagedPolicy } from "../records.ts";
import { published } from "./aws-policy-documents.ts";

/** In the order of their names. */
export const awsManagedPolicies: readonly ManagedPolicy[] = published.map(
  ({ statements, createdAt, updatedAt, ...policy }) => ({
    ...policy,
    accountId: "aws",
    path: "/",
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 4),
    tags: [],
    createdAt: Date.parse(createdAt),
    updatedAt: Date.parse(updatedAt),
    attachmentCount: 0,
  }),
);

const byArn = new Map(
  awsManagedPolicies.map((policy) => [iamArn("aws", "policy", policy.path, policy.name), policy]),
);

/** The AWS managed policy of this ARN: the same object each time. */
export function awsManagedPolicy(arn: string): ManagedPolicy | undefined {
  return byArn.get(arn);
}
