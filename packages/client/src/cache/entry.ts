/**
 * One canonical key: its value, how long that is good, and the one flight that fetches it. A hit
 * never waits; in an outage the last value is served for a while; a refusal ends it at once.
 */
import { asSecretsError, SecretsError } from "../errors.ts";
import { events, tellDropped, tellFailed, tellLanded, tellServed } from "../events.ts";
import type { GetOptions } from "../reference.ts";
import type { Fetched } from "../sources/source.ts";
import type { Address, CacheOptions, Entries } from "./entries.ts";
import type { Flight } from "./flight.ts";
import { Flights } from "./flights.ts";
import { type Held, isBehind, isChange, landed } from "./held.ts";
import { LastFailure } from "./last-failure.ts";
import { type Lifetime, lifetimeFrom, limitsOf } from "./lifetime.ts";
import type { Linked } from "./recency.ts";

/** So often a value that somebody else refuses is asked for again while it stays the same. */
const sameVersionMilliseconds = 5000;

/** So long a store is waited for that has failed and may be back. */
const momentMilliseconds = 1000;

const never = Number.NEGATIVE_INFINITY;
const unborn: Lifetime = { refreshAt: never, freshUntil: never, staleUntil: never };

/** What `load` fetches. */
export interface Declared {
  readonly name: string;
  get(options?: GetOptions): Promise<unknown>;
}

export class Entry<Raw> implements Linked<Entry<unknown>> {
  newer: Entry<unknown> | undefined;
  older: Entry<unknown> | undefined;
  /** Flights and listeners, which keep it from being evicted. */
  pins = 0;
  isEvicted = false;
  readonly address: Address<Raw>;
  /** Under which it is found: its address's key, and the one by ARN once that is known. */
  readonly keys: string[] = [];
  /** Those that the application declared, by how they read the value. */
  readonly declared = new Map<unknown, Declared>();
  held: Held<Raw> | undefined;
  /** Until then `held` is served as it is and nothing is to be started. */
  quietUntil = never;
  readonly #entries: Entries;
  readonly #options: CacheOptions;
  readonly #listeners = new Set<() => void>();
  #lifetime = unborn;
  readonly #failure: LastFailure;
  readonly #flights: Flights<Held<Raw>>;
  /** Of a value that somebody refused, and about which the store has been asked since. */
  #refusal: { readonly version: string; readonly askAgainAt: number } | undefined;

  constructor(address: Address<Raw>, entries: Entries, options: CacheOptions) {
    this.address = address;
    this.#entries = entries;
    this.#options = options;
    this.#failure = new LastFailure(options.random);
    this.#flights = new Flights<Held<Raw>>({
      fly: (flight, signal) => this.#fly(flight, signal),
      began: () => entries.pin(this),
      ended: () => {
        this.#beQuiet(options.clock());
        entries.unpin(this);
      },
    });
  }

  get name(): string {
    return this.address.name;
  }

  /** What `get` gives: fresh, or stale in an outage, or else as it is fetched now. */
  async read(signal?: AbortSignal): Promise<Held<Raw>> {
    if (signal?.aborted) throw this.#aborted(signal);
    const now = this.#options.clock();
    const held = this.#servable(now);
    if (held !== undefined && now < this.#lifetime.freshUntil) return this.#serve(held, now);
    // Nobody waits for a store that has just failed; one fetch at a time finds out if it is back.
    const { error, retryAt } = this.#failure;
    if (held !== undefined && this.#failure.isRecent(now)) return this.#serve(held, now);
    if (error !== undefined && now < retryAt) throw error;
    if (events.miss.hasSubscribers) events.miss.publish({ name: this.name });
    const flight = this.#flights.current();
    const isDoubtful = held !== undefined && error !== undefined;
    return isDoubtful ? this.#landingSoon(flight, signal) : this.#landing(flight, signal);
  }

  /** What `peek` gives: the same without waiting. */
  glance(): Held<Raw> {
    const now = this.#options.clock();
    const held = this.#servable(now);
    if (held !== undefined) return this.#serve(held, now);
    const { error, retryAt } = this.#failure;
    if (error === undefined) {
      const problem = this.isEvicted
        ? "has left the cache for room: await get(), and raise maxEntries"
        : "is not loaded yet: await load() first";
      throw new SecretsError("NotLoaded", `${this.name} ${problem}`);
    }
    if (now >= retryAt) this.#flights.current().keep();
    throw error;
  }

  /** Fetches now, unless what was `seen` is no longer what is held. */
  async refresh(seenVersion?: string): Promise<Held<Raw>> {
    const now = this.#options.clock();
    const held = this.#servable(now);
    if (seenVersion === undefined) return this.#flights.anew().join();
    if (held !== undefined) {
      if (held.version !== seenVersion) return held;
      const isAskedAlready = this.#refusal?.version === seenVersion;
      if (isAskedAlready && now < (this.#refusal?.askAgainAt ?? never)) return held;
    }
    const { error, retryAt } = this.#failure;
    if (error !== undefined && now < retryAt) throw error;
    const refreshed = await this.#flights.afterRefusal().join();
    const askAgainAt = this.#options.clock() + sameVersionMilliseconds;
    this.#refusal = { version: seenVersion, askAgainAt };
    return refreshed;
  }

  /** Something changed at the store: what is held, or on its way, may be old. */
  outdate(): void {
    this.#failure.forget();
    this.#refusal = undefined;
    this.#lifetime = { ...this.#lifetime, refreshAt: never, freshUntil: never };
    this.quietUntil = never;
    if (this.held !== undefined || this.#flights.isUnderWay) this.#flights.anew().keep();
  }

  /** Calls whenever `held` has become another value; returns what ends that. */
  listen(listener: () => void): () => void {
    this.#entries.pin(this);
    this.#listeners.add(listener);
    return () => {
      if (this.#listeners.delete(listener)) this.#entries.unpin(this);
    };
  }

  evict(): void {
    this.isEvicted = true;
    this.#failure.forget();
    this.#drop("evicted");
  }

  /** For the way of a hit: `held` was served again. */
  noteHit(held: Held<Raw>, now: number): void {
    this.#entries.touch(this);
    tellServed(this.name, held, now);
  }

  /** Looks ahead where it is time, and says so where the value is past its TTL. */
  #serve(held: Held<Raw>, now: number): Held<Raw> {
    const { refreshAt, freshUntil } = this.#lifetime;
    if (now >= refreshAt && now >= this.#failure.retryAt) this.#flights.current().keep();
    const served = now < freshUntil || held.isStale ? held : { ...held, isStale: true };
    this.held = served;
    this.#beQuiet(now);
    this.noteHit(served, now);
    return served;
  }

  #servable(now: number): Held<Raw> | undefined {
    if (this.held === undefined || now < this.#lifetime.staleUntil) return this.held;
    const message = `${this.name} is too old to serve: await get()`;
    this.#failure.noteExpired(new SecretsError("NotLoaded", message));
    return this.#drop("expired");
  }

  #beQuiet(now: number): void {
    const { refreshAt, freshUntil, staleUntil } = this.#lifetime;
    const isFresh = now < freshUntil;
    const end = isFresh ? freshUntil : staleUntil;
    // What is not fresh any more is flagged by the next who comes, and quiet after that.
    if (this.held === undefined || !(isFresh || this.held.isStale)) this.quietUntil = never;
    else if (this.#failure.error) this.quietUntil = Math.min(this.#failure.retryAt, end);
    else if (!isFresh) this.quietUntil = never;
    else this.quietUntil = this.#flights.isUnderWay ? freshUntil : refreshAt;
  }

  /** For who can be served otherwise, by a store that has failed when it was last asked. */
  async #landingSoon(flight: Flight<Held<Raw>>, signal?: AbortSignal): Promise<Held<Raw>> {
    flight.keep();
    const soon = AbortSignal.timeout(momentMilliseconds);
    try {
      return await this.#landing(flight, AbortSignal.any(signal ? [signal, soon] : [soon]));
    } catch (error) {
      const now = this.#options.clock();
      const held = soon.aborted && !signal?.aborted ? this.#servable(now) : undefined;
      if (held !== undefined) return this.#serve(held, now);
      throw error;
    }
  }

  async #landing(flight: Flight<Held<Raw>>, signal?: AbortSignal): Promise<Held<Raw>> {
    try {
      return await flight.join(signal);
    } catch (error) {
      if (signal?.aborted) throw this.#aborted(signal);
      const now = this.#options.clock();
      const held = asSecretsError(error, this.name).code === "Unavailable" && this.#servable(now);
      if (held) return this.#serve(held, now);
      throw error;
    }
  }

  async #fly(flight: Flight<Held<Raw>>, signal: AbortSignal): Promise<Held<Raw>> {
    const askedAt = this.#options.clock();
    const isPatient = this.held === undefined;
    try {
      const fetched = await this.address.source.fetch({ signal, isPatient });
      signal.throwIfAborted();
      return this.#land(fetched, askedAt, flight.isOutdated);
    } catch (error) {
      if (signal.aborted) throw error;
      // What was refused may be there by now: that is for the next flight to say.
      throw flight.isOutdated ? asSecretsError(error, this.name) : this.#fail(error);
    }
  }

  #land(fetched: Fetched<Raw>, askedAt: number, isOutdated: boolean): Held<Raw> {
    const { clock, random } = this.#options;
    const before = this.held;
    if (isBehind(fetched, before, clock())) throw this.#behind();
    const held = landed(fetched, before, askedAt);
    const { expiresInMilliseconds: life } = fetched;
    const limits = life === undefined ? this.#options : limitsOf(life);
    const { staleUntil, ...fresh } = lifetimeFrom(askedAt, limits, random);
    this.held = held;
    this.#lifetime = isOutdated ? { ...unborn, staleUntil } : { ...fresh, staleUntil };
    this.#failure.forget();
    if (held.arn !== undefined && this.address.keyByArn !== undefined) {
      this.#entries.alias(this, this.address.keyByArn(held.arn));
    }
    tellLanded(this.name, held, before);
    if (before === undefined || isChange(before, held)) {
      for (const listener of this.#listeners) listener();
    }
    return held;
  }

  #fail(cause: unknown): SecretsError {
    const error = asSecretsError(cause, this.name);
    if (error.code !== "Unavailable") this.#drop(error.code);
    this.#failure.note(error, this.#options.clock());
    tellFailed(this.name, error.code);
    return error;
  }

  #drop(code: string): undefined {
    if (this.held !== undefined) tellDropped(this.name, code);
    this.held = undefined;
    this.#lifetime = unborn;
    this.quietUntil = never;
  }

  #behind(): SecretsError {
    const message = `${this.name} was answered with an older version than before`;
    return new SecretsError("Unavailable", message);
  }

  #aborted(signal: AbortSignal): SecretsError {
    const message = `the wait for ${this.name} was aborted`;
    return new SecretsError("Aborted", message, { cause: signal.reason });
  }
}
