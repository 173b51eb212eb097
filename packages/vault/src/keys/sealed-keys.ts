/**
 * The vault's own named keys (for session tokens, fingerprints, the audit log's signature):
 * random, made at first use, sealed under the root key. And the canary, which refuses a wrong
 * root key at start, before anything is written.
 */
import type { Randomness } from "../clock.ts";
import { type RootKey, RootKeyError } from "../encryption/root-keys/root-key.ts";
import { OpenFailed } from "../encryption/seal.ts";
import { retryOnConflict, type Storage, table } from "../storage/storage.ts";

interface SealedKeyBody {
  /** The root key that sealed it. */
  readonly rootKey: string;
}

const sealedKeys = table<SealedKeyBody>("sealed_keys");
const purpose = "sealed-keys";
const canaryName = "canary";
const secretBytes = 32;

/** Whether a root key has sealed anything here: then no other may be made in its place. */
export async function hasSealedKeys(storage: Storage): Promise<boolean> {
  return (await storage.list(sealedKeys, { prefix: "", limit: 1 })).length > 0;
}

export class SealedKeys {
  readonly #storage: Storage;
  readonly #rootKey: RootKey;
  readonly #randomness: Randomness;
  /** Names are words in our own code, so the map stays small. */
  readonly #opened = new Map<string, Promise<Buffer>>();

  constructor(storage: Storage, rootKey: RootKey, randomness: Randomness) {
    this.#storage = storage;
    this.#rootKey = rootKey;
    this.#randomness = randomness;
  }

  /** The key of this name: always the same bytes, on every node and after every restart. */
  secret(name: string): Promise<Buffer> {
    let secret = this.#opened.get(name);
    if (secret === undefined) {
      secret = retryOnConflict(() => this.#openOrMake(name));
      this.#opened.set(name, secret);
      secret.catch(() => this.#opened.delete(name));
    }
    return secret;
  }

  /** Throws `RootKeyError` unless the root key is the one that this database was made with. */
  async checkCanary(): Promise<void> {
    const canary = await this.#storage.get(sealedKeys, canaryName);
    if (canary === undefined) {
      if (await hasSealedKeys(this.#storage)) {
        throw new RootKeyError(
          "The database has sealed keys but no canary to try the root key on.",
          "The database is damaged: restore it from its backup.",
        );
      }
    }
    try {
      await this.secret(canaryName);
    } catch (error) {
      if (!(error instanceof OpenFailed)) throw error;
      throw new RootKeyError(
        `This root key (${this.#rootKey.fingerprint}) does not open this database, ` +
          `which was made with another (${canary?.body.rootKey ?? "unknown"}).`,
        "Give the root key that belongs to this database; nothing was changed.",
      );
    }
  }

  async #openOrMake(name: string): Promise<Buffer> {
    const row = await this.#storage.get(sealedKeys, name);
    if (row?.sealed !== undefined) return this.#rootKey.open(purpose, row.sealed, name);
    const secret = this.#randomness.bytes(secretBytes);
    const body = { rootKey: this.#rootKey.fingerprint };
    const sealed = this.#rootKey.seal(purpose, secret, name);
    await this.#storage.commit([
      { type: "put", table: sealedKeys, key: name, body, sealed, expect: "absent" },
    ]);
    return secret;
  }
}
