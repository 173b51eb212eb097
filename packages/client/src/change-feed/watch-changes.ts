/**
 * Listens to a vault's change feed for as long as the process lives, and never keeps it alive:
 * comes back by itself where it was, signs anew when credentials end, and leaves an endpoint that
 * has no feed in peace.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { BackOff } from "../calls/back-off.ts";
import type { KeptCredentials } from "../credentials/kept-credentials.ts";
import { ClockOffset } from "../transport/clock-offset.ts";
import { type ChangeEvent, changeEventIn } from "./change-event.ts";
import { EventStreamParser, type ServerSentEvent } from "./event-stream-parser.ts";
import { type FeedSource, openFeed } from "./open-feed.ts";

/**
 * "begun": open, and what changed before was not heard of. "resumed": open, and nothing was missed.
 * "absent": there is no feed, or none for this reader; it is asked for again within a quarter of an
 * hour.
 */
export type FeedState = "begun" | "resumed" | "closed" | "absent";

export interface WatchOptions {
  /** The vault's; its feed is at `/changes`. */
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: KeptCredentials;
  onEvent(event: ChangeEvent): void;
  /** Something was missed: what is held may be old. */
  onReset(): void;
  /** `quietMilliseconds`: when it is "begun", for how long nothing had changed for certain. */
  onState(state: FeedState, quietMilliseconds?: number): void;
}

export interface Watch {
  close(): void;
}

const waits = { baseMilliseconds: 250, capMilliseconds: 30_000 };
const absentMilliseconds = 900_000;
/** A stream that lived this long was a good one: the next is opened without ado. */
const goodLifeMilliseconds = 10_000;

/** Begins with what happens from now on. Never throws; after `close()` nothing is called any more. */
export function watchChanges(options: WatchOptions): Watch {
  const end = new AbortController();
  void new Watcher(options, end.signal).run();
  return { close: () => end.abort() };
}

class Watcher {
  readonly #options: WatchOptions;
  readonly #end: AbortSignal;
  readonly #source: FeedSource;
  #lastEventId = "";
  #state: FeedState = "closed";

  constructor(options: WatchOptions, end: AbortSignal) {
    const { endpoint, region, credentials } = options;
    this.#options = options;
    this.#end = end;
    this.#source = { endpoint, region, credentials, clock: new ClockOffset() };
  }

  async run(): Promise<void> {
    const backOff = new BackOff(waits, Math.random);
    while (!this.#end.aborted) {
      const startedAt = performance.now();
      await this.#listen();
      if (performance.now() - startedAt > goodLifeMilliseconds) backOff.reset();
      const isAbsent = this.#state === "absent";
      await this.#pause(isAbsent ? absentMilliseconds * (1 - Math.random() / 2) : backOff.next());
    }
  }

  /** Until the stream ends, in whatever way. */
  async #listen(): Promise<void> {
    try {
      const feed = await openFeed(this.#source, this.#lastEventId, this.#end);
      if (feed === undefined) this.#enter("absent");
      else {
        this.#enter(this.#lastEventId === "" ? "begun" : "resumed", feed.quietMilliseconds);
        await this.#follow(feed.pieces);
      }
    } catch {
      // The vault, the network or the credentials are down: that is what coming back is for.
    }
    if (this.#state !== "absent") this.#enter("closed");
  }

  async #follow(pieces: AsyncIterable<string>): Promise<void> {
    const parser = new EventStreamParser(this.#lastEventId);
    for await (const piece of pieces) {
      for (const event of parser.push(piece)) {
        if (this.#end.aborted) return;
        this.#tell(event);
      }
      this.#lastEventId = parser.lastEventId;
    }
  }

  /** Notices are for people; an event that can't be read may have been about anything. */
  #tell({ event, data }: ServerSentEvent): void {
    if (event === "reset") this.#options.onReset();
    if (event !== "change") return;
    const change = changeEventIn(data);
    if (change === undefined) this.#options.onReset();
    else this.#options.onEvent(change);
  }

  #enter(state: FeedState, quietMilliseconds?: number): void {
    if (state === this.#state || this.#end.aborted) return;
    this.#state = state;
    this.#options.onState(state, quietMilliseconds);
  }

  #pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.#end, ref: false }).catch(() => {});
  }
}
