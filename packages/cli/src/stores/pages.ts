/** Lists come in pages; some servers end them with an empty token instead of none. */

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

/** Every item; `ask` gets the member to spread into its input. `onPage` sees how many there are. */
export async function allPages<Item>(
  ask: (token: { readonly NextToken?: string }) => Promise<Page<Item>>,
  onPage: (count: number) => void = () => {},
): Promise<Item[]> {
  const items: Item[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask(nextToken ? { NextToken: nextToken } : {});
    items.push(...page.items);
    onPage(items.length);
    nextToken = page.nextToken;
  } while (nextToken);
  return items;
}
