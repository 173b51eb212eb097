/**
 * While one group of change lists is being committed the next one gathers, so that those who write
 * at the same time share a transaction, and the event loop never waits for a disk.
 */
import { Conflict, Stale, Unavailable } from "../storage.ts";
import type { ChangeList, Outcome } from "./group.ts";

/** One group's most, so that none waits long for a group that is huge. */
const listsMax = 500;
const charactersMax = 4 * 1024 * 1024;

interface Waiting extends ChangeList {
  resolve(counter: number): void;
  reject(error: Error): void;
}

export class Gathering {
  readonly #commitGroup: (lists: readonly ChangeList[]) => Promise<readonly Outcome[]>;
  readonly #waiting: Waiting[] = [];
  /** Ends when nothing waits and nothing is being committed any more. */
  #work: Promise<void> | undefined;
  #isClosed = false;

  /** If `commitGroup` throws, none of its lists is known to be committed. */
  constructor(commitGroup: (lists: readonly ChangeList[]) => Promise<readonly Outcome[]>) {
    this.#commitGroup = commitGroup;
  }

  /** Resolves with the list's change counter when it is durable. */
  commit(list: ChangeList): Promise<number> {
    if (this.#isClosed) return Promise.reject(new Unavailable("The database is closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...list, resolve, reject });
      this.#work ??= this.#commitAll();
    });
  }

  /** Takes nothing more, and resolves when what waited is committed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
  }

  async #commitAll(): Promise<void> {
    // All that arrives in this turn of the event loop travels together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#commitNext(this.#takeGroup());
    this.#work = undefined;
  }

  async #commitNext(group: readonly Waiting[]): Promise<void> {
    try {
      const lists = group.map(({ changes, isOutdated }) => ({ changes, isOutdated }));
      const outcomes = await this.#commitGroup(lists);
      group.forEach((waiting, position) => {
        settle(waiting, outcomes[position] as Outcome);
      });
    } catch (error) {
      for (const waiting of group) waiting.reject(error as Error);
    }
  }

  #takeGroup(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex((waiting, position) => {
      characters += charactersOf(waiting);
      return position > 0 && (position >= listsMax || characters > charactersMax);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}

function settle(waiting: Waiting, outcome: Outcome): void {
  if (typeof outcome === "number") waiting.resolve(outcome);
  else if (outcome.type === "conflict") waiting.reject(new Conflict(outcome.reason));
  else if (outcome.type === "stale") waiting.reject(new Stale(outcome.reason));
  else waiting.reject(new Unavailable(outcome.reason));
}

function charactersOf({ changes }: ChangeList): number {
  let sum = 0;
  for (const change of changes) {
    if (change.type === "put") sum += change.body.length + (change.sealed?.byteLength ?? 0);
    else if (change.type === "append") sum += change.body.length;
  }
  return sum;
}
