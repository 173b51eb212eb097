/**
 * A vault's tables as they are stored, row by row and byte by byte, for snapshots and moves between
 * databases: read from one consistent state, and written into a database that has none.
 */
import type { Storage } from "../storage.ts";

/** A row with its index entries. Nothing of it is parsed or opened. */
export interface RawRow {
  readonly key: string;
  readonly revision: number;
  /** JSON, character for character as it was written. */
  readonly body: string;
  readonly sealed: Uint8Array | null;
  /** In the order of their names. */
  readonly indexes: readonly (readonly [name: string, value: string])[];
}

/** One state of a database, whatever is committed to it meanwhile. */
export interface RawDatabase {
  readonly schemaVersion: number;
  readonly changeCounter: number;
  /** Of the domain, as far as this schema has them; in the order of their names. */
  readonly tables: readonly string[];
  /** In the order of their keys, from one page after the other. */
  rows(table: string, prefix?: string): AsyncIterable<RawRow>;
  row(table: string, key: string): Promise<RawRow | undefined>;
  /** The same state, as the domain reads it. */
  readonly storage: Storage;
  /** How many index entries a table has, those that belong to no row among them. */
  countIndexEntries(table: string): Promise<number>;
}

/** Takes rows into empty tables; whoever opened it says what makes them durable together. */
export interface RawWriter {
  insert(table: string, rows: readonly RawRow[]): Promise<void>;
  /** Writes a row over one that may be there already. */
  replace(table: string, row: RawRow): Promise<void>;
  setChangeCounter(counter: number): Promise<void>;
}
