/** Tells of each read and write of a row whether another write of it was under way meanwhile. */
import type { TableName } from "./storage.ts";
import { rowId } from "./tidings.ts";

/** Of a row: all its reads, or all its writes, that are under way at the same time. */
export interface UnderWay {
  readonly id: string;
  isRaced: boolean;
  count: number;
}

export class Races {
  readonly #reads = new Map<string, UnderWay>();
  readonly #writes = new Map<string, UnderWay>();

  beginRead(table: TableName, key: string): UnderWay {
    const id = rowId(table, key);
    return begin(this.#reads, id, this.#writes.has(id));
  }

  endRead(read: UnderWay): void {
    end(this.#reads, read);
  }

  beginWrite(table: TableName, key: string): UnderWay {
    const id = rowId(table, key);
    this.#overtake(id);
    return begin(this.#writes, id, false);
  }

  endWrite(write: UnderWay): void {
    end(this.#writes, write);
  }

  /** The row has been written, while nobody looked. */
  overtake(table: TableName, key: string): void {
    this.#overtake(rowId(table, key));
  }

  /** Any row may have been. */
  overtakeAll(): void {
    for (const read of this.#reads.values()) read.isRaced = true;
    for (const write of this.#writes.values()) write.isRaced = true;
  }

  #overtake(id: string): void {
    for (const others of [this.#reads.get(id), this.#writes.get(id)]) {
      if (others !== undefined) others.isRaced = true;
    }
  }
}

function begin(all: Map<string, UnderWay>, id: string, isRaced: boolean): UnderWay {
  const underWay = all.get(id) ?? { id, isRaced, count: 0 };
  underWay.count++;
  all.set(id, underWay);
  return underWay;
}

function end(all: Map<string, UnderWay>, underWay: UnderWay): void {
  underWay.count--;
  if (underWay.count === 0) all.delete(underWay.id);
}
