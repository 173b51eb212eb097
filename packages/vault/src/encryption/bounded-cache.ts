/**
 * A cache that holds at most `entriesMax`, and once it is full always just as many: memory that is
 * flat. Where room is needed a hand goes round and takes away the first entry that was not used
 * since it last came by (SIEVE, https://www.usenix.org/conference/nsdi24/presentation/zhang-yazhuo).
 *
 * A hit costs one look-up and a mark. (The usual trick, deleting from a Map and inserting again at
 * every hit, leaves a tombstone each time in the key's hash chain: a hot key was measured at 17 µs.)
 */
export class BoundedCache<Value> {
  readonly #entriesMax: number;
  readonly #entries = new Map<string, Entry<Value>>();
  /** Goes on where it was, whatever is added or taken away meanwhile. */
  #hand = this.#entries.entries();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.isUsed = true;
    return entry.value;
  }

  set(key: string, value: Value): void {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.value = value;
      known.isUsed = true;
      return;
    }
    if (this.#entries.size >= this.#entriesMax) this.#makeRoom();
    this.#entries.set(key, { value, isUsed: false });
  }

  /** Each mark that it takes away was a hit: on the whole it costs no more than those. */
  #makeRoom(): void {
    for (;;) {
      const { value: next } = this.#hand.next();
      if (next === undefined) {
        this.#hand = this.#entries.entries();
        continue;
      }
      const [key, entry] = next;
      if (!entry.isUsed) return void this.#entries.delete(key);
      entry.isUsed = false;
    }
  }
}

interface Entry<Value> {
  value: Value;
  isUsed: boolean;
}
