/**
 * Where the events that LookupEvents asks for lie. An index entry for every event and attribute
 * would cost more than the event itself; instead it is noted once in which stretches of time a
 * name was seen in an account and region, and the events of those stretches are looked through.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type ColumnName, columns } from "../line.ts";

export const stretchMilliseconds = 2000;

/** The scope in which uses are noted: they say themselves where they were. */
export const useScope = 0;

/** Stands for "an event that is not read-only" among the numbers of words, which begin with 1. */
export const writeSighted = 0;

const sightedColumns: readonly ColumnName[] = [
  "service",
  "operation",
  "username",
  "access_key_id",
  "resource",
];

/** How long before the events around it an event's request may have arrived. */
const arrivedBeforeMax = 3_600_000;

const placeOf = (wanted: ColumnName) => columns.findIndex(({ name }) => name === wanted);
const sightedPlaces = sightedColumns.map(placeOf);
const timePlace = placeOf("time");
const scopePlace = placeOf("scope");
const readOnlyPlace = placeOf("is_read_only");
/** All that sightings and uses are made of. */
const tellingPlaces = [scopePlace, readOnlyPlace, placeOf("identity"), ...sightedPlaces];

export class Sightings {
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  /** Of the latest stretch: scope -> words that are noted. */
  readonly #noted = new Map<number, Set<number>>();
  /** Of the latest stretch: what events told. One that tells nothing new is looked at no further. */
  readonly #told = new Set<string>();
  #stretch = -1;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(`INSERT OR IGNORE INTO "sightings" VALUES (?, ?, ?)`);
    this.#remove = database.prepare(`DELETE FROM "sightings" WHERE "stretch" < ?`);
  }

  /**
   * Notes an event, whose words have become numbers, and its uses (`uses.ts`), which are asked for
   * where they may be new. Only inside its group's transaction.
   */
  note(fields: readonly (string | number | null)[], usesOf: () => readonly number[]): void {
    const stretch = stretchOf(fields[timePlace] as number);
    if (stretch !== this.#stretch) {
      this.forget();
      this.#stretch = stretch;
    }
    let told = "";
    for (const place of tellingPlaces) told += `${fields[place]} `;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    const scope = fields[scopePlace] as number;
    if (fields[readOnlyPlace] === 0) this.#noteWord(scope, writeSighted);
    for (const place of sightedPlaces) {
      const word = fields[place] as number | null;
      if (word !== null) this.#noteWord(scope, word);
    }
    for (const use of usesOf()) this.#noteWord(useScope, use);
  }

  /** After a transaction was undone, or words were removed whose numbers others may get. */
  forget(): void {
    this.#noted.clear();
    this.#told.clear();
  }

  /** Removes what can only be about events before `time`, the first that is kept. */
  removeBefore(time: number): void {
    this.#remove.run(stretchOf(time - arrivedBeforeMax));
    this.forget();
  }

  #noteWord(scope: number, word: number): void {
    let noted = this.#noted.get(scope);
    if (noted === undefined) {
      noted = new Set();
      this.#noted.set(scope, noted);
    }
    if (noted.has(word)) return;
    this.#insert.run(scope, word, this.#stretch);
    noted.add(word);
  }
}

export function stretchOf(time: number): number {
  return Math.floor(time / stretchMilliseconds);
}
