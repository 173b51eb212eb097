/**
 * The rows used lately, within a bound of bytes. Two generations stand in for an exact order of
 * use: a row that is used while in the old one moves to the young one, and when the young one has
 * half of the bytes the old one is dropped. So a hit on a hot row is a look-up and nothing more.
 */
import type { Row, TableName } from "./storage.ts";

interface Generation {
  readonly tables: Map<TableName, Map<string, Row<unknown>>>;
  bytes: number;
}

export class RecentRows {
  readonly #bytesMax: number;
  #young = emptyGeneration();
  #old = emptyGeneration();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(table: TableName, key: string): Row<unknown> | undefined {
    const young = this.#young.tables.get(table)?.get(key);
    if (young !== undefined) return young;
    const old = this.#old.tables.get(table)?.get(key);
    if (old !== undefined) this.#add(table, old);
    return old;
  }

  /** Keeps the row and returns it, or the object already kept for this revision of it. */
  keep<Body>(table: TableName, row: Row<Body>, bodyCharacters?: number): Row<Body> {
    const kept = this.get(table, row.key);
    if (kept?.revision === row.revision) return kept as Row<Body>;
    this.#add(table, row, bodyCharacters);
    return row;
  }

  /** Returns whether it was there. */
  delete(table: TableName, key: string): boolean {
    // The bytes stay counted until their generation goes: too many, never too few.
    const wasYoung = this.#young.tables.get(table)?.delete(key) === true;
    const wasOld = this.#old.tables.get(table)?.delete(key) === true;
    return wasYoung || wasOld;
  }

  clear(): void {
    this.#young = emptyGeneration();
    this.#old = emptyGeneration();
  }

  #add(table: TableName, row: Row<unknown>, bodyCharacters?: number): void {
    const bytes = bytesOf(row, bodyCharacters);
    if (bytes > this.#bytesMax / 2) return;
    if (this.#young.bytes + bytes > this.#bytesMax / 2) {
      this.#old = this.#young;
      this.#young = emptyGeneration();
    }
    let rows = this.#young.tables.get(table);
    if (rows === undefined) {
      rows = new Map();
      this.#young.tables.set(table, rows);
    }
    rows.set(row.key, row);
    this.#young.bytes += bytes;
  }
}

function emptyGeneration(): Generation {
  return { tables: new Map(), bytes: 0 };
}

/** About what a row takes in memory: two bytes a character, and the objects around them. */
function bytesOf(row: Row<unknown>, bodyCharacters = JSON.stringify(row.body).length): number {
  const characters = row.key.length + bodyCharacters;
  return 2 * characters + (row.sealed?.byteLength ?? 0) + 256;
}
