/**
 * When secrets were last read: a day, not a moment, as on AWS. A read only notes it here; a
 * moment later all notes are written together, at most once per secret and day, and no reply
 * waits for it. What a crash loses is a date the next read brings back: the audit trail, not
 * this, is the record of who read what.
 */
import type { Storage } from "../storage/storage.ts";
import { putSecret, type SecretRecord, secretKey, secretTable } from "./records.ts";

const dayMilliseconds = 86_400_000;
const writtenAfterMilliseconds = 1000;
/** Beyond so many a day's first reads go unnoted until the notes are written. */
const notesMax = 10_000;

export class AccessDates {
  readonly #storage: Storage;
  readonly #notes = new Map<string, { readonly arn: string; readonly day: number }>();
  #isScheduled = false;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Costs a comparison once the day is noted. */
  note(record: SecretRecord, now: number): void {
    const day = now - (now % dayMilliseconds);
    if (record.lastAccessedDate === day || this.#notes.size >= notesMax) return;
    this.#notes.set(secretKey(record, record.name), { arn: record.arn, day });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => void this.write(), writtenAfterMilliseconds).unref();
  }

  /** The record's date, or the newer one that is still to be written. */
  dateOf(record: SecretRecord): number | undefined {
    const noted = this.#notes.get(secretKey(record, record.name));
    return noted?.arn === record.arn ? noted.day : record.lastAccessedDate;
  }

  /** Writes what is noted. Never rejects: a date that can't be written now is noted again. */
  async write(): Promise<void> {
    const notes = [...this.#notes];
    this.#isScheduled = false;
    await Promise.all(notes.map(([key, { arn, day }]) => this.#writeOne(key, arn, day)));
    for (const [key, note] of notes) {
      if (this.#notes.get(key) === note) this.#notes.delete(key);
    }
  }

  async #writeOne(key: string, arn: string, day: number): Promise<void> {
    try {
      const row = await this.#storage.get(secretTable, key);
      if (row?.body.arn !== arn || row.body.deletedDate !== undefined) return;
      await this.#storage.commit([putSecret({ ...row.body, lastAccessedDate: day }, row)]);
    } catch {
      // Somebody changed the secret meanwhile, or the database is closed or full: the secret's
      // next read notes the date again.
    }
  }
}
