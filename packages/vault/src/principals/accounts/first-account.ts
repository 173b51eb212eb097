/**
 * The account that a vault was made for. A database belongs to one first account: under another
 * its data would seem to be gone. It also manages the organization that all accounts are in, once
 * there is one; its row is where every request finds the organization's id.
 */
import type { Soon } from "../../soon.ts";
import { type Row, retryOnConflict, type Storage, table } from "../../storage/storage.ts";

export interface FirstAccount {
  readonly accountId: string;
  /** Milliseconds since the epoch; vaults of before it was kept don't know. */
  readonly createdAt?: number | undefined;
  readonly organization?: Organization | undefined;
}

export interface Organization {
  /** o-… */
  readonly id: string;
  /** r-…: all accounts are directly below it. */
  readonly rootId: string;
  readonly managementAccountId: string;
}

export const firstAccountTable = table<FirstAccount>("accounts");
export const firstAccountKey = "first";

/** The first account's id: the given one in a new database, else the one it was made with. */
export function firstAccountOf(
  storage: Storage,
  accountId: string,
  createdAt: number,
): Promise<string> {
  const [table, key] = [firstAccountTable, firstAccountKey];
  const body = { accountId, createdAt };
  // Of two nodes that start on a new database the second finds what the first one wrote.
  return retryOnConflict(async () => {
    const row = await firstAccountRow(storage);
    if (row !== undefined) return row.body.accountId;
    await storage.commit([{ type: "put", table, key, body, expect: "absent" }]);
    return accountId;
  });
}

export function firstAccountRow(storage: Storage): Soon<Row<FirstAccount> | undefined> {
  return storage.get(firstAccountTable, firstAccountKey);
}
