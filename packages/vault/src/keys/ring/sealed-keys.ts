/**
 * The vault's own named keys (for session tokens, fingerprints, the audit log's signature):
 * random, made when the vault first starts, sealed under the root key.
 */
import type { Randomness } from "../../clock.ts";
import type { RootKey } from "../../encryption/root-keys/root-key.ts";
import { retryOnConflict, type Storage, table } from "../../storage/storage.ts";
import { Work } from "../../storage/work.ts";
import type { SealedRows } from "./sealed-rows.ts";

const sealedKeyTable = table<object>("sealed_keys");
const purpose = "sealed-keys";
const secretBytes = 32;

/** All but the audit log's, which is made with the log, and those that come in series. */
const names = [
  "authorization-messages",
  "fingerprint",
  "page-tokens",
  "parameter-bindings",
  "parameter-values",
];

/** What a rekey needs to know of these rows. */
export const sealedKeyRows: SealedRows<object> = {
  table: sealedKeyTable,
  purpose,
  aad: ({ key }) => key,
};

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

  /** Makes every key that isn't there yet: else the first stranger to be refused would write one. */
  async makeAll(series: readonly string[]): Promise<void> {
    const newest = series.map((each) => this.numbered(each, this.newest));
    await Promise.all([...names.map((name) => this.secret(name)), ...newest]);
  }

  /** The key of this name: always the same bytes, on every node and after every restart. */
  secret(name: string): Promise<Buffer> {
    let secret = this.#opened.get(name);
    if (secret === undefined) {
      // Whoever comes meanwhile waits for it too, whatever becomes of the request that came first.
      secret = Work.outside(() => retryOnConflict(() => this.#openOrMake(name)));
      this.#opened.set(name, secret);
      secret.catch(() => this.#opened.delete(name));
    }
    return secret;
  }

  /** The number of the newest key of a series, which every rekey goes on with a new key. */
  get newest(): number {
    return this.#rootKey.generation;
  }

  /** A key of a series. The newest is made at its first use; of the others some may be gone. */
  async numbered(series: string, number: number): Promise<Buffer | undefined> {
    const name = `${series}/${number}`;
    if (number === this.newest) return this.secret(name);
    const row = await this.#storage.get(sealedKeyTable, name);
    // A rekey on another node may have begun the key that is asked for.
    if (row?.sealed === undefined) Work.doubt();
    return row?.sealed && this.#rootKey.open(purpose, row.sealed, name);
  }

  /** Forgets all of a series but the newest, once nothing that they sealed counts any more. */
  async dropOlder(series: string): Promise<void> {
    const rows = await this.#storage.list(sealedKeyTable, { prefix: `${series}/`, limit: 1000 });
    const older = rows.filter(({ key }) => Number(key.slice(series.length + 1)) < this.newest);
    for (const { key } of older) {
      this.#opened.delete(key);
      await this.#storage.commit([{ type: "delete", table: sealedKeyTable, key }]);
    }
  }

  async #openOrMake(name: string): Promise<Buffer> {
    const row = await this.#storage.get(sealedKeyTable, name);
    if (row?.sealed !== undefined) return this.#rootKey.open(purpose, row.sealed, name);
    const secret = this.#randomness.bytes(secretBytes);
    const sealed = this.#rootKey.seal(purpose, secret, name);
    await this.#storage.commit([
      { type: "put", table: sealedKeyTable, key: name, body: {}, sealed, expect: "absent" },
    ]);
    return secret;
  }
}
