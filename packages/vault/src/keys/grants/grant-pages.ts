/** Pages of the grants of a list that are wanted, whatever lies between them. */
import type { Row } from "../../storage/storage.ts";
import type { Page } from "../page.ts";
import type { GrantRecord } from "./grant-record.ts";

export const grantsPerRead = 100;

type GrantRow = Row<GrantRecord> & { readonly position?: string };

/**
 * Reads on until the page is full. `read` gives the next rows behind a position, fewer than
 * `grantsPerRead` at the end.
 */
export async function collectGrants(
  limit: number,
  after: string | undefined,
  read: (after: string | undefined) => Promise<readonly GrantRow[]>,
  isWanted: (row: Row<GrantRecord>) => boolean,
): Promise<Page<GrantRecord>> {
  const items: GrantRecord[] = [];
  let last = after;
  for (;;) {
    const rows = await read(last);
    for (const row of rows) {
      if (isWanted(row)) {
        if (items.length === limit) return { items, next: last };
        items.push(row.body);
      }
      last = row.position ?? row.key;
    }
    if (rows.length < grantsPerRead) return { items, next: undefined };
  }
}
