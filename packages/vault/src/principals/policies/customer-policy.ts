/** Where a customer's managed policies lie, how they are changed, and who uses which. */
import { compilePolicy } from "../../authorization/compile.ts";
import type { Resource } from "../../authorization/types.ts";
import { retryOnConflict, type Storage, type Table } from "../../storage/storage.ts";
import { iamArn, parseIamArn } from "../arns.ts";
import { policyNotFound, policyOutsideAccount, quotaExceeded } from "../errors.ts";
import { allRows } from "../page.ts";
import {
  type Group,
  groupsTable,
  type ManagedPolicy,
  type PolicyRow,
  policiesTable,
  type Role,
  rolesTable,
  rowKey,
  type User,
  usersTable,
} from "../records.ts";
import { awsManagedPolicies, awsManagedPolicy } from "./aws-managed-policies.ts";
import { policySize } from "./policy-size.ts";

/** A policy as a request names it. Whether it exists is told only to who may know. */
export interface PolicyResource extends Resource {
  readonly record: ManagedPolicy | undefined;
}

const documentCharactersMax = 6144;

/** Throws IAM's error for a document that can't be a managed policy's. */
export function checkPolicyDocument(document: string): void {
  compilePolicy(document, "identity");
  if (policySize(document) > documentCharactersMax) {
    throw quotaExceeded("PolicySize", documentCharactersMax);
  }
}

export function existingPolicy({ arn, record }: PolicyResource): ManagedPolicy {
  if (record === undefined) throw policyNotFound(arn);
  return record;
}

/** The row as it is now, of the very policy that was located. AWS's policies have none. */
export async function ownRow(
  storage: Storage,
  { arn, accountId, record }: PolicyResource,
): Promise<PolicyRow> {
  if (awsManagedPolicy(arn) !== undefined) throw policyOutsideAccount();
  const row = await customerPolicy(storage, accountId, arn);
  if (row === undefined || row.body.uniqueId !== record?.uniqueId) throw policyNotFound(arn);
  return row;
}

/** Commits what `change` makes of the policy, and returns it. */
export function changePolicy(
  storage: Storage,
  resource: PolicyResource,
  change: (policy: ManagedPolicy) => ManagedPolicy,
): Promise<ManagedPolicy> {
  return retryOnConflict(async () => {
    const { key, revision: expect, body } = await ownRow(storage, resource);
    const changed = change(body);
    await storage.commit([{ type: "put", table: policiesTable, key, body: changed, expect }]);
    return changed;
  });
}

/** The row of the account's own policy with exactly this ARN, its path included. */
export async function customerPolicy(
  storage: Storage,
  accountId: string,
  arn: string,
): Promise<PolicyRow | undefined> {
  const parts = parseIamArn(arn);
  if (parts?.type !== "policy" || parts.accountId !== accountId) return undefined;
  const row = await storage.get(policiesTable, rowKey(accountId, parts.name));
  return row?.body.path === parts.path && row.body.name === parts.name ? row : undefined;
}

export interface Uses {
  attachmentCount: number;
  boundaryCount: number;
}

/**
 * How often each policy is attached, and a boundary, in the account, by ARN. A customer's policy
 * counts for itself; AWS's have no row to count in, and are asked about rarely enough to look
 * everywhere.
 */
export async function countUses(
  storage: Storage,
  accountId: string,
): Promise<(arn: string) => Uses> {
  const counted = new Map<string, Uses>();
  const usesOf = (arn: string): Uses => {
    const uses = counted.get(arn) ?? { attachmentCount: 0, boundaryCount: 0 };
    counted.set(arn, uses);
    return uses;
  };
  const tables: readonly Table<User | Group | Role>[] = [usersTable, groupsTable, rolesTable];
  for (const table of tables) {
    for await (const entity of allRows(storage, table, accountId)) {
      for (const arn of entity.attachedPolicies) usesOf(arn).attachmentCount++;
      if ("boundaryArn" in entity && entity.boundaryArn !== undefined) {
        usesOf(entity.boundaryArn).boundaryCount++;
      }
    }
  }
  return usesOf;
}

/** AWS's policies with how often the account uses them, in the order of their names. */
export async function awsPolicies(
  storage: Storage,
  accountId: string,
): Promise<readonly ManagedPolicy[]> {
  const usesOf = await countUses(storage, accountId);
  return awsManagedPolicies.map((policy) => ({
    ...policy,
    ...usesOf(iamArn("aws", "policy", policy.path, policy.name)),
  }));
}

/** Those of them that are attached somewhere or a boundary. */
export async function awsPoliciesInUse(
  storage: Storage,
  accountId: string,
): Promise<readonly ManagedPolicy[]> {
  const policies = await awsPolicies(storage, accountId);
  return policies.filter(
    ({ attachmentCount, boundaryCount = 0 }) => attachmentCount + boundaryCount > 0,
  );
}
