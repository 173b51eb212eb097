/**
 * Uses a value, and when whoever it is for refuses it, finds the one that is right: first the newest
 * in the store, then, for a rotation has old and new side by side, the versions next to that. Where
 * there is one key only the rotation may end or turn back meanwhile: the newest has the last word.
 * However many callers are refused at once, one of them searches and the others take what it found.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Reference } from "../reference.ts";
import type { Secret } from "../secret.ts";
import { type Attempt, attempt } from "./attempt.ts";

export interface UseOptions {
  /** What counts as refused besides 401, 403 and SQLSTATE 28P01: is given the result or error. */
  readonly isRefused?: ((answer: unknown) => boolean) | undefined;
  /** For the search among versions after the newest was refused. 10 by default. */
  readonly budgetSeconds?: number | undefined;
}

/** What a rotation may have beside the newest version: AWSPENDING, then AWSPREVIOUS. */
export interface HasNeighbours<T> {
  neighbours(version: string): readonly Reference<T>[];
}

type Call<T, Result> = (value: T) => Promise<Result>;

interface Search {
  readonly refusedVersion: string;
  readonly ended: Promise<void>;
  found: Secret<unknown> | undefined;
  /** Until then its outcome counts, as long as the newest version is still the refused one. */
  goodUntil: number;
}

const budgetSecondsDefault = 10;
const foundMilliseconds = 60_000;
const fruitlessMilliseconds = 5000;
/** What is found may be refused by then: a rotation that failed has turned back. */
const searchesMax = 2;

export class Rotation {
  readonly #clock: () => number;
  readonly #searches = new WeakMap<Reference<unknown>, Search>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  async use<T, Result>(
    reference: Reference<T>,
    call: Call<T, Result>,
    options: UseOptions = {},
  ): Promise<Result> {
    const current = await reference.get();
    const first = this.#known(reference, current) ?? current;
    const before = await attempt(call, first, options.isRefused);
    if (before.refusal === undefined) return before.unwrap();
    if (first !== current) this.#forget(reference, first);

    const newest = await reference.refresh(current).catch(() => current);
    const isTried = newest.version === first.version;
    // A 403 for what is the newest anyway: it is the wish that is refused, not the value.
    if (isTried && before.refusal === "denied") return before.unwrap();
    if (!isTried) before.discard();
    const latest = isTried ? before : await attempt(call, newest, options.isRefused);
    if (latest.refusal !== "refused") return latest.unwrap();
    return this.#useNeighbour(reference, newest, call, options, latest);
  }

  /** What a search has found to be accepted instead of this version. */
  #known<T>(reference: Reference<T>, current: Secret<T>): Secret<T> | undefined {
    return this.#searchAfter(reference, current)?.found as Secret<T> | undefined;
  }

  #searchAfter<T>(reference: Reference<T>, refused: Secret<T>): Search | undefined {
    const search = this.#searches.get(reference);
    const isGood = search?.refusedVersion === refused.version && this.#clock() < search.goodUntil;
    return isGood ? search : undefined;
  }

  /** What was found is refused by now; a search that is looking for another goes on. */
  #forget(reference: Reference<unknown>, refused: Secret<unknown>): void {
    if (this.#searches.get(reference)?.found === refused) this.#searches.delete(reference);
  }

  async #useNeighbour<T, Result>(
    reference: Reference<T>,
    newest: Secret<T>,
    call: Call<T, Result>,
    { isRefused, budgetSeconds = budgetSecondsDefault }: UseOptions,
    refused: Attempt<Result>,
  ): Promise<Result> {
    const deadline = this.#clock() + budgetSeconds * 1000;
    let last = refused;
    for (let searches = 0; searches < searchesMax; searches++) {
      const search = this.#searchAfter(reference, newest);
      if (search === undefined) {
        const accepted = await this.#search(reference, newest, call, isRefused, deadline);
        if (accepted !== undefined) last.discard();
        return (accepted ?? last).unwrap();
      }
      await within(deadline - this.#clock(), search.ended);
      const { found } = search;
      if (found === undefined) return last.unwrap();
      last.discard();
      last = await attempt(call, found as Secret<T>, isRefused);
      if (last.refusal !== "refused") return last.unwrap();
      this.#forget(reference, found);
    }
    return last.unwrap();
  }

  async #search<T, Result>(
    reference: Reference<T>,
    newest: Secret<T>,
    call: Call<T, Result>,
    isRefused: UseOptions["isRefused"],
    deadline: number,
  ): Promise<Attempt<Result> | undefined> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const goodUntil = Number.POSITIVE_INFINITY;
    const search: Search = { refusedVersion: newest.version, ended, found: undefined, goodUntil };
    this.#searches.set(reference, search);
    const left = () => deadline - this.#clock();
    try {
      for await (const candidate of candidates(reference, newest, left)) {
        if (left() <= 0) return undefined;
        const outcome = await attempt(call, candidate, isRefused);
        if (outcome.refusal === undefined) {
          search.found = candidate;
          return outcome;
        }
        outcome.discard();
      }
      return undefined;
    } finally {
      search.goodUntil = this.#clock() + lastingMilliseconds(search);
      end();
    }
  }
}

function lastingMilliseconds({ found, refusedVersion }: Search): number {
  if (found === undefined) return fruitlessMilliseconds;
  // What everybody gets anyway need not be remembered.
  return found.version === refusedVersion ? 0 : foundMilliseconds;
}

/**
 * Those beside the newest, and then the newest once more, whichever that is by then: for as many
 * milliseconds as are left.
 */
async function* candidates<T>(
  reference: Reference<T>,
  newest: Secret<T>,
  left: () => number,
): AsyncGenerator<Secret<T>> {
  yield* await fetched(reference, newest, left());
  if (left() <= 0) return;
  const latest = await within(
    left(),
    reference.refresh().catch(() => undefined),
  );
  if (latest !== undefined) yield latest;
}

/** Asked anew, since a rotation that began a moment ago has moved the stages. */
async function fetched<T>(
  reference: Reference<T>,
  newest: Secret<T>,
  budget: number,
): Promise<Secret<T>[]> {
  const { neighbours } = reference as Partial<HasNeighbours<T>>;
  const references = neighbours?.call(reference, newest.version) ?? [];
  const secrets = await within(
    budget,
    Promise.all(references.map((each) => each.refresh().catch(() => undefined))),
  );
  return (secrets ?? []).filter(
    (secret) => secret !== undefined && secret.version !== newest.version,
  ) as Secret<T>[];
}

/** undefined where it takes longer. */
async function within<Result>(
  milliseconds: number,
  promise: Promise<Result>,
): Promise<Result | undefined> {
  const timer = new AbortController();
  const tooLate = sleep(milliseconds, undefined, { signal: timer.signal, ref: false });
  tooLate.catch(() => {});
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    timer.abort();
  }
}
