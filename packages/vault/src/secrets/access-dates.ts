/**
 * When secrets were last read: a day, not a moment, as on AWS. A read only notes it here; a
 * moment later all notes are written together, at most once per secret and day, and no reply
 * waits for it. What a crash loses is a date the next read brings back: the audit trail, not
 * this, is the record of who read what.
 */
import type { Storage } from "../storage/storage.ts";
import { Work } from "../storage/work.ts";
import { putSecret, type SecretRecord, secretKey, secretTable } from "./records.ts";

const dayMilliseconds = 86_400_000;
const writtenAfterMilliseconds = 1000;
/** Beyond so many a day's first reads go unnoted until the notes are written. */
const notesMax = 10_000;

interface Note {
  readonly arn: string;
  readonly day: number;
  readonly versionIds: Set<string>;
}

export class AccessDates {
  readonly #storage: Storage;
  readonly #notes = new Map<string, Note>();
  #isScheduled = false;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Costs two comparisons once the day is noted. */
  note(record: SecretRecord, versionId: string, now: number): void {
    const day = now - (now % dayMilliseconds);
    const isNoted =
      record.lastAccessedDate === day && record.versionAccessDates?.[versionId] === day;
    if (isNoted || this.#notes.size >= notesMax) return;
    const key = secretKey(record, record.name);
    const noted = this.#notes.get(key);
    if (noted?.arn === record.arn && noted.day === day) {
      noted.versionIds.add(versionId);
    } else {
      this.#notes.set(key, { arn: record.arn, day, versionIds: new Set([versionId]) });
    }
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Of many reads: no request's own.
    Work.outside(() => setTimeout(() => void this.write(), writtenAfterMilliseconds).unref());
  }

  /** The record with its dates, or the newer ones that are still to be written. */
  dated(record: SecretRecord): SecretRecord {
    const noted = this.#notes.get(secretKey(record, record.name));
    return noted?.arn === record.arn ? withNote(record, noted) : record;
  }

  /** Writes what is noted. Never rejects: a date that can't be written now is noted again. */
  async write(): Promise<void> {
    const notes = [...this.#notes];
    this.#isScheduled = false;
    await Promise.all(notes.map(([key, note]) => this.#writeOne(key, note)));
    for (const [key, note] of notes) {
      if (this.#notes.get(key) === note) this.#notes.delete(key);
    }
  }

  async #writeOne(key: string, note: Note): Promise<void> {
    try {
      const row = await this.#storage.get(secretTable, key);
      if (row?.body.arn !== note.arn || row.body.deletedDate !== undefined) return;
      await this.#storage.commit([putSecret(withNote(row.body, note), row)]);
    } catch {
      // Somebody changed the secret meanwhile, or the database is closed or full: the secret's
      // next read notes the date again.
    }
  }
}

function withNote(record: SecretRecord, { day, versionIds }: Note): SecretRecord {
  const read = [...versionIds].map((id): [string, number] => [id, day]);
  return {
    ...record,
    lastAccessedDate: day,
    versionAccessDates: { ...record.versionAccessDates, ...Object.fromEntries(read) },
  };
}
