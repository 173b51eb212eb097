/** A page of one of KMS's lists, as its replies spell it. */
import type { Page } from "../../keys/page.ts";

export function pageOutput<Item>(member: string, { next }: Page<unknown>, items: readonly Item[]) {
  return {
    [member]: items,
    ...(next !== undefined && { NextMarker: next }),
    Truncated: next !== undefined,
  };
}

/** The page of a list that is whole in memory, in the order of its names. */
export function pageOf<Item>(
  all: readonly Item[],
  nameOf: (item: Item) => string,
  limit: number,
  after: string | undefined,
): Page<Item> {
  const rest = after === undefined ? all : all.filter((item) => nameOf(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rest.length > limit && last !== undefined ? nameOf(last) : undefined };
}
