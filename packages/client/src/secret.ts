/**
 * A value that shows itself only when asked by name: not in logs, JSON, templates, inspection,
 * copies or messages to other threads. What `reveal()` gives can't be changed for the next caller.
 */
import { redacted } from "./redaction/mask.ts";
import { remember } from "./redaction/seen-values.ts";

/** What `util.inspect` and so the console ask for; `node:util` itself takes its time to load. */
const inspection = Symbol.for("nodejs.util.inspect.custom");

export interface Secret<T> {
  /** The value itself: data is frozen, bytes are a copy. Keep it no longer than its use. */
  reveal(): T;
  /** Parameter Store's version number or Secrets Manager's version id. */
  readonly version: string;
  /** True where the store could not be asked in time, so that this may not be the newest. */
  readonly isStale: boolean;
  readonly fetchedAt: Date;
}

export interface SecretOrigin {
  readonly version: string;
  readonly fetchedAt: Date;
  readonly isStale: boolean;
  /** The text that the value was parsed from, if it was: `redact` masks it as well. */
  readonly text?: string | undefined;
}

/** Wraps a value, freezes it to its depth and has `redact` mask it from now on. */
export function makeSecret<T>(value: T, origin: SecretOrigin): Secret<T> {
  if (origin.text !== undefined) remember(origin.text);
  if (typeof value === "string" || value instanceof Uint8Array) remember(value);
  else freeze(value);
  return new Concealed(value, origin);
}

/**
 * Private fields are what makes this hold: no key, spread, structured clone, postMessage or
 * inspection (`showHidden` and `getters` included) reaches them.
 */
class Concealed<T> implements Secret<T> {
  readonly #value: T;
  readonly #origin: SecretOrigin;

  constructor(value: T, origin: SecretOrigin) {
    this.#value = value;
    this.#origin = origin;
    Object.freeze(this);
  }

  reveal(): T {
    // Bytes can't be frozen.
    return this.#value instanceof Uint8Array ? (this.#value.slice() as T) : this.#value;
  }

  get version(): string {
    return this.#origin.version;
  }

  get isStale(): boolean {
    return this.#origin.isStale;
  }

  get fetchedAt(): Date {
    return new Date(this.#origin.fetchedAt);
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [inspection](): string {
    return redacted;
  }
}

/**
 * Data only, so that what a schema made of it (a client, say) stays usable. With a list of its own
 * instead of recursion: text of 64 KB nests deeper than the stack is.
 */
function freeze(root: unknown): void {
  const seen = new Set<object>();
  const waiting = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (!isData(value) || seen.has(value)) continue;
    seen.add(Object.freeze(value));
    waiting.push(...Object.values(value));
  }
}

function isData(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
