/**
 * Keeps what takes things away for good from believing a clock that is suddenly far ahead. What is
 * over reads as over by the clock at once, and is there again when the clock has been put right:
 * only if nothing was purged meanwhile.
 */
import type { Clock } from "../clock.ts";
import type { Job } from "../schedule.ts";
import { type Storage, table } from "../storage/storage.ts";

/** How far the clock may run ahead of the time that passes between two looks at it. */
const stepMillisecondsMax = 60_000;

/** How long a vault may have been off without its clock being doubted at the start. */
const offMillisecondsMax = 30 * 86_400_000;

/** A clock that has stayed ahead for this long is believed. Nobody can sign requests by a wrong one. */
const doubtMilliseconds = 3_600_000;

const markMilliseconds = 3_600_000;

/** When the clock was last believed. */
const marksTable = table<{ readonly time: number }>("change_marks");
const markKey = "clock";

interface Look {
  readonly time: number;
  readonly elapsed: number;
}

export interface ClockGuardOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Milliseconds that only ever grow, at the pace of real time. */
  readonly elapsed?: () => number;
  /** Told once each time that the clock is doubted. */
  onDoubt(fault: Error): void;
}

export class ClockGuard {
  readonly #options: ClockGuardOptions;
  readonly #elapsed: () => number;
  /** The latest look that was believed; from it the time now follows, within bounds. */
  #believed: Look | undefined;
  /** Since when the clock has been ahead, by `elapsed`. */
  #aheadSince: number | undefined;
  #markedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ClockGuardOptions) {
    this.#options = options;
    this.#elapsed = options.elapsed ?? (() => performance.now());
  }

  /** The job, left out as long as the clock is in doubt. */
  guarded({ everyMilliseconds, run }: Job): Job {
    return {
      everyMilliseconds,
      run: async () => {
        if (await this.isBelieved()) await run();
      },
    };
  }

  /** Looks at the clock. */
  async isBelieved(): Promise<boolean> {
    const believed = this.#believed ?? (await this.#atStart());
    const look: Look = { time: this.#options.clock.now(), elapsed: this.#elapsed() };
    const ahead = look.time - believed.time - (look.elapsed - believed.elapsed);
    if (ahead > stepMillisecondsMax && !this.#isDoubtOver(look)) return false;
    this.#aheadSince = undefined;
    this.#believed = look;
    await this.#mark(look);
    return true;
  }

  #isDoubtOver({ elapsed }: Look): boolean {
    if (this.#aheadSince === undefined) {
      this.#aheadSince = elapsed;
      this.#options.onDoubt(
        new Error("The clock is suddenly far ahead: purging waits for an hour"),
      );
    }
    return elapsed - this.#aheadSince >= doubtMilliseconds;
  }

  /** As if the vault had been off for as long as it may. */
  async #atStart(): Promise<Look> {
    const mark = await this.#options.storage.get(marksTable, markKey);
    const latest = (mark?.body.time ?? Number.POSITIVE_INFINITY) + offMillisecondsMax;
    return { time: latest, elapsed: this.#elapsed() };
  }

  async #mark({ time, elapsed }: Look): Promise<void> {
    if (elapsed < this.#markedAt + markMilliseconds) return;
    this.#markedAt = elapsed;
    const body = { time };
    await this.#options.storage.commit([{ type: "put", table: marksTable, key: markKey, body }]);
  }
}
