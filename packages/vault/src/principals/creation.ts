/** Writing a user, role or policy that must not be there yet. */
import type { ApiError } from "../errors.ts";
import { Conflict, type Storage, type Table } from "../storage/storage.ts";
import { quotaExceeded } from "./errors.ts";
import { rowKey } from "./records.ts";

interface Rules {
  /** What to throw if the name is taken. */
  readonly taken: ApiError;
  /** AWS's name of the quota: "UsersPerAccount". */
  readonly quota: string;
  readonly quotaMax: number;
}

export async function insert<Body extends { readonly accountId: string; readonly name: string }>(
  storage: Storage,
  table: Table<Body>,
  body: Body,
  { taken, quota, quotaMax }: Rules,
): Promise<void> {
  const key = rowKey(body.accountId, body.name);
  if ((await storage.get(table, key)) !== undefined) throw taken;
  // Those that are created in the same moment may pass the quota together; no harm in that.
  if ((await storage.count(table, `${body.accountId}/`)) >= quotaMax) {
    throw quotaExceeded(quota, quotaMax);
  }
  try {
    await storage.commit([{ type: "put", table, key, body, expect: "absent" }]);
  } catch (error) {
    throw error instanceof Conflict ? taken : error;
  }
}
