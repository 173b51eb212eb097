/** Tells of each read whether a write of the same row was under way at any time during it. */
import type { TableName } from "./storage.ts";
import { rowId } from "./tidings.ts";

export interface Read {
  readonly id: string;
  isRaced: boolean;
  readers: number;
}

export class Races {
  readonly #reads = new Map<string, Read>();
  readonly #writes = new Map<string, number>();

  beginRead(table: TableName, key: string): Read {
    const id = rowId(table, key);
    const read = this.#reads.get(id) ?? { id, isRaced: this.#writes.has(id), readers: 0 };
    read.readers++;
    this.#reads.set(id, read);
    return read;
  }

  endRead(read: Read): void {
    read.readers--;
    if (read.readers === 0) this.#reads.delete(read.id);
  }

  beginWrite(table: TableName, key: string): void {
    const id = rowId(table, key);
    this.#writes.set(id, (this.#writes.get(id) ?? 0) + 1);
    this.overtake(table, key);
  }

  endWrite(table: TableName, key: string): void {
    const id = rowId(table, key);
    const writes = (this.#writes.get(id) ?? 0) - 1;
    if (writes > 0) this.#writes.set(id, writes);
    else this.#writes.delete(id);
  }

  /** The row has been written, while nobody looked. */
  overtake(table: TableName, key: string): void {
    const read = this.#reads.get(rowId(table, key));
    if (read !== undefined) read.isRaced = true;
  }

  /** Any row may have been. */
  overtakeAll(): void {
    for (const read of this.#reads.values()) read.isRaced = true;
  }
}
