/** One page of a list, and how a list that is narrowed by its caller fills it. */
import type { Row, Storage, Table } from "../storage/storage.ts";

export interface PageRequest {
  /** The previous page's `next`. */
  readonly after: string | undefined;
  readonly limit: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where to go on; undefined on the last page. */
  readonly next: string | undefined;
}

const batchRows = 200;

/** The next `limit` rows of an account that `matches` accepts, in the order of their names. */
export async function matchingRows<Body>(
  storage: Storage,
  table: Table<Body>,
  accountId: string,
  { after, limit }: PageRequest,
  matches: (body: Body) => boolean,
): Promise<Page<Body>> {
  const prefix = `${accountId}/`;
  const found: Row<Body>[] = [];
  let position = after === undefined ? undefined : prefix + after;
  for (;;) {
    const rows = await storage.list(table, { prefix, after: position, limit: batchRows });
    found.push(...rows.filter((row) => matches(row.body)));
    const last = rows.at(-1);
    if (found.length > limit || rows.length < batchRows || last === undefined) break;
    position = last.key;
  }
  return page(
    found,
    limit,
    (row) => row.key.slice(prefix.length),
    (row) => row.body,
  );
}

/** The next `limit`, perhaps none, of items that are all at hand, already in the order of their positions. */
export function pageOf<Item>(
  items: readonly Item[],
  { after, limit }: PageRequest,
  positionOf: (item: Item) => string,
): Page<Item> {
  const start = after === undefined ? 0 : items.findIndex((item) => positionOf(item) > after);
  return page(start < 0 ? [] : items.slice(start), limit, positionOf, (item) => item);
}

function page<From, Item>(
  found: readonly From[],
  limit: number,
  positionOf: (from: From) => string,
  itemOf: (from: From) => Item,
): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const position = last === undefined ? "" : positionOf(last);
  return { items: items.map(itemOf), next: found.length > limit ? position : undefined };
}
