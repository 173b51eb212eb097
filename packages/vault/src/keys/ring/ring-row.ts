/**
 * The one row that opens a vault: the keys of the ring, sealed under the root key, and in the clear
 * where that root key comes from. It is the vault's canary too: a wrong root key doesn't open it.
 */
import { type RootKey, RootKeyError, rootKeyBytes } from "../../encryption/root-keys/root-key.ts";
import type { KeptRootKey, RootKeySource } from "../../encryption/root-keys/source.ts";
import { OpenFailed } from "../../encryption/seal.ts";
import {
  type Expectation,
  type Put,
  type Row,
  type Storage,
  table,
} from "../../storage/storage.ts";

export interface RingBody {
  /** Made once; the ciphertexts of cloud providers are bound to it. */
  readonly vaultId: string;
  /** The fingerprint of the root key that seals the ring. */
  readonly rootKey: string;
  /** Where that root key comes from, as CLAVIGER_ROOT_KEY names it. */
  readonly source: string;
  readonly kept: KeptRootKey;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  /**
   * Under which rows may be sealed, ascending; the last seals. Generation 0 is the root key itself:
   * the first version of the vault had no ring.
   */
  readonly generations: readonly number[];
}

export const ringTable = table<RingBody>("sealed_keys");
export const ringRowKey = "ring";
const purpose = "key-ring";

export type Generations = ReadonlyMap<number, Buffer>;

export function putRing(
  body: RingBody,
  rootKey: RootKey,
  keys: Generations,
  expect: Expectation,
): Put<RingBody> {
  const bytes = Buffer.concat([...keys.values()]);
  const sealed = rootKey.seal(purpose, bytes, aad(body));
  bytes.fill(0);
  return { type: "put", table: ringTable, key: ringRowKey, body, sealed, expect };
}

export interface OpenedRing {
  readonly source: RootKeySource;
  readonly rootKey: RootKey;
  readonly keys: Generations;
}

/** Throws RootKeyError where the source's root key isn't this vault's; nothing is written. */
export async function openRing(row: Row<RingBody>, source: RootKeySource): Promise<OpenedRing> {
  const { body, sealed } = row;
  const rootKey = await rootKeyOf(body, source);
  const numbers = body.generations.filter((number) => number > 0);
  try {
    const bytes = rootKey.open(purpose, sealed ?? Buffer.alloc(0), aad(body));
    const keys = numbers.map((number, at): [number, Buffer] => [
      number,
      bytes.subarray(at * rootKeyBytes, (at + 1) * rootKeyBytes),
    ]);
    return { source, rootKey, keys: new Map(keys) };
  } catch (error) {
    if (!(error instanceof OpenFailed)) throw error;
    throw new RootKeyError(
      `This root key (${rootKey.fingerprint}) does not open this database, ` +
        `which was made with another (${body.rootKey}).`,
      sourceHint(body, source),
    );
  }
}

async function rootKeyOf(body: RingBody, source: RootKeySource): Promise<RootKey> {
  try {
    return await source.open(body.kept, body.vaultId);
  } catch (error) {
    if (!(error instanceof RootKeyError) || body.source === source.name) throw error;
    // Of the same kind it may be the right one in another place: a folder that was copied or restored.
    const isSameKind = kindOf(body.source) === kindOf(source.name);
    const hint = isSameKind ? `${error.hint} ${whence(body)}.` : sourceHint(body, source);
    throw new RootKeyError(error.message, hint);
  }
}

function kindOf(source: string): string {
  return source.slice(0, source.indexOf(":"));
}

/** A start with the source of before a rekey is told what happened. */
function sourceHint(body: RingBody, given: RootKeySource): string {
  const { source: current } = body;
  if (current === given.name) {
    return "Give the root key that belongs to this database; nothing was changed.";
  }
  return `${whence(body)}: set CLAVIGER_ROOT_KEY=${current}. Nothing was changed.`;
}

function whence({ source, since }: RingBody): string {
  return `Since ${new Date(since).toISOString()} this vault's root key comes from ${source}`;
}

function aad({ vaultId, generations }: RingBody): string {
  return JSON.stringify(["ring", vaultId, generations]);
}

/**
 * The ring's row as it is stored now, and not as it may be remembered: a list is never answered
 * from memory. undefined in a new database, and in one without a ring yet.
 */
export async function readRing(storage: Storage): Promise<Row<RingBody> | undefined> {
  const rows = await storage.list(ringTable, { prefix: ringRowKey, limit: 1 });
  return rows.find(({ key }) => key === ringRowKey);
}
