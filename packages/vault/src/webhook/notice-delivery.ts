/**
 * Brings every notice to the webhook, in order, at least once. The queue is the history of changes
 * and a mark of how far it was read: a restart goes on where it was, and what can't be delivered
 * takes no memory.
 */
import { setTimeout as elapsed } from "node:timers/promises";
import type { FeedEntry } from "../changes/entry.ts";
import type { ChangeHistory } from "../changes/history.ts";
import type { Clock } from "../clock.ts";
import type { Notice } from "../notices.ts";
import { type Storage, table } from "../storage/storage.ts";
import { post, type Webhook } from "./webhook.ts";

const marksTable = table<{ readonly counter: number }>("change_marks");
const markKey = "webhook";

const waitMilliseconds = { first: 1000, max: 300_000, betweenLooks: 15_000 } as const;
/** About an hour of trying. */
const attemptsMax = 20;

export interface DeliveryParts {
  readonly storage: Storage;
  readonly history: ChangeHistory;
  readonly clock: Clock;
  /** Told of each failure. */
  onFault(fault: unknown): void;
}

export class NoticeDelivery {
  readonly #webhook: Webhook;
  readonly #parts: DeliveryParts;
  readonly #closing = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #look: AbortController = new AbortController();

  private constructor(webhook: Webhook, parts: DeliveryParts) {
    this.#webhook = webhook;
    this.#parts = parts;
  }

  /** Begins where it ended, or with the next notice where there never was a webhook. */
  static async start(webhook: Webhook, parts: DeliveryParts): Promise<NoticeDelivery> {
    const delivery = new NoticeDelivery(webhook, parts);
    const { storage, history } = parts;
    const mark = await storage.get(marksTable, markKey);
    const position = mark?.body.counter ?? (await history.newest());
    if (mark === undefined) await delivery.#note(position);
    const unwatch = history.watch(() => delivery.#look.abort());
    delivery.#work = delivery.#run(position).finally(unwatch);
    return delivery;
  }

  /** Ends after the notice that is on its way. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#look.abort();
    await this.#work;
  }

  async #run(start: number): Promise<void> {
    let position = start;
    while (!this.#closing.signal.aborted) {
      this.#look = new AbortController();
      try {
        position = await this.#deliverBehind(position);
      } catch (fault) {
        // The database can't be read or written now: it is asked again later.
        this.#parts.onFault(fault);
      }
      await this.#wait(waitMilliseconds.betweenLooks, this.#look.signal);
    }
  }

  /** Resolves with how far it came: to the end, unless it is closed. */
  async #deliverBehind(start: number): Promise<number> {
    let position = start;
    for (;;) {
      const commits = await this.#parts.history.after(position);
      for (const { counter, entries } of commits) {
        for (const notice of entries.filter(isNotice)) {
          if (!(await this.#deliver(String(counter), notice))) return position;
          await this.#note(counter);
        }
        position = counter;
      }
      if (commits.length === 0) return position;
    }
  }

  /** False where it was closed before the notice was taken or given up. */
  async #deliver(id: string, notice: Notice): Promise<boolean> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (this.#closing.signal.aborted) return false;
      try {
        await post(this.#webhook, id, notice, this.#parts.clock);
        return true;
      } catch (fault) {
        this.#parts.onFault(fault);
      }
      const wait = Math.min(waitMilliseconds.first * 2 ** attempt, waitMilliseconds.max);
      await this.#wait(wait, this.#closing.signal);
    }
    return true;
  }

  async #note(counter: number): Promise<void> {
    await this.#parts.storage.commit([
      { type: "put", table: marksTable, key: markKey, body: { counter } },
    ]);
  }

  async #wait(milliseconds: number, until: AbortSignal): Promise<void> {
    await elapsed(milliseconds, undefined, { signal: until, ref: false }).catch(() => {});
  }
}

function isNotice(entry: FeedEntry): entry is FeedEntry & { readonly event: "notice" } {
  return entry.event === "notice";
}
