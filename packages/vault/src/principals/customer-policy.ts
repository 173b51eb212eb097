/** Where a customer's managed policies lie, and who uses which. */
import type { Storage, Table } from "../storage/storage.ts";
import { parseIamArn } from "./arns.ts";
import {
  type Entity,
  type PolicyRow,
  policiesTable,
  rolesTable,
  rowKey,
  usersTable,
} from "./records.ts";

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

/**
 * How often each policy is attached in the account, by ARN. A customer's policy counts for
 * itself; AWS's have no row to count in, and are asked about rarely enough to look everywhere.
 */
export async function countAttachments(
  storage: Storage,
  accountId: string,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const count = ({ attachedPolicies }: Entity) => {
    for (const arn of attachedPolicies) counts.set(arn, (counts.get(arn) ?? 0) + 1);
  };
  await forEach(storage, usersTable, accountId, count);
  await forEach(storage, rolesTable, accountId, count);
  return counts;
}

const batchRows = 500;

async function forEach<Body>(
  storage: Storage,
  table: Table<Body>,
  accountId: string,
  visit: (body: Body) => void,
): Promise<void> {
  const prefix = `${accountId}/`;
  let after: string | undefined;
  do {
    const rows = await storage.list(table, { prefix, after, limit: batchRows });
    for (const { body } of rows) visit(body);
    after = rows.length < batchRows ? undefined : rows.at(-1)?.key;
  } while (after !== undefined);
}
