/** Tells of each read whether a write of the same row was under way at any time during it. */
import type { TableName } from "./storage.ts";

export interface Read {
  readonly id: string;
  isRaced: boolean;
  readers: number;
}

export class Races {
  readonly #reads = new Map<string, Read>();
  readonly #writes = new Map<string, number>();

  beginRead(table: TableName, key: string): Read {
    const id = `${table}/${key}`;
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
    const id = `${table}/${key}`;
    this.#writes.set(id, (this.#writes.get(id) ?? 0) + 1);
    const read = this.#reads.get(id);
    if (read !== undefined) read.isRaced = true;
  }

  endWrite(table: TableName, key: string): void {
    const id = `${table}/${key}`;
    const writes = (this.#writes.get(id) ?? 0) - 1;
    if (writes > 0) this.#writes.set(id, writes);
    else this.#writes.delete(id);
  }
}
