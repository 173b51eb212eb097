/** Organizations' pagination: NextToken and MaxResults. */
import type { Page, PageRequest } from "../../principals/page.ts";
import type { Call } from "../operation.ts";
import { invalidInput } from "./members.ts";

interface Paging {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

const resultsMax = 20;

/** `list` names the list and what it was narrowed to: a token is good for that list only. */
export async function pageRequest(
  { NextToken, MaxResults = resultsMax }: Paging,
  list: string,
  { vault, scope }: Call,
): Promise<PageRequest> {
  if (NextToken === undefined) return { after: undefined, limit: MaxResults };
  const after = await vault.pageTokens.open(list, scope.accountId, NextToken);
  if (after === undefined) throw invalidInput("INVALID_NEXT_TOKEN");
  return { after, limit: MaxResults };
}

export async function pageMembers(
  { next }: Page<unknown>,
  list: string,
  { vault, scope }: Call,
): Promise<{ readonly NextToken?: string }> {
  if (next === undefined) return {};
  return { NextToken: await vault.pageTokens.seal(list, scope.accountId, next) };
}
