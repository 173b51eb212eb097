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

/** The next `limit` rows of an account or group that `matches` accepts, in the order of their names. */
export async function matchingRows<Body>(
  storage: Storage,
  table: Table<Body>,
  owner: string,
  { after, limit }: PageRequest,
  matches: (body: Body) => boolean,
): Promise<Page<Body>> {
  const prefix = `${owner}/`;
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

/** Every row of an account, in the order of their names, without holding all of them. */
export async function* allRows<Body>(
  storage: Storage,
  table: Table<Body>,
  accountId: string,
): AsyncGenerator<Body> {
  const prefix = `${accountId}/`;
  let after: string | undefined;
  do {
    const rows = await storage.list(table, { prefix, after, limit: batchRows });
    for (const { body } of rows) yield body;
    after = rows.length < batchRows ? undefined : rows.at(-1)?.key;
  } while (after !== undefined);
}

/** One of the lists that `pageAcross` joins. No kind has a colon. */
export interface Source<Item> {
  readonly kind: string;
  page(request: PageRequest): Promise<Page<Item>>;
}

/** A page of several lists, one after the other. A position tells its list: `role:reader`. */
export async function pageAcross<Item>(
  sources: readonly Source<Item>[],
  { after, limit }: PageRequest,
): Promise<Page<Item>> {
  const [kind, ...rest] = after?.split(":") ?? [];
  const start = sources.findIndex((source) => source.kind === kind);
  const items: Item[] = [];
  for (const [at, source] of sources.entries()) {
    if (at < start) continue;
    const position = at === start ? rest.join(":") : undefined;
    const page = await source.page({ after: position, limit: limit - items.length });
    items.push(...page.items);
    if (page.next !== undefined) return { items, next: `${source.kind}:${page.next}` };
  }
  return { items, next: undefined };
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

/** The same of items in an order that is not that of their positions. */
export function pageInOrder<Item>(
  items: readonly Item[],
  { after, limit }: PageRequest,
  positionOf: (item: Item) => string,
): Page<Item> {
  const start = after === undefined ? 0 : items.findIndex((item) => positionOf(item) === after) + 1;
  return page(items.slice(start), limit, positionOf, (item) => item);
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
