/**
 * Opens a ring that another node has changed: with the root key's source that this node knows, or
 * with the one that the row names. Whoever can write the database can write that name too, so what
 * it opens counts only as far as it goes on with the ring that this node has.
 */
import { timingSafeEqual } from "node:crypto";
import { RootKeyError } from "../../encryption/root-keys/root-key.ts";
import type { RootKeySource } from "../../encryption/root-keys/source.ts";
import type { Row } from "../../storage/storage.ts";
import { type Generations, type OpenedRing, openRing, type RingBody } from "./ring-row.ts";

export interface KnownRing {
  readonly source: RootKeySource;
  readonly body: RingBody;
  readonly keys: Generations;
}

/** Throws RootKeyError where neither source opens it. */
export async function reopenRing(
  row: Row<RingBody>,
  known: KnownRing,
  sourceNamed: (name: string) => RootKeySource,
): Promise<OpenedRing> {
  try {
    return await openRing(row, known.source);
  } catch (error) {
    if (!(error instanceof RootKeyError) || row.body.source === known.source.name) throw error;
  }
  const opened = await openRing(row, sourceNamed(row.body.source));
  if (row.body.vaultId === known.body.vaultId && goesOn(known.keys, opened.keys)) return opened;
  throw new RootKeyError(
    `The key ring was given to ${row.body.source}, and has no key that this node knows.`,
    `If that is right, restart this node with CLAVIGER_ROOT_KEY=${row.body.source}.`,
  );
}

/** Whether they have a generation in common, which nobody else can have made. */
function goesOn(known: Generations, opened: Generations): boolean {
  return [...known].some(([generation, key]) => {
    const other = opened.get(generation);
    return other !== undefined && timingSafeEqual(key, other);
  });
}
