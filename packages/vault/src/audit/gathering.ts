/**
 * Gathers the lines of events into groups, and hands over one group after the other: while one is
 * being committed the next one gathers, and all of its events wait for one promise.
 */
import type { AuditLogOptions } from "./audit-log.ts";
import type { GatheredGroup } from "./group.ts";

const gatheringMillisecondsMax = 5;

/** A fuller group is handed over and another one begun, so that none takes long to look through. */
const linesMax = 512;
const charactersMax = 1024 * 1024;

interface Gathered {
  readonly lines: string[];
  characters: number;
  readonly committed: PromiseWithResolvers<void>;
}

export class Gathering {
  readonly #commit: (group: GatheredGroup) => Promise<number | undefined>;
  readonly #options: AuditLogOptions;
  readonly #groups: Gathered[] = [];
  /** Ends when nothing gathers and nothing is being committed any more. */
  #work: Promise<void> | undefined;

  constructor(
    commit: (group: GatheredGroup) => Promise<number | undefined>,
    options: AuditLogOptions,
  ) {
    this.#commit = commit;
    this.#options = options;
  }

  /** Resolves when the line's group is committed. */
  add(line: string): Promise<void> {
    let group = this.#groups.at(-1);
    if (group === undefined || isFull(group)) {
      group = { lines: [], characters: 0, committed: Promise.withResolvers() };
      this.#groups.push(group);
      this.#work ??= this.#commitAll();
    }
    group.lines.push(line);
    group.characters += line.length;
    return group.committed.promise;
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

  async #commitGroup({ lines, committed }: Gathered): Promise<void> {
    const startedAt = performance.now();
    const tell = (isCommitted: boolean) =>
      this.#options.onGroup?.(lines.length, performance.now() - startedAt, isCommitted);
    try {
      const counter = await this.#commit({
        lines: lines.join(",\n"),
        count: lines.length,
        committedAt: this.#options.clock.now(),
      });
      // The next group need not wait until the storage has caught up with this one.
      committed.resolve(counter === undefined ? undefined : this.#options.onCommitted?.(counter));
      tell(true);
    } catch (error) {
      committed.reject(error);
      tell(false);
    }
  }
}

function isFull({ lines, characters }: Gathered): boolean {
  return lines.length >= linesMax || characters >= charactersMax;
}

/**
 * Waits as long as every turn of the event loop brings more events: a busy vault then commits
 * fewer and larger groups, and a lone request waits for one turn only.
 */
async function gathered(lines: readonly string[]): Promise<void> {
  const end = performance.now() + gatheringMillisecondsMax;
  let count: number;
  do {
    count = lines.length;
    await new Promise(setImmediate);
  } while (lines.length > count && performance.now() < end);
}
