/**
 * Gathers the lines of events into groups, and hands over one group after the other: while one is
 * being committed the next one gathers, and all of its events wait for one promise.
 */
import type { AuditLogOptions } from "./audit-log.ts";
import type { AuditEvent } from "./event.ts";
import { lineOf } from "./line.ts";
import { Sightings } from "./sightings.ts";
import { type AuditStore, ChainMoved } from "./store.ts";

const gatheringMillisecondsMax = 5;

/** A fuller group is handed over and another one begun, so that none takes long to look through. */
const linesMax = 512;
const charactersMax = 1024 * 1024;

/** How many chains in a row may turn out to be another node's. */
const movesMax = 5;

/** Does the work and remembers whether it could be done. */
type Write = <Result>(work: () => Promise<Result>) => Promise<Result>;

interface Gathered {
  readonly lines: string[];
  readonly events: AuditEvent[];
  characters: number;
  readonly committed: PromiseWithResolvers<void>;
}

export class Gathering {
  readonly #store: AuditStore;
  readonly #write: Write;
  readonly #options: AuditLogOptions;
  readonly #sightings = new Sightings();
  readonly #groups: Gathered[] = [];
  /** Ends when nothing gathers and nothing is being committed any more. */
  #work: Promise<void> | undefined;

  constructor(store: AuditStore, write: Write, options: AuditLogOptions) {
    this.#store = store;
    this.#write = write;
    this.#options = options;
  }

  /** Resolves when the event's group is committed. */
  add(event: AuditEvent): Promise<void> {
    const line = lineOf(event);
    let group = this.#groups.at(-1);
    if (group === undefined || isFull(group)) {
      group = { lines: [], events: [], characters: 0, committed: Promise.withResolvers() };
      this.#groups.push(group);
      this.#work ??= this.#commitAll();
    }
    group.lines.push(line);
    group.events.push(event);
    group.characters += line.length;
    return group.committed.promise;
  }

  /** What was noted may have been removed: it is noted again. */
  forgetNotes(): void {
    this.#sightings.forget();
  }

  /** When all that was added has been committed, or could not be. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #commitAll(): Promise<void> {
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      if (!isFull(group)) await gathered(group.lines);
      this.#groups.shift();
      await this.#commitGroup(group);
    }
    this.#work = undefined;
  }

  async #commitGroup({ lines, events, committed }: Gathered): Promise<void> {
    const startedAt = performance.now();
    const tell = (isCommitted: boolean) =>
      this.#options.onGroup?.(lines.length, performance.now() - startedAt, isCommitted);
    try {
      const counter = await this.#write(() => this.#commitInSomeChain(lines, events));
      // The next group need not wait until the storage has caught up with this one.
      committed.resolve(counter === undefined ? undefined : this.#options.onCommitted?.(counter));
      tell(true);
    } catch (error) {
      this.#sightings.forget();
      committed.reject(error);
      tell(false);
    }
  }

  async #commitInSomeChain(
    lines: readonly string[],
    events: readonly AuditEvent[],
  ): Promise<number | undefined> {
    for (let moves = 0; ; moves++) {
      // Notes are taken here and not while gathering: by now it is known what the group before noted.
      const notes = this.#sightings.notesOf(events);
      const committedAt = this.#options.clock.now();
      try {
        return await this.#store.commit({
          lines: lines.join(",\n"),
          count: lines.length,
          committedAt,
          notes,
        });
      } catch (error) {
        if (!(error instanceof ChainMoved) || moves === movesMax) throw error;
        this.#sightings.forget();
      }
    }
  }
}

function isFull({ lines, characters }: Gathered): boolean {
  return lines.length >= linesMax || characters >= charactersMax;
}

/**
 * Waits as long as every turn of the event loop brings more events: a busy vault then commits
 * fewer and larger groups, and a lone request waits for two turns only.
 */
async function gathered(lines: readonly string[]): Promise<void> {
  const end = performance.now() + gatheringMillisecondsMax;
  let count: number;
  do {
    count = lines.length;
    await new Promise(setImmediate);
  } while (lines.length > count && performance.now() < end);
}
