/** A page of a list; `next` is the name to resume behind, undefined on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** The page of what was found by asking for one more than `limit`. */
export function page<Item>(
  found: readonly Item[],
  limit: number,
  nameOf: (item: Item) => string,
): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? nameOf(last) : undefined };
}
