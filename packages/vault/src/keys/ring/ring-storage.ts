/**
 * A storage in which everything that is sealed under the ring is sealed under its newest
 * generation: a commit carries the ring's revision as an expectation, and bytes of an older
 * generation, made or read just before a rekey, are sealed anew on their way. So once every row was
 * seen under the newest generation, none can appear under an older one, on this node or another.
 */
import type { Soon } from "../../soon.ts";
import {
  type Change,
  Conflict,
  type IndexedRow,
  type Put,
  type Range,
  type Row,
  type Storage,
  type Table,
} from "../../storage/storage.ts";
import type { KeyRing } from "./key-ring.ts";
import { ringRowKey, ringTable } from "./ring-row.ts";
import type { SealedRows } from "./sealed-rows.ts";

export class RingStorage implements Storage {
  readonly #storage: Storage;
  readonly #ring: KeyRing;
  readonly #sealedRows: ReadonlyMap<string, SealedRows>;

  constructor(storage: Storage, ring: KeyRing, sealedRows: readonly SealedRows[]) {
    this.#storage = storage;
    this.#ring = ring;
    this.#sealedRows = new Map(sealedRows.map((rows) => [rows.table.name, rows]));
  }

  get<Body>(table: Table<Body>, key: string): Soon<Row<Body> | undefined> {
    return this.#storage.get(table, key);
  }

  getMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]> {
    return this.#storage.getMany(table, keys);
  }

  list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]> {
    return this.#storage.list(table, range);
  }

  listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]> {
    return this.#storage.listByIndex(table, index, range);
  }

  count(table: Table<unknown>, prefix: string): Promise<number> {
    return this.#storage.count(table, prefix);
  }

  async commit(changes: readonly Change[]): Promise<number> {
    if (!changes.some((change) => this.#isSealed(change))) return this.#storage.commit(changes);
    for (;;) {
      const expect = this.#ring.revision;
      try {
        return await this.#storage.commit([
          ...changes.map((change) => this.#renewed(change)),
          { type: "require", table: ringTable, key: ringRowKey, expect },
        ]);
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
        // It may have been the ring that changed: then the domain's own expectations still hold.
        await this.#ring.reload();
        if (this.#ring.revision === expect) throw error;
      }
    }
  }

  watch(table: Table<unknown>, listener: () => void): () => void {
    return this.#storage.watch(table, listener);
  }

  close(): Promise<void> {
    return this.#storage.close();
  }

  #isSealed(change: Change): change is Put & { readonly sealed: Uint8Array } {
    return (
      change.type === "put" &&
      change.sealed !== undefined &&
      this.#sealedRows.has(change.table.name)
    );
  }

  #renewed(change: Change): Change {
    const rows = this.#sealedRows.get(change.table.name);
    if (rows === undefined || !this.#isSealed(change) || this.#ring.isCurrent(change.sealed)) {
      return change;
    }
    const aad = rows.aad(change);
    const plaintext = this.#ring.open(rows.purpose, change.sealed, aad);
    const sealed = this.#ring.seal(rows.purpose, plaintext, aad);
    plaintext.fill(0);
    return { ...change, sealed };
  }
}
