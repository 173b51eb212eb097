/**
 * A reference to one entry of the cache, read in one way: as text, as bytes, as JSON. What was read
 * is kept until the entry holds something else, so that a hit gives what is there already.
 */
import type { Address, Entries } from "../cache/entries.ts";
import type { Entry } from "../cache/entry.ts";
import { type Held, isChange } from "../cache/held.ts";
import { SecretsError } from "../errors.ts";
import { events } from "../events.ts";
import type { GetOptions, Reference } from "../reference.ts";
import type { HasNeighbours } from "../rotation/use.ts";
import { makeSecret, type Secret } from "../secret.ts";
import type { Reading } from "./readings.ts";

export interface CachedReferenceParts<Raw, T> {
  readonly entries: Entries;
  readonly address: Address<Raw>;
  readonly clock: () => number;
  readonly read: Reading<Raw, T>;
  /** Where it is not the entry's: "secretsmanager:NAME#FIELD". */
  readonly name?: string;
}

export class CachedReference<Raw, T> implements Reference<T>, HasNeighbours<T> {
  readonly name: string;
  readonly #parts: CachedReferenceParts<Raw, T>;
  readonly #clock: () => number;
  #entry: Entry<Raw>;
  /** What was read last, and of what. */
  #held: Held<Raw> | undefined;
  #secret: Secret<T> | undefined;
  #promise: Promise<Secret<T>> | undefined;
  /** A reading that takes its time, which everybody shares. */
  #reading: { readonly held: Held<Raw>; readonly promise: Promise<Secret<T>> } | undefined;
  #unreadable: { readonly held: Held<Raw>; readonly error: unknown } | undefined;

  constructor(parts: CachedReferenceParts<Raw, T>) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#entry = parts.entries.obtain(parts.address);
    this.name = parts.name ?? parts.address.name;
    Object.freeze(this);
  }

  peek(): Secret<T> {
    const entry = this.#entry;
    const held = this.#held;
    if (held !== undefined && held === entry.held) {
      const now = this.#clock();
      if (now < entry.quietUntil) {
        entry.noteHit(held, now);
        return this.#secret as Secret<T>;
      }
    }
    return this.#peekSlowly();
  }

  get(options?: GetOptions): Promise<Secret<T>> {
    const entry = this.#entry;
    const held = this.#held;
    if (held !== undefined && held === entry.held && !options?.signal?.aborted) {
      const now = this.#clock();
      if (now < entry.quietUntil) {
        entry.noteHit(held, now);
        return this.#promise as Promise<Secret<T>>;
      }
    }
    return this.#getSlowly(options?.signal);
  }

  async refresh(seen?: Secret<T>): Promise<Secret<T>> {
    return this.#readOf(await this.#living().refresh(seen?.version));
  }

  onChange(listener: (previous: Secret<T>, next: Secret<T>) => void): () => void {
    const entry = this.#living();
    let previous: { readonly held: Held<Raw>; readonly secret: Secret<T> } | undefined;
    // In the order of the changes, however long a reading takes.
    let last: Promise<unknown> = Promise.resolve();
    const tell = (held: Held<Raw>, reading: Promise<Secret<T>>) => {
      last = last.then(async () => {
        try {
          const next = await reading;
          const before = previous;
          previous = { held, secret: next };
          // What was dropped in an outage may come back as it was.
          if (before !== undefined && isChange(before.held, held)) {
            await listener(before.secret, next);
          }
        } catch {
          const { name } = this;
          const { version } = held;
          if (events.listenerFailure.hasSubscribers)
            events.listenerFailure.publish({ name, version });
        }
      });
    };
    const { held } = entry;
    if (held !== undefined) tell(held, this.#eventually(held));
    return entry.listen(() => {
      if (entry.held !== undefined) tell(entry.held, this.#eventually(entry.held));
    });
  }

  neighbours(version: string): readonly Reference<T>[] {
    const addresses = this.#parts.address.neighbours?.(version) ?? [];
    const { name: _, ...parts } = this.#parts;
    return addresses.map((address) => new CachedReference({ ...parts, address }));
  }

  /** The same value read further: a field of it. */
  derive<U>(read: Reading<Raw, U>, name: string) {
    return new CachedReference<Raw, U>({ ...this.#parts, read, name });
  }

  /** `load` need not fetch it: something else answers for it. */
  withdraw(): void {
    const { declared } = this.#living();
    for (const [reading, reference] of declared) if (reference === this) declared.delete(reading);
  }

  async #getSlowly(signal: AbortSignal | undefined): Promise<Secret<T>> {
    return this.#readOf(await this.#living().read(signal));
  }

  #peekSlowly(): Secret<T> {
    const held = this.#found().glance();
    const reading = this.#readOf(held);
    if (!(reading instanceof Promise)) return reading;
    if (this.#unreadable?.held === held) throw this.#unreadable.error;
    // Its new value shows once it has been validated; until then the one before.
    if (this.#secret !== undefined) return this.#secret;
    throw new SecretsError("NotLoaded", `${this.name} is not loaded yet: await load() first`);
  }

  /** An evicted entry is nobody's any more: its key may have another one by now. */
  #living(): Entry<Raw> {
    if (this.#entry.isEvicted) return this.#move(this.#parts.entries.obtain(this.#parts.address));
    // What may no longer be served is not kept here either.
    return this.#entry.held === undefined ? this.#move(this.#entry) : this.#entry;
  }

  /** Looking alone makes no entry: that might evict one that holds something. */
  #found(): Entry<Raw> {
    if (!this.#entry.isEvicted) return this.#living();
    const { entries, address } = this.#parts;
    return this.#move(entries.find(address) ?? this.#entry);
  }

  #move(entry: Entry<Raw>): Entry<Raw> {
    this.#entry = entry;
    this.#held = undefined;
    this.#secret = undefined;
    this.#promise = undefined;
    return entry;
  }

  async #eventually(held: Held<Raw>): Promise<Secret<T>> {
    return this.#readOf(held);
  }

  #readOf(held: Held<Raw>): Secret<T> | Promise<Secret<T>> {
    if (held === this.#held) return this.#secret as Secret<T>;
    if (held === this.#reading?.held) return this.#reading.promise;
    const value = this.#parts.read(held, this.name);
    if (!(value instanceof Promise)) return this.#keep(held, value);
    const promise = value.then((read) => this.#keep(held, read));
    promise.catch((error: unknown) => {
      this.#unreadable = { held, error };
    });
    this.#reading = { held, promise };
    return promise;
  }

  #keep(held: Held<Raw>, value: T): Secret<T> {
    const { version, fetchedAt, isStale, raw } = held;
    const text = typeof raw === "string" ? raw : undefined;
    const secret = makeSecret(value, { version, fetchedAt, isStale, text });
    // A reading that was overtaken by a newer one is for its own callers only.
    if (this.#held === undefined || this.#held.askedAt <= held.askedAt) {
      this.#held = held;
      this.#secret = secret;
      this.#promise = Promise.resolve(secret);
    }
    return secret;
  }
}
