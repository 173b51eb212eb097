/**
 * Keeps a text that many events share once and gives it a number: names, addresses, agents and
 * request parameters repeat, and a row of numbers takes a quarter of the disk.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** How many groups may pass before a word's use is noted again. */
const usedInStride = 4096;

/** The memory that known words may take. */
const charactersMax = 4 * 1024 * 1024;

interface Known {
  readonly id: number;
  usedIn: number;
}

export class Words {
  readonly #known = new Map<string, Known>();
  #characters = 0;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #use: StatementSync;
  readonly #removeUnused: StatementSync;

  constructor(database: DatabaseSync, table: "words" | "uses") {
    this.#find = database.prepare(`SELECT "id", "used_in" FROM "${table}" WHERE "word" = ?`);
    this.#insert = database.prepare(`INSERT INTO "${table}" ("word", "used_in") VALUES (?, ?)`);
    this.#use = database.prepare(`UPDATE "${table}" SET "used_in" = ? WHERE "id" = ?`);
    this.#removeUnused = database.prepare(`DELETE FROM "${table}" WHERE "used_in" < ?`);
  }

  /** The word's number, noting that the group uses it. Only inside the group's transaction. */
  idOf(word: string, group: number): number {
    const known = this.#known.get(word) ?? this.#learn(word, group);
    if (known.usedIn + usedInStride <= group) {
      this.#use.run(group, known.id);
      known.usedIn = group;
    }
    return known.id;
  }

  /** After a transaction was undone: what it numbered is not there. */
  forget(): void {
    this.#known.clear();
    this.#characters = 0;
  }

  /** Removes the words that only groups before `oldest` can have used. */
  removeUnusedSince(oldest: number): void {
    this.#removeUnused.run(oldest - usedInStride);
    this.forget();
  }

  #learn(word: string, group: number): Known {
    const found = this.#find.get(word) as { id: number; used_in: number } | undefined;
    const known =
      found === undefined
        ? { id: Number(this.#insert.run(word, group).lastInsertRowid), usedIn: group }
        : { id: found.id, usedIn: found.used_in };
    this.#characters += word.length;
    if (this.#characters > charactersMax) this.forget();
    this.#known.set(word, known);
    return known;
  }
}
