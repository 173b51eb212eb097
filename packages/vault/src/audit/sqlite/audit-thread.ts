/**
 * The only thread that writes the audit database. A group of events, its place in the chain and
 * nothing else is one transaction, so a killed process leaves whole groups and a whole chain.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { reasonOf, serveThread } from "../../ordered-thread.ts";
import { genesis, type Head, nextHead, type SignedHead } from "../chain.ts";
import { columns } from "../line.ts";
import { prepareSchema } from "./schema.ts";
import { Sightings } from "./sightings.ts";
import { usesOf } from "./uses.ts";
import { Words } from "./words.ts";

export type Question =
  /** Where is the chain, and how far is it signed? */
  | { readonly type: "state" }
  | {
      readonly type: "commit";
      /** Joined by ",\n". */
      readonly lines: string;
      readonly count: number;
      readonly committedAt: number;
    }
  | { readonly type: "keepHead"; readonly head: SignedHead }
  /** Which groups, a bounded number of the oldest, were committed before then? */
  | { readonly type: "expired"; readonly before: number }
  | { readonly type: "retire"; readonly checkpoint: SignedHead }
  /** Can a group be written? */
  | { readonly type: "probe" };

export type Answer =
  | { readonly type: "done"; readonly head: Head; readonly signed: number }
  | { readonly type: "expired"; readonly upTo: Head | undefined }
  | { readonly type: "failed"; readonly reason: string };

const groupsRetiredMax = 100;
const probeBytes = 64 * 1024;

const wordPlaces = columns.flatMap(({ holds }, place) => (holds === "word" ? [place] : []));

/** By how many fields a line has: the columns behind them. */
const noneBehind = Array.from({ length: columns.length + 1 }, (_, given): null[] =>
  Array(columns.length - given).fill(null),
);

const headColumns = `"number", "hash", "next_position" AS "nextPosition"`;

class AuditWriter {
  readonly #database: DatabaseSync;
  readonly #words: Words;
  readonly #uses: Words;
  readonly #sightings: Sightings;
  readonly #insertEvent: StatementSync;
  readonly #insertGroup: StatementSync;
  #head: Head;
  #signed: number;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -16384;
      PRAGMA journal_size_limit = 67108864;
    `);
    prepareSchema(this.#database);
    this.#words = new Words(this.#database, "words");
    this.#uses = new Words(this.#database, "uses");
    this.#sightings = new Sightings(this.#database);
    this.#insertEvent = this.#database.prepare(
      `INSERT INTO "events" (${columns.map(({ name }) => `"${name}"`)}, "position")
       VALUES (${columns.map(() => "?")}, ?)`,
    );
    this.#insertGroup = this.#database.prepare(`INSERT INTO "groups" VALUES (?, ?, ?, ?, ?)`);
    this.#head = this.#lastHead();
    this.#signed = Number(
      this.#database.prepare(`SELECT max("number") AS "number" FROM "heads"`).get()?.number ?? 0,
    );
  }

  answer(question: Question): Answer {
    try {
      if (question.type === "expired") {
        return { type: "expired", upTo: this.#expired(question.before) };
      }
      this.#do(question);
      return { type: "done", head: this.#head, signed: this.#signed };
    } catch (error) {
      this.#undo();
      return { type: "failed", reason: reasonOf(error) };
    }
  }

  close(): void {
    this.#database.close();
  }

  #undo(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // The transaction had not begun, or SQLite has undone it itself.
    }
    this.#words.forget();
    this.#uses.forget();
    this.#sightings.forget();
  }

  #do(question: Exclude<Question, { type: "expired" }>): void {
    if (question.type === "commit") this.#commit(question);
    else if (question.type === "keepHead") this.#keepHead(question.head);
    else if (question.type === "retire") this.#retire(question.checkpoint);
    else if (question.type === "probe") this.#probe();
  }

  #commit(group: Question & { type: "commit" }): void {
    const head = nextHead(this.#head, group);
    const events = JSON.parse(`[${group.lines}]`) as (string | number | null)[][];
    this.#database.exec("BEGIN IMMEDIATE");
    let position = this.#head.nextPosition;
    this.#insertGroup.run(head.number, position, group.count, group.committedAt, head.hash);
    for (const fields of events) {
      const row = [...fields, ...(noneBehind[fields.length] as null[]), position++];
      for (const place of wordPlaces) {
        const word = row[place];
        if (typeof word === "string") row[place] = this.#words.idOf(word, head.number);
      }
      this.#sightings.note(row, () =>
        usesOf(fields).map((use) => this.#uses.idOf(use, head.number)),
      );
      this.#insertEvent.run(...row);
    }
    this.#database.exec("COMMIT");
    this.#head = head;
  }

  #keepHead(head: SignedHead): void {
    this.#database
      .prepare(`INSERT OR REPLACE INTO "heads" VALUES (?, ?, ?, ?, ?, ?)`)
      .run(...signedFields(head));
    this.#signed = head.number;
  }

  /** The last of the oldest groups that were all committed before then. */
  #expired(before: number): Head | undefined {
    const checkpoint = this.#checkpoint();
    const groups = this.#database
      .prepare(
        `SELECT "number", "hash", "first" + "count" AS "nextPosition", "committed_at" AS "at"
         FROM "groups" WHERE "number" > ? ORDER BY "number" LIMIT ?`,
      )
      .all(checkpoint.number, groupsRetiredMax) as unknown as (Head & { at: number })[];
    const kept = groups.findIndex(({ at }) => at >= before);
    return groups[(kept === -1 ? groups.length : kept) - 1];
  }

  #retire(checkpoint: SignedHead): void {
    this.#database.exec("BEGIN IMMEDIATE");
    const { number, nextPosition } = checkpoint;
    this.#database.prepare(`DELETE FROM "events" WHERE "position" < ?`).run(nextPosition);
    this.#database.prepare(`DELETE FROM "groups" WHERE "number" <= ?`).run(number);
    this.#database.prepare(`DELETE FROM "heads" WHERE "number" <= ?`).run(number);
    this.#words.removeUnusedSince(number + 1);
    this.#uses.removeUnusedSince(number + 1);
    const kept = this.#database.prepare(`SELECT "time" FROM "events" ORDER BY "position" LIMIT 1`);
    this.#sightings.removeBefore(Number(kept.get()?.time ?? Number.MAX_SAFE_INTEGER));
    this.#database
      .prepare(`INSERT OR REPLACE INTO "checkpoint" VALUES (1, ?, ?, ?, ?, ?, ?)`)
      .run(...signedFields(checkpoint));
    this.#database.exec("COMMIT");
  }

  /** Writes as much as a large group, so that a disk with a last free page doesn't count as well. */
  #probe(): void {
    this.#database
      .prepare(`INSERT OR REPLACE INTO "probe" VALUES (1, zeroblob(?))`)
      .run(probeBytes);
  }

  #lastHead(): Head {
    const group = this.#database
      .prepare(
        `SELECT "number", "hash", "first" + "count" AS "nextPosition"
         FROM "groups" ORDER BY "number" DESC LIMIT 1`,
      )
      .get() as Head | undefined;
    return group ?? this.#checkpoint();
  }

  #checkpoint(): Head {
    const found = this.#database.prepare(`SELECT ${headColumns} FROM "checkpoint"`).get();
    return (found as Head | undefined) ?? genesis;
  }
}

function signedFields(head: SignedHead): (string | number)[] {
  const { number, hash, nextPosition, signedAt, keyId, signature } = head;
  return [number, hash, nextPosition, signedAt, keyId, signature];
}

serveThread(({ path }: { path: string }) => new AuditWriter(path));
