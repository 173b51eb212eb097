/**
 * One canonical key: its value, how long that is good, and the one flight that fetches it. A hit
 * never waits; in an outage the last value is served for a while; a refusal ends it at once.
 */
import { BackOff } from "../calls/back-off.ts";
import { asSecretsError, SecretsError } from "../errors.ts";
import { events } from "../events.ts";
import type { GetOptions } from "../reference.ts";
import type { Fetched } from "../sources/source.ts";
import type { Address, CacheOptions, Entries } from "./entries.ts";
import { Flight } from "./flight.ts";
import { type Held, isBehind, isChange, landed } from "./held.ts";
import { type Lifetime, lifetimeFrom, limitsOf } from "./lifetime.ts";
import type { Linked } from "./recency.ts";

/** So often a missing or forbidden name may be asked for again. */
const refusedMilliseconds = 1000;
/** So often a value that somebody else refuses is asked for again while it stays the same. */
const sameVersionMilliseconds = 5000;
const outageWaits = { baseMilliseconds: 1000, capMilliseconds: 60_000 };

const never = Number.NEGATIVE_INFINITY;
const unborn: Lifetime = { refreshAt: never, freshUntil: never, staleUntil: never };

interface Failure {
  readonly error: SecretsError;
  readonly retryAt: number;
}

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
  readonly #outageWait: BackOff;
  readonly #listeners = new Set<() => void>();
  #lifetime = unborn;
  #failure: Failure | undefined;
  #flight: Flight<Held<Raw>> | undefined;
  /** The flight that a refused value began, and what was refused when it had landed. */
  #refusalFlight: Flight<Held<Raw>> | undefined;
  #refusal: { readonly version: string; readonly askAgainAt: number } | undefined;

  constructor(address: Address<Raw>, entries: Entries, options: CacheOptions) {
    this.address = address;
    this.#entries = entries;
    this.#options = options;
    this.#outageWait = new BackOff(outageWaits, options.random);
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
    if (held !== undefined && this.#failure !== undefined) return this.#serve(held, now);
    if (this.#failure !== undefined && now < this.#failure.retryAt) throw this.#failure.error;
    if (events.miss.hasSubscribers) events.miss.publish({ name: this.name });
    return this.#landing(this.#flightNow(), signal);
  }

  /** What `peek` gives: the same without waiting. */
  glance(): Held<Raw> {
    const now = this.#options.clock();
    const held = this.#servable(now);
    if (held !== undefined) return this.#serve(held, now);
    if (this.#failure === undefined) {
      throw new SecretsError("NotLoaded", `${this.name} is not loaded yet: await load() first`);
    }
    if (now >= this.#failure.retryAt) this.#flightNow().keep();
    throw this.#failure.error;
  }

  /** Fetches now, unless what was `seen` is no longer what is held. */
  async refresh(seenVersion?: string): Promise<Held<Raw>> {
    const now = this.#options.clock();
    const held = this.#servable(now);
    if (seenVersion === undefined) return this.#flightAnew().join();
    if (held !== undefined) {
      if (held.version !== seenVersion) return held;
      const isAskedAlready = this.#refusal?.version === seenVersion;
      if (isAskedAlready && now < (this.#refusal?.askAgainAt ?? never)) return held;
    }
    if (this.#failure !== undefined && now < this.#failure.retryAt) throw this.#failure.error;
    return this.#flightAfterRefusal(seenVersion).join();
  }

  /** Something changed at the store: what is held, or on its way, may be old. */
  outdate(): void {
    this.#failure = undefined;
    this.#refusal = undefined;
    this.#outageWait.reset();
    this.#lifetime = { ...this.#lifetime, refreshAt: never, freshUntil: never };
    this.quietUntil = never;
    if (this.held !== undefined || this.#isFlying) this.#flightAnew().keep();
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
    this.#failure = undefined;
    this.#drop("evicted");
  }

  /** For the way of a hit: `held` was served again. */
  noteHit(held: Held<Raw>, now: number): void {
    this.#entries.touch(this);
    const kind = held.isStale ? events.stale : events.hit;
    if (!kind.hasSubscribers) return;
    const { name } = this;
    kind.publish({ name, version: held.version, ageMilliseconds: now - held.askedAt });
  }

  /** Looks ahead where it is time, and says so where the value is past its TTL. */
  #serve(held: Held<Raw>, now: number): Held<Raw> {
    const { refreshAt, freshUntil } = this.#lifetime;
    if (now >= refreshAt && now >= (this.#failure?.retryAt ?? never)) this.#flightNow().keep();
    const served = now < freshUntil || held.isStale ? held : { ...held, isStale: true };
    this.held = served;
    this.#beQuiet(now);
    this.noteHit(served, now);
    return served;
  }

  #servable(now: number): Held<Raw> | undefined {
    if (this.held === undefined || now < this.#lifetime.staleUntil) return this.held;
    const message = `${this.name} is too old to serve: await get()`;
    this.#failure ??= { error: new SecretsError("NotLoaded", message), retryAt: never };
    return this.#drop("expired");
  }

  #beQuiet(now: number): void {
    const { refreshAt, freshUntil, staleUntil } = this.#lifetime;
    const end = now < freshUntil ? freshUntil : staleUntil;
    if (this.held === undefined) this.quietUntil = never;
    else if (this.#failure !== undefined) this.quietUntil = Math.min(this.#failure.retryAt, end);
    else if (now >= freshUntil) this.quietUntil = never;
    else this.quietUntil = this.#isFlying ? freshUntil : refreshAt;
  }

  get #isFlying(): boolean {
    return this.#flight !== undefined && !this.#flight.isAbandoned;
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

  /** The flight under way, if its answer will be new enough. */
  #flightNow(): Flight<Held<Raw>> {
    const flight = this.#flight;
    return flight === undefined || flight.isAbandoned || flight.isOutdated ? this.#start() : flight;
  }

  /** One that has not asked yet. */
  #flightAnew(): Flight<Held<Raw>> {
    if (this.#flight?.hasBegun) this.#flight.isOutdated = true;
    return this.#flightNow();
  }

  /** Whoever was refused the same value shares the first one's flight. */
  #flightAfterRefusal(version: string): Flight<Held<Raw>> {
    const flight = this.#flight;
    if (flight !== undefined && flight === this.#refusalFlight && !flight.isOutdated) return flight;
    const own = this.#flightAnew();
    this.#refusalFlight = own;
    own.promise.then(
      () => {
        const askAgainAt = this.#options.clock() + sameVersionMilliseconds;
        this.#refusal = { version, askAgainAt };
      },
      () => {},
    );
    return own;
  }

  #start(): Flight<Held<Raw>> {
    // One at a time: what must be newer waits for what is under way.
    const before = this.#isFlying ? this.#flight?.promise : undefined;
    const isPatient = this.held === undefined;
    const flight = new Flight<Held<Raw>>(async (self, signal) => {
      try {
        await before?.catch(() => {});
        signal.throwIfAborted();
        self.hasBegun = true;
        const askedAt = this.#options.clock();
        const fetched = await this.address.source.fetch({ signal, isPatient });
        signal.throwIfAborted();
        return this.#land(fetched, askedAt, self.isOutdated);
      } catch (error) {
        throw signal.aborted ? error : this.#fail(error);
      } finally {
        if (this.#flight === self) this.#flight = undefined;
        this.#beQuiet(this.#options.clock());
        this.#entries.unpin(this);
      }
    });
    this.#entries.pin(this);
    this.#flight = flight;
    return flight;
  }

  #land(fetched: Fetched<Raw>, askedAt: number, isOutdated: boolean): Held<Raw> {
    const { clock, random } = this.#options;
    const now = clock();
    const before = this.held;
    if (isBehind(fetched, before, now)) throw this.#behind();
    const held = landed(fetched, before, now);
    const { expiresInMilliseconds: life } = fetched;
    const limits = life === undefined ? this.#options : limitsOf(life);
    const { staleUntil, ...fresh } = lifetimeFrom(now, limits, random);
    this.held = held;
    this.#lifetime = isOutdated ? { ...unborn, staleUntil } : { ...fresh, staleUntil };
    this.#failure = undefined;
    this.#outageWait.reset();
    if (held.arn !== undefined && this.address.keyByArn !== undefined) {
      this.#entries.alias(this, this.address.keyByArn(held.arn));
    }
    this.#announce(held, before);
    return held;
  }

  #announce(held: Held<Raw>, before: Held<Raw> | undefined): void {
    const { name } = this;
    const { version } = held;
    if (events.refresh.hasSubscribers) events.refresh.publish({ name, version });
    if (before !== undefined && isChange(before, held)) {
      const previousVersion = before.version;
      if (events.change.hasSubscribers) events.change.publish({ name, version, previousVersion });
    }
    if (before === undefined || isChange(before, held)) {
      for (const listener of this.#listeners) listener();
    }
  }

  #fail(cause: unknown): SecretsError {
    const error = asSecretsError(cause, this.name);
    const isPassing = error.code === "Unavailable";
    if (!isPassing) this.#drop(error.code);
    const wait = isPassing ? this.#outageWait.next() : refusedMilliseconds;
    this.#failure = { error, retryAt: this.#options.clock() + wait };
    const { name } = this;
    if (events.failure.hasSubscribers) events.failure.publish({ name, code: error.code });
    return error;
  }

  #drop(code: string): undefined {
    if (this.held !== undefined && events.drop.hasSubscribers) {
      events.drop.publish({ name: this.name, code });
    }
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
