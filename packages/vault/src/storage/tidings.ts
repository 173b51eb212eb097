/**
 * What others wrote, as this node heard of it: a chain to whose end comes what is heard. Whoever
 * keeps a place in it hears all that came behind, and what nobody waits behind any more is gone.
 */
import type { TableName, TouchedRow } from "./storage.ts";

export class Tidings {
  /** `rowId`s; undefined: any row may have been written. */
  readonly #rows: ReadonlySet<string> | undefined;
  #next: Tidings | undefined;

  constructor(rows: readonly TouchedRow[] | undefined) {
    this.#rows = rows && new Set(rows.map(({ table, key }) => rowId(table, key)));
  }

  /** Adds to the end, which this must be, and returns the new one. */
  heard(rows: readonly TouchedRow[] | undefined): Tidings {
    this.#next = new Tidings(rows);
    return this.#next;
  }

  /** Whether one of these rows was written behind this place, or any row may have been. */
  haveSince(ids: readonly string[]): boolean {
    for (let tidings = this.#next; tidings !== undefined; tidings = tidings.#next) {
      const rows = tidings.#rows;
      if (rows === undefined || ids.some((id) => rows.has(id))) return true;
    }
    return false;
  }
}

/** One name for a row of any table. */
export function rowId(table: TableName, key: string): string {
  return `${table}/${key}`;
}
