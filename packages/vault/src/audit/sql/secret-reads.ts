/** Asks who read a secret, and folds what is no longer told apart. */
import type { Queries } from "../../postgres/database.ts";
import type { Chain } from "../chain.ts";
import type { SecretRead, SecretReadsQuery } from "../event.ts";
import { type NotedRead, readerParts } from "../reads.ts";
import type { Write } from "../store.ts";
import { foldReads, insertRead, readsOfSecret, removeFolded, retireReads } from "./statements.ts";

/** For so long after its end a session is told apart from the others of its role. */
const toldApartMilliseconds = 86_400_000;

interface Found {
  readonly versionId: string;
  readonly principalArn: string;
  readonly reader: string;
  readonly firstReadAt: number;
  readonly lastReadAt: number;
  readonly expiresAt: number | null;
}

export async function secretReadsOf(
  queries: Queries,
  { secretArn, since, expiresAfter = 0, limit }: SecretReadsQuery,
): Promise<readonly SecretRead[]> {
  const found = await queries.all<Found>(readsOfSecret, [secretArn, since, expiresAfter, limit]);
  return found.map(({ reader, expiresAt, ...read }) => ({
    ...read,
    ...readerParts(reader),
    expiresAt: expiresAt ?? undefined,
  }));
}

export function noting(chain: Chain, read: NotedRead): Write {
  const { secret, versionId, principal, reader, expiresAt, from, until } = read;
  const values = [secret, versionId, principal, reader, chain, expiresAt, from, until];
  return { statement: insertRead, values };
}

/** What keeps the notes of a chain small; `retainedFrom` as for its groups. */
export function tidyingReads(chain: Chain, now: number, retainedFrom: number): readonly Write[] {
  const over = now - toldApartMilliseconds;
  return [
    { statement: foldReads, values: [chain, over] },
    { statement: removeFolded, values: [chain, over] },
    { statement: retireReads, values: [chain, retainedFrom] },
  ];
}
