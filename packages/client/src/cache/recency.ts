/** A list in the order of last use. A use moves a few links and allocates nothing. */

/** What may stand in one list at a time. */
export interface Linked<Self> {
  newer: Self | undefined;
  older: Self | undefined;
}

export class Recency<Item extends Linked<Item>> {
  #newest: Item | undefined;
  #oldest: Item | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): Item | undefined {
    return this.#oldest;
  }

  /** Puts it in front; it must not be in the list. */
  add(item: Item): void {
    item.newer = undefined;
    item.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
    this.#size++;
  }

  /** It must be in the list. */
  remove(item: Item): void {
    const { newer, older } = item;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    item.newer = undefined;
    item.older = undefined;
    this.#size--;
  }

  /** It must be in the list. */
  touch(item: Item): void {
    if (item === this.#newest) return;
    this.remove(item);
    this.add(item);
  }
}
