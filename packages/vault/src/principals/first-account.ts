/**
 * The account that a vault was made for. A database belongs to one first account: under another
 * its data would seem to be gone.
 */
import { type Storage, table } from "../storage/storage.ts";

interface FirstAccount {
  readonly accountId: string;
}

const accountTable = table<FirstAccount>("accounts");
const key = "first";

/** The first account's id: the given one in a new database, else the one it was made with. */
export async function firstAccountOf(storage: Storage, accountId: string): Promise<string> {
  const row = await storage.get(accountTable, key);
  if (row !== undefined) return row.body.accountId;
  await storage.commit([
    { type: "put", table: accountTable, key, body: { accountId }, expect: "absent" },
  ]);
  return accountId;
}
