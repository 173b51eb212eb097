/** ListSecretVersionIds: the versions of a secret, oldest first, in pages. */
import type { PageTokens } from "../keys/page-tokens.ts";
import type { Storage } from "../storage/storage.ts";
import { invalidNextToken } from "./errors.ts";
import {
  type SecretRecord,
  type VersionRecord,
  versionKey,
  versionsPrefix,
  versionTable,
} from "./records.ts";

export interface VersionQuery {
  /** Whether versions without a label are listed too. */
  readonly isDeprecatedIncluded: boolean;
  readonly maxResults: number;
  readonly nextToken: string | undefined;
}

export interface VersionPage {
  readonly versions: readonly VersionRecord[];
  readonly nextToken: string | undefined;
}

interface Positioned {
  readonly body: VersionRecord;
  readonly position: string;
}

/** Throws InvalidNextTokenException for a token that another list gave, or nobody. */
export async function listVersions(
  storage: Storage,
  tokens: PageTokens,
  record: SecretRecord,
  { isDeprecatedIncluded, maxResults, nextToken }: VersionQuery,
): Promise<VersionPage> {
  const binding = JSON.stringify([record.arn, isDeprecatedIncluded]);
  const start = nextToken && (await tokens.open("ListSecretVersionIds", binding, nextToken));
  if (nextToken !== undefined && start === undefined) throw invalidNextToken();
  const after = start || undefined;
  const found = isDeprecatedIncluded
    ? await everyVersion(storage, record, after, maxResults + 1)
    : (await labelledVersions(storage, record)).filter(
        ({ position }) => after === undefined || position > after,
      );
  const page = found.slice(0, maxResults);
  const last = found.length > maxResults ? page.at(-1)?.position : undefined;
  return {
    versions: page.map(({ body }) => body),
    nextToken: last && (await tokens.seal("ListSecretVersionIds", binding, last)),
  };
}

function everyVersion(
  storage: Storage,
  record: SecretRecord,
  after: string | undefined,
  limit: number,
): Promise<readonly Positioned[]> {
  const range = { prefix: versionsPrefix(record), after, limit };
  return storage.listByIndex(versionTable, "created-date", range);
}

/** Never more than there are labels, wherever they stand among the deprecated ones. */
async function labelledVersions(
  storage: Storage,
  record: SecretRecord,
): Promise<readonly Positioned[]> {
  const ids = new Set(Object.values(record.stages));
  const keys = [...ids].map((id) => versionKey(record, id));
  const rows = await storage.getMany(versionTable, keys);
  return rows
    .flatMap((row) => row ?? [])
    .map(({ body }) => ({
      body,
      position: `${String(body.createdDate).padStart(15, "0")} ${body.versionId}`,
    }))
    .sort((one, other) => (one.position < other.position ? -1 : 1));
}
