/**
 * A fallback chain: the value of the first reference that exists. Only what does not exist makes
 * room for the next; a denial or an outage is told, or a wrong permission would go unnoticed.
 */
import { SecretsError } from "../errors.ts";
import type { GetOptions, Reference } from "../reference.ts";
import type { HasNeighbours } from "../rotation/use.ts";
import type { Secret } from "../secret.ts";

export class FirstOf<T> implements Reference<T>, HasNeighbours<T> {
  readonly name: string;
  readonly references: readonly [Reference<T>, ...Reference<T>[]];

  constructor(references: readonly [Reference<T>, ...Reference<T>[]]) {
    this.references = references;
    this.name = references.map(({ name }) => name).join(" or ");
    Object.freeze(this);
  }

  async get(options?: GetOptions): Promise<Secret<T>> {
    // Peeking at what is missing looks for it again in the background: a hit need not wait for it.
    const likely = this.references.filter((reference) => !isKnownMissing(reference));
    return firstFound(likely.length > 0 ? likely : this.references, (each) => each.get(options));
  }

  peek(): Secret<T> {
    for (const reference of this.references) {
      try {
        return reference.peek();
      } catch (error) {
        if (!isMissing(error) || reference === this.references.at(-1)) throw error;
      }
    }
    throw new TypeError("a chain has at least one reference");
  }

  async refresh(seen?: Secret<T>): Promise<Secret<T>> {
    return firstFound(this.references, (reference) => reference.refresh(seen));
  }

  /** Of the one that has the value; another one taking its place is no change of a version. */
  onChange(listener: (previous: Secret<T>, next: Secret<T>) => void): () => void {
    const ends = this.references.map((reference) =>
      reference.onChange((previous, next) => {
        if (reference === this.#chosen) listener(previous, next);
      }),
    );
    return () => {
      for (const end of ends) end();
    };
  }

  neighbours(version: string): readonly Reference<T>[] {
    return (this.#chosen as Partial<HasNeighbours<T>>).neighbours?.(version) ?? [];
  }

  /** The one that has the value now. */
  get #chosen(): Reference<T> {
    const [first] = this.references;
    return this.references.find((reference) => !isKnownMissing(reference)) ?? first;
  }
}

async function firstFound<T>(
  references: readonly Reference<T>[],
  ask: (reference: Reference<T>) => Promise<Secret<T>>,
): Promise<Secret<T>> {
  let missing: unknown;
  for (const reference of references) {
    try {
      return await ask(reference);
    } catch (error) {
      if (!isMissing(error)) throw error;
      missing = error;
    }
  }
  throw missing;
}

function isKnownMissing(reference: Reference<unknown>): boolean {
  try {
    reference.peek();
    return false;
  } catch (error) {
    return isMissing(error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof SecretsError && error.code === "NotFound";
}
