/** Pages of a list, and the NextTokens that lead from one to the next. */
import type { PageTokens } from "../keys/page-tokens.ts";
import { invalidNextToken } from "./errors.ts";

export interface PageRequest {
  readonly limit: number;
  readonly token: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** undefined on the last page. */
  readonly nextToken: string | undefined;
}

/** One list: its name, and all that must be the same on its next page. */
export interface List {
  readonly kind: string;
  readonly binding: string;
}

/** The position that a token holds. An empty token asks for the first page, as on AWS. */
export async function positionOf(
  tokens: PageTokens,
  { kind, binding }: List,
  token: string | undefined,
): Promise<string | undefined> {
  if (token === undefined || token === "") return undefined;
  const position = await tokens.open(kind, binding, token);
  if (position === undefined) throw invalidNextToken();
  return position;
}

export async function page<Item>(
  tokens: PageTokens,
  { kind, binding }: List,
  items: readonly Item[],
  next: string | undefined,
): Promise<Page<Item>> {
  const nextToken = next === undefined ? undefined : await tokens.seal(kind, binding, next);
  return { items, nextToken };
}
