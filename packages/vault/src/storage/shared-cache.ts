/**
 * The cache of one of many nodes: it forgets what it hears that others wrote, and tells each
 * request's `Work` what it gave out from memory, so that nobody is answered with what another node
 * had replaced before the request came, or with what a server said that another has taken over from.
 */
import { CachedStorage, type CacheOptions } from "./cached-storage.ts";
import type { Change, SharedStorage, Storage, TableName, TouchedRow } from "./storage.ts";
import { Tidings } from "./tidings.ts";
import { Work } from "./work.ts";

/** Wraps a storage that other processes write to; whatever this one writes goes through it. */
export function cacheSharedStorage(storage: SharedStorage, options: CacheOptions): Storage {
  return new SharedCache(storage, options);
}

class SharedCache extends CachedStorage {
  readonly #shared: SharedStorage;
  #newest = new Tidings([]);

  constructor(storage: SharedStorage, options: CacheOptions) {
    super(storage, options);
    this.#shared = storage;
    storage.onOthersWrote((rows) => this.#hear(rows));
  }

  protected override gave(table: TableName, key: string): void {
    Work.current?.note(table, key, this.#newest);
  }

  protected override asks(): void {
    Work.current?.begin(this.#newest);
  }

  protected override write(changes: readonly Change[]): Promise<number> {
    const work = Work.current;
    if (work === undefined) return this.#shared.commit(changes);
    const required = work.requires.length === 0 ? changes : [...changes, ...work.requires];
    return work.commit((isOutdated) => this.#shared.commit(required, isOutdated));
  }

  #hear(rows: readonly TouchedRow[] | undefined): void {
    this.#newest = this.#newest.heard(rows);
    if (rows === undefined) this.forgetAll();
    else for (const { table, key } of rows) this.forget(table, key);
  }
}
