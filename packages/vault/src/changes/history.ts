/**
 * The changes of late, within a bound of time and number, in the order of their commits. They are
 * rows written with what they tell of, so a crash loses none and any node can read them.
 */
import type { Clock } from "../clock.ts";
import { counterKey, type Row, type Storage, table } from "../storage/storage.ts";
import { type CommittedEntries, changesTable, type FeedEntry } from "./entry.ts";

/** What one commit did. */
export interface Commit {
  /** The change counter. */
  readonly counter: number;
  readonly entries: readonly FeedEntry[];
}

export const horizonTable = table<{ readonly counter: number }>("change_marks");
/** Up to here, this commit included, the history may have gaps. */
export const horizonKey = "horizon";

/** What is beyond either is let go. */
export interface HistoryLimits {
  readonly commitsMax: number;
  readonly millisecondsMax: number;
}

const prunedPerBatch = 500;
const commitsPerPage = 200;

/** Where no hint came, what was read is believed for this long. */
const freshMilliseconds = 100;

/** What came next behind a commit. */
export interface Following {
  /** None at the end. */
  readonly commits: readonly Commit[];
  /** Whether all that came behind it is kept. */
  readonly isWhole: boolean;
}

interface Page {
  readonly behind: number;
  readonly readAt: number;
  readonly following: Promise<Following>;
}

export class ChangeHistory {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #limits: HistoryLimits;
  /** Nearly all readers are at the end of the history, so they share what was read there last. */
  #page: Page | undefined;

  constructor(storage: Storage, clock: Clock, limits: HistoryLimits) {
    this.#storage = storage;
    this.#clock = clock;
    this.#limits = limits;
    storage.watch(changesTable, () => {
      this.#page = undefined;
    });
  }

  /** A hint that there may be more; see `Storage.watch`. */
  watch(listener: () => void): () => void {
    return this.#storage.watch(changesTable, listener);
  }

  /**
   * The newest commit that was told of. It may be gone while older ones are still there, which a
   * clock that was ahead has dated: behind the horizon there is nothing to go on from.
   */
  async newest(): Promise<number> {
    const last = await this.#last();
    return Math.max(Number(last?.key ?? 0), await this.#horizon());
  }

  /** Since the newest commit: whoever has read something since then has read the newest of it. */
  async quietMilliseconds(): Promise<number> {
    const last = await this.#last();
    if (last === undefined) return this.#limits.millisecondsMax;
    return Math.max(0, this.#clock.now() - last.body.time);
  }

  after(behind: number): Promise<Following> {
    const known = this.#page;
    const readAt = performance.now();
    if (known?.behind === behind && readAt - known.readAt < freshMilliseconds) {
      return known.following;
    }
    const following = this.#read(behind);
    this.#page = { behind, readAt, following };
    return following;
  }

  /** For the schedule: lets go of what is too old or too much. Resolves with how many. */
  async prune(): Promise<number> {
    const tooOld = this.#clock.now() - this.#limits.millisecondsMax;
    let tooMany = await this.#excess();
    for (let pruned = 0; ; ) {
      const range = { prefix: "", limit: prunedPerBatch };
      const oldest = await this.#storage.list(changesTable, range);
      const due = oldest.filter(({ body }, at) => at < tooMany || body.time < tooOld);
      if (due.length === 0) return pruned;
      await this.#forget(due);
      pruned += due.length;
      tooMany -= due.length;
    }
  }

  /** How many there are beyond the bound; counted only where there can be any. */
  async #excess(): Promise<number> {
    const { commitsMax } = this.#limits;
    const [oldest] = await this.#storage.list(changesTable, { prefix: "", limit: 1 });
    // The counter grows with every commit, told of or not: there are no more rows than it has numbers.
    const rowsMax = oldest === undefined ? 0 : (await this.newest()) - Number(oldest.key) + 1;
    return rowsMax <= commitsMax ? 0 : (await this.#storage.count(changesTable, "")) - commitsMax;
  }

  async #read(behind: number): Promise<Following> {
    const range = { prefix: "", after: counterKey(behind), limit: commitsPerPage };
    const rows = await this.#storage.list(changesTable, range);
    const commits = rows.map(({ key, body }) => ({ counter: Number(key), entries: body.entries }));
    // Asked last: what is let go of meanwhile may be missing, and is not taken for nothing.
    return { commits, isWhole: behind >= (await this.#horizon()) };
  }

  async #last(): Promise<Row<CommittedEntries> | undefined> {
    const range = { prefix: "", limit: 1, isDescending: true };
    return (await this.#storage.list(changesTable, range))[0];
  }

  async #horizon(): Promise<number> {
    return (await this.#storage.get(horizonTable, horizonKey))?.body.counter ?? 0;
  }

  async #forget(rows: readonly Row<CommittedEntries>[]): Promise<void> {
    // A restore has put it further ahead than the rows that it brought.
    const counter = Math.max(await this.#horizon(), ...rows.map(({ key }) => Number(key)));
    await this.#storage.commit([
      ...rows.map(({ key }) => ({ type: "delete" as const, table: changesTable, key })),
      { type: "put", table: horizonTable, key: horizonKey, body: { counter } },
    ]);
  }
}
