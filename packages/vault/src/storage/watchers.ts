/** Who wants to hear of commits, by table. For adapters: each tells of what it sees committed. */
import type { Change, Table, TableName } from "./storage.ts";

export class Watchers {
  readonly #listeners = new Map<TableName, Set<() => void>>();

  /** Returns what ends it. */
  add({ name }: Table<unknown>, listener: () => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  /** A listener must not throw; what it starts is its own affair. */
  tell(changes: readonly Change[]): void {
    const written = changes.filter(({ type }) => type !== "require");
    this.tellTables(written.map(({ table }) => table.name));
  }

  /** Of the tables given, or, without, of all. */
  tellTables(tables: Iterable<TableName> = this.#listeners.keys()): void {
    for (const name of new Set(tables)) {
      for (const listener of this.#listeners.get(name) ?? []) listener();
    }
  }
}
