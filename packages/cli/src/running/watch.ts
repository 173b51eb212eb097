/**
 * Values that are looked at again whenever they may have changed: at once where the vault's change
 * feed tells, else each time that their TTL has passed. Only all of them together, freshly read,
 * are news; while one can't be read nothing changes.
 */
import { channel } from "node:diagnostics_channel";
import type { Secrets } from "@claviger/client";
import { readManyWith, Unavailable, type Values } from "../stores/read-many.ts";
import type { Reference } from "../stores/reference.ts";

export interface Watched {
  readonly secrets: Secrets;
  readonly references: readonly Reference[];
  readonly ttlSeconds: number;
  /** What is known of them so far. */
  readonly values: Values;
  /** They come from elsewhere, so the store is asked again soon. */
  readonly areOld: boolean;
}

export interface WatchEvents {
  /** They were read, and may be the same. */
  read(values: Values): void;
  changed(values: Values): void;
  /** Once for each reason that comes up. */
  failed(error: Error): void;
}

/** A deployment writes several values within a moment: one restart is for all of them. */
const quietMilliseconds = 500;
const quietMillisecondsMax = 5000;
/** After a failure, unless the TTL is shorter. */
const retryMilliseconds = 15_000;

/** The failures of the library's own refetches, which the feed may start. */
const failures = channel("claviger:client:failure");

/** Returns what ends it. */
export function watch(watched: Watched, events: WatchEvents): () => void {
  const watching = new Watch(watched, events);
  return () => watching.close();
}

class Watch {
  readonly #watched: Watched;
  readonly #events: WatchEvents;
  readonly #handles;
  readonly #ends: (() => void)[] = [];
  #values: Values;
  #timer: NodeJS.Timeout | undefined;
  /** When the first of several changes came that are not looked at yet. */
  #firstChangeAt: number | undefined;
  #isLooking = false;
  #isClosed = false;
  #lastTrouble = "";

  constructor(watched: Watched, events: WatchEvents) {
    const { secrets, references, values, areOld } = watched;
    this.#watched = watched;
    this.#events = events;
    this.#values = values;
    this.#handles = references.map(({ service, name }) =>
      service === "ssm" ? secrets.parameter(name) : secrets.secret(name),
    );
    this.#ends = this.#handles.map((handle) => handle.onChange(() => this.#changed()));
    // What our own looking meets, it tells itself.
    const failed = () => !this.#isLooking && this.#changed();
    failures.subscribe(failed);
    this.#ends.push(() => failures.unsubscribe(failed));
    this.#lookIn(areOld ? this.#retryMilliseconds : this.#ttlMilliseconds);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const end of this.#ends) end();
  }

  /** Waits for quiet, but not for ever, and for the end of a look that may have come too early. */
  #changed(): void {
    this.#firstChangeAt ??= Date.now();
    if (this.#isLooking) return;
    const left = this.#firstChangeAt + quietMillisecondsMax - Date.now();
    this.#lookIn(Math.max(0, Math.min(quietMilliseconds, left)));
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    this.#firstChangeAt = undefined;
    try {
      const values = await this.#read();
      if (this.#isClosed) return;
      this.#lastTrouble = "";
      this.#events.read(values);
      if (!isSame(values, this.#values)) this.#events.changed(values);
      this.#values = values;
      this.#lookIn(this.#ttlMilliseconds);
    } catch (error) {
      if (!this.#isClosed) this.#failed(error as Error);
    } finally {
      this.#isLooking = false;
      if (this.#firstChangeAt !== undefined) this.#changed();
    }
  }

  async #read(): Promise<Values> {
    const values = await readManyWith(this.#watched.secrets, this.#watched.references);
    const stale = this.#handles.filter((handle) => handle.peek().isStale);
    if (stale.length === 0) return values;
    const names = [...new Set(stale.map(({ name }) => name))].join(", ");
    throw new Unavailable(`${names} can't be fetched again just now`, "it is asked for again");
  }

  #failed(error: Error): void {
    if (error.message !== this.#lastTrouble) this.#events.failed(error);
    this.#lastTrouble = error.message;
    this.#lookIn(this.#retryMilliseconds);
  }

  #lookIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look(), milliseconds);
  }

  get #ttlMilliseconds(): number {
    return this.#watched.ttlSeconds * 1000;
  }

  get #retryMilliseconds(): number {
    return Math.min(this.#ttlMilliseconds, retryMilliseconds);
  }
}

function isSame(one: Values, other: Values): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
