/**
 * The first ring of a vault: of a new one, or of a data folder from before there were rings, whose
 * rows are sealed under the root key itself. Those become generation 0, and are sealed anew as
 * after a rekey.
 */
import type { Clock, Randomness } from "../../clock.ts";
import { type RootKey, RootKeyError, rootKeyBytes } from "../../encryption/root-keys/root-key.ts";
import type { NewRootKey, RootKeySource } from "../../encryption/root-keys/source.ts";
import { OpenFailed } from "../../encryption/seal.ts";
import { type Change, type Row, type Storage, table } from "../../storage/storage.ts";
import { putRing } from "./ring-row.ts";

/** What tried the root key before there were rings. */
interface Canary {
  /** The fingerprint of the root key that sealed it. */
  readonly rootKey: string;
}

const sealedKeyTable = table<Canary>("sealed_keys");
const canaryKey = "canary";

/** The changes that make the ring. Throws RootKeyError for a root key that isn't the vault's. */
export async function firstRing(
  storage: Storage,
  source: RootKeySource,
  { clock, randomness }: { readonly clock: Clock; readonly randomness: Randomness },
): Promise<Change[]> {
  const vaultId = randomness.uuid();
  const [sealed] = await storage.list(sealedKeyTable, { prefix: "", limit: 1 });
  const canary = await storage.get(sealedKeyTable, canaryKey);
  if (sealed !== undefined && canary === undefined) {
    throw new RootKeyError(
      "The database has sealed keys but no canary to try the root key on.",
      "The database is damaged: restore it from its backup.",
    );
  }
  const { rootKey, kept } =
    canary === undefined
      ? await source.create(vaultId)
      : await known(await source.open({ type: "file" }, vaultId), canary);
  const again = await source.open(kept, vaultId);
  if (again.fingerprint !== rootKey.fingerprint) throw new OpenFailed();
  const body = {
    vaultId,
    rootKey: rootKey.fingerprint,
    source: source.name,
    kept,
    since: clock.now(),
    generations: canary === undefined ? [1] : [0, 1],
  };
  const keys = new Map([[1, randomness.bytes(rootKeyBytes)]]);
  const put = putRing(body, rootKey, keys, "absent");
  if (canary === undefined) return [put];
  const { key, revision: expect } = canary;
  return [put, { type: "delete", table: sealedKeyTable, key, expect }];
}

function known(rootKey: RootKey, { body, sealed }: Row<Canary>): NewRootKey {
  try {
    rootKey.open("sealed-keys", sealed ?? Buffer.alloc(0), canaryKey);
  } catch (error) {
    if (!(error instanceof OpenFailed)) throw error;
    throw new RootKeyError(
      `This root key (${rootKey.fingerprint}) does not open this database, ` +
        `which was made with another (${body.rootKey}).`,
      "Give the root key that belongs to this database; nothing was changed.",
    );
  }
  return { rootKey, kept: { type: "file" } };
}
