/** Writing a user, group, role, instance profile or policy that must not be there yet. */
import type { ApiError } from "../errors.ts";
import { type Change, retryOnConflict, type Storage, type Table } from "../storage/storage.ts";
import { quotaExceeded } from "./errors.ts";
import { rowKey } from "./records.ts";

interface Rules {
  /** What to throw if the name is taken. */
  readonly taken: ApiError;
  /** AWS's name of the quota: "UsersPerAccount". */
  readonly quota: string;
  readonly quotaMax: number;
}

/** Commits the row together with what `alongside` changes in others. */
export async function insert<Body extends { readonly accountId: string; readonly name: string }>(
  storage: Storage,
  table: Table<Body>,
  body: Body,
  { taken, quota, quotaMax }: Rules,
  alongside: () => Promise<readonly Change[]> = () => Promise.resolve([]),
): Promise<void> {
  const key = rowKey(body.accountId, body.name);
  await retryOnConflict(async () => {
    if ((await storage.get(table, key)) !== undefined) throw taken;
    // Those that are created in the same moment may pass the quota together; no harm in that.
    if ((await storage.count(table, `${body.accountId}/`)) >= quotaMax) {
      throw quotaExceeded(quota, quotaMax);
    }
    const others = await alongside();
    await storage.commit([{ type: "put", table, key, body, expect: "absent" }, ...others]);
  });
}
