/** ListSecrets: pages of secrets in one of four orders, through a filter, in bounded time. */
import type { PageTokens } from "../keys/page-tokens.ts";
import type { Scope } from "../scope.ts";
import type { Row, Storage } from "../storage/storage.ts";
import { invalidNextToken } from "./errors.ts";
import { type Filter, matcher } from "./filters.ts";
import { isGone } from "./presence.ts";
import { type SecretRecord, scopePrefix, secretTable } from "./records.ts";

type SortBy = "created-date" | "last-accessed-date" | "last-changed-date" | "name";

export interface ListQuery {
  readonly filters: readonly Filter[];
  readonly isPlannedDeletionIncluded: boolean;
  readonly sortBy: SortBy;
  readonly isDescending: boolean;
  readonly maxResults: number;
  readonly nextToken: string | undefined;
}

export interface SecretPage {
  readonly secrets: readonly SecretRecord[];
  readonly nextToken: string | undefined;
}

/**
 * A page ends after so many rows even if few of them passed the filter: like on AWS a page of a
 * filtered list may be empty and still have a next one.
 */
const rowsExaminedMax = 5000;
/** More than the largest page, so that a page without filters is one query. */
const rowsPerQuery = 128;

/** Throws InvalidNextTokenException for a token that another list gave, or nobody. */
export async function listSecrets(
  storage: Storage,
  tokens: PageTokens,
  scope: Scope,
  query: ListQuery,
  now: number,
): Promise<SecretPage> {
  const binding = JSON.stringify([
    scope.accountId,
    scope.region,
    query.filters,
    query.isPlannedDeletionIncluded,
    query.sortBy,
    query.isDescending,
  ]);
  const start = query.nextToken && (await tokens.open("ListSecrets", binding, query.nextToken));
  if (query.nextToken !== undefined && start === undefined) throw invalidNextToken();

  const { secrets, resumeAfter } = await examine(storage, scope, query, start, now);
  const nextToken =
    resumeAfter === undefined ? undefined : await tokens.seal("ListSecrets", binding, resumeAfter);
  return { secrets, nextToken };
}

async function examine(
  storage: Storage,
  scope: Scope,
  query: ListQuery,
  start: string | undefined,
  now: number,
) {
  const passesFilters = matcher(query.filters);
  const isListed = (record: SecretRecord) =>
    !isGone(record, now) &&
    (query.isPlannedDeletionIncluded || record.deletedDate === undefined) &&
    passesFilters(record);
  const secrets: SecretRecord[] = [];
  let after = start;
  for (let examined = 0; examined < rowsExaminedMax; examined += rowsPerQuery) {
    const rows = await inOrder(storage, scope, query, after);
    for (const { body, position } of rows) {
      if (isListed(body)) {
        if (secrets.length === query.maxResults) return { secrets, resumeAfter: after };
        secrets.push(body);
      }
      after = position;
    }
    if (rows.length < rowsPerQuery) return { secrets, resumeAfter: undefined };
  }
  return { secrets, resumeAfter: after };
}

/** Rows with where they stand in the order asked for. The name's order is the keys' own. */
async function inOrder(
  storage: Storage,
  scope: Scope,
  { sortBy, isDescending }: ListQuery,
  after: string | undefined,
): Promise<readonly (Row<SecretRecord> & { readonly position: string })[]> {
  const range = { prefix: scopePrefix(scope), after, limit: rowsPerQuery, isDescending };
  if (sortBy !== "name") return storage.listByIndex(secretTable, sortBy, range);
  const rows = await storage.list(secretTable, range);
  return rows.map((row) => ({ ...row, position: row.key }));
}
