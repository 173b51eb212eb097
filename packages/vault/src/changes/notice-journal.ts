/**
 * Keeps notices with the changes, each once: what reads the history (the feed, the webhook) reads
 * them too, and a crash loses none.
 */
import type { Clock } from "../clock.ts";
import type { Notice, NoticeSink } from "../notices.ts";
import { Conflict, type Storage, table } from "../storage/storage.ts";
import { appendEntries } from "./entry.ts";

const marksTable = table<{ readonly givenAt: number }>("change_marks");
const givenIndex = "given-date";

/** The domain gives a notice again only where it was killed before it could note that it gave it. */
const rememberedMilliseconds = 30 * 86_400_000;
const forgottenPerBatch = 500;

export class NoticeJournal implements NoticeSink {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #onNotice: (notice: Notice) => void;

  constructor(storage: Storage, clock: Clock, onNotice: (notice: Notice) => void) {
    this.#storage = storage;
    this.#clock = clock;
    this.#onNotice = onNotice;
  }

  async give(notice: Notice): Promise<void> {
    const givenAt = this.#clock.now();
    const { kind, time, arn } = notice;
    try {
      await this.#storage.commit([
        appendEntries(givenAt, [{ event: "notice", ...notice }]),
        {
          type: "put",
          table: marksTable,
          key: `notice/${kind}/${time}/${arn}`,
          body: { givenAt },
          expect: "absent",
          indexes: { [givenIndex]: sortable(givenAt) },
        },
      ]);
    } catch (error) {
      if (error instanceof Conflict) return;
      throw error;
    }
    this.#onNotice(notice);
  }

  /** For the schedule: forgets which notices were given long ago. */
  async prune(): Promise<void> {
    const old = this.#clock.now() - rememberedMilliseconds;
    for (;;) {
      const range = { prefix: "", limit: forgottenPerBatch };
      const oldest = await this.#storage.listByIndex(marksTable, givenIndex, range);
      const due = oldest.filter(({ body }) => body.givenAt < old);
      if (due.length === 0) return;
      await this.#storage.commit(
        due.map(({ key }) => ({ type: "delete" as const, table: marksTable, key })),
      );
    }
  }
}

/** Numbers as text in the order of numbers. */
function sortable(milliseconds: number): string {
  return String(milliseconds).padStart(15, "0");
}
