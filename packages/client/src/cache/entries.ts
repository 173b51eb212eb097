/**
 * All entries of a client, by canonical key, bounded: the least recently used one goes first. What is
 * being fetched or listened to stays.
 */
import type { Random } from "../calls/back-off.ts";
import type { Source } from "../sources/source.ts";
import { Entry } from "./entry.ts";
import type { Limits } from "./lifetime.ts";
import { Recency } from "./recency.ts";

export interface CacheOptions extends Limits {
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly random: Random;
  readonly entriesMax: number;
}

/** What makes an entry. */
export interface Address<Raw> {
  /** Two addresses with the same key have the same value. */
  readonly key: string;
  /** Safe to log. */
  readonly name: string;
  readonly source: Source<Raw>;
  /**
   * The key under which the same value can be asked for by its ARN, for good: a secret that is made
   * anew under its old name has another one.
   */
  keyByArn?(arn: string): string;
  /** Whether news of this resource concern it. */
  isAbout?(resource: ChangedResource): boolean;
  /** What a rotation may have beside this version of it. */
  neighbours?(version: string): readonly Address<Raw>[];
}

export interface ChangedResource {
  readonly service: "ssm" | "secretsmanager";
  readonly name: string;
  readonly arn: string;
}

export class Entries {
  readonly #options: CacheOptions;
  readonly #byKey = new Map<string, Entry<unknown>>();
  /** Those that may be evicted. */
  readonly #idle = new Recency<Entry<unknown>>();
  #size = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /** How many are kept; and so how many of anything that is remembered for the application. */
  get max(): number {
    return this.#options.entriesMax;
  }

  /** The one entry of that key. A key's beginning says of what kind its values are. */
  obtain<Raw>(address: Address<Raw>): Entry<Raw> {
    const known = this.find(address);
    if (known !== undefined) return known;
    const entry = new Entry<Raw>(address, this, this.#options);
    entry.keys.push(address.key);
    this.#byKey.set(address.key, entry);
    this.#idle.add(entry);
    this.#size++;
    this.#makeRoom(entry);
    return entry;
  }

  /** undefined where none has been asked for, or it was evicted. */
  find<Raw>(address: Address<Raw>): Entry<Raw> | undefined {
    return this.#byKey.get(address.key) as Entry<Raw> | undefined;
  }

  /** Those that answer for a key, each once. */
  all(): ReadonlySet<Entry<unknown>> {
    return new Set(this.#byKey.values());
  }

  pin(entry: Entry<unknown>): void {
    if (entry.pins++ === 0) this.#idle.remove(entry);
  }

  unpin(entry: Entry<unknown>): void {
    if (--entry.pins > 0) return;
    this.#idle.add(entry);
    this.#makeRoom(entry);
  }

  touch(entry: Entry<unknown>): void {
    if (entry.pins === 0) this.#idle.touch(entry);
  }

  /** From now on whoever asks by this ARN asks the entry that was asked for by name. */
  alias(entry: Entry<unknown>, key: string): void {
    if (this.#byKey.has(key)) return;
    entry.keys.push(key);
    this.#byKey.set(key, entry);
  }

  #makeRoom(newest: Entry<unknown>): void {
    while (this.#size > this.#options.entriesMax) {
      const { oldest } = this.#idle;
      if (oldest === undefined || oldest === newest) return;
      this.#idle.remove(oldest);
      for (const key of oldest.keys) this.#byKey.delete(key);
      this.#size--;
      oldest.evict();
    }
  }
}
