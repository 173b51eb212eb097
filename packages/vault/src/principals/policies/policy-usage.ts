/** How a customer's managed policy knows how often it is used, and as what. */
import type { Change, Storage } from "../../storage/storage.ts";
import { policiesTable } from "../records.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { customerPolicy } from "./customer-policy.ts";

type Use = "attachmentCount" | "boundaryCount";

/**
 * What must change in the commit that begins or ends a use; undefined if the account has no such
 * policy. AWS's policies have no row to count in.
 */
export async function countedUse(
  storage: Storage,
  accountId: string,
  policyArn: string,
  use: Use,
  by: 1 | -1,
): Promise<readonly Change[] | undefined> {
  if (awsManagedPolicy(policyArn) !== undefined) return [];
  const row = await customerPolicy(storage, accountId, policyArn);
  if (row === undefined) return undefined;
  const { key, revision: expect, body } = row;
  const counted = { ...body, [use]: (body[use] ?? 0) + by };
  return [{ type: "put", table: policiesTable, key, body: counted, expect }];
}
