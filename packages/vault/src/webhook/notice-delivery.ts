/**
 * Brings every notice to the webhook, in order, at least once. The queue is the history of changes
 * and a mark of how far it was read: a restart goes on where it was, as does the node that takes
 * the lease over, and what can't be delivered takes no memory.
 */
import { setTimeout as elapsed } from "node:timers/promises";
import type { FeedEntry } from "../changes/entry.ts";
import type { ChangeHistory } from "../changes/history.ts";
import type { Clock } from "../clock.ts";
import type { Lease } from "../leases/lease.ts";
import type { Notice } from "../notices.ts";
import { Conflict, type Storage, table } from "../storage/storage.ts";
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
  /** Whoever holds it delivers. */
  readonly lease: Lease;
  /** Told of each failure. */
  onFault(fault: unknown): void;
}

export class NoticeDelivery {
  readonly #webhook: Webhook;
  readonly #parts: DeliveryParts;
  readonly #closing = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #look: AbortController = new AbortController();
  #position = 0;

  private constructor(webhook: Webhook, parts: DeliveryParts) {
    this.#webhook = webhook;
    this.#parts = parts;
  }

  /** Begins where it ended, or with the next notice where there never was a webhook. */
  static async start(webhook: Webhook, parts: DeliveryParts): Promise<NoticeDelivery> {
    const delivery = new NoticeDelivery(webhook, parts);
    await delivery.#begin();
    const unwatch = parts.history.watch(() => delivery.#look.abort());
    delivery.#work = delivery.#run().finally(unwatch);
    return delivery;
  }

  /** Ends after the notice that is on its way. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#look.abort();
    await this.#work;
  }

  async #begin(): Promise<void> {
    const { storage, history } = this.#parts;
    if ((await storage.get(marksTable, markKey)) !== undefined) return;
    const body = { counter: await history.newest() };
    try {
      await storage.commit([
        { type: "put", table: marksTable, key: markKey, body, expect: "absent" },
      ]);
    } catch (error) {
      // Another node has begun.
      if (!(error instanceof Conflict)) throw error;
    }
  }

  async #run(): Promise<void> {
    const { lease, onFault } = this.#parts;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#look = new AbortController();
      try {
        await lease.run(() => this.#deliverAll(), signal);
      } catch (fault) {
        // The database can't be read or written now: it is asked again later.
        onFault(fault);
      }
      await this.#wait(waitMilliseconds.betweenLooks, this.#look.signal);
    }
  }

  /** To the end of the history, unless it is closed or loses the lease. */
  async #deliverAll(): Promise<void> {
    const { storage, history } = this.#parts;
    const mark = await storage.get(marksTable, markKey);
    // Behind the mark there was nothing to deliver up to where this node has read.
    this.#position = Math.max(mark?.body.counter ?? 0, this.#position);
    for (;;) {
      const { commits } = await history.after(this.#position);
      for (const { counter, entries } of commits) {
        for (const notice of entries.filter(isNotice)) {
          if (!(await this.#deliver(String(counter), notice))) return;
          await this.#note(counter);
        }
        this.#position = counter;
      }
      if (commits.length === 0) return;
    }
  }

  /** False where it was another's to deliver before the notice was taken or given up. */
  async #deliver(id: string, notice: Notice): Promise<boolean> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (this.#closing.signal.aborted || !this.#parts.lease.isHeld) return false;
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
