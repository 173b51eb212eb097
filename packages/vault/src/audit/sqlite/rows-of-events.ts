/**
 * Carries over what audit databases held up to schema version 3: a row for each event, of columns
 * and of numbers of words. The lines come out as they were hashed, so the chain goes on unbroken,
 * and where somebody had changed a row its group is as broken as before.
 */
import type { DatabaseSync } from "node:sqlite";
import { embedded } from "../chain.ts";
import { eventsOf, type FieldName, type Fields, fieldNames, lineFrom } from "../line.ts";
import { packLines } from "../packed-lines.ts";
import { Sightings } from "../sightings.ts";
import { SqliteQueries } from "./sqlite-queries.ts";
import { writeGroup } from "./write-group.ts";

/** How many events are carried over in one transaction, give or take a group. */
const eventsAtOnce = 5000;
const groupsAtOnce = 500;

/** Columns that hold what they say; all others hold the number of a word. */
const plainColumns = new Set<FieldName>([
  "time",
  "event_id",
  "request_id",
  "is_read_only",
  "other_resources",
  "response_elements",
  "latency_microseconds",
  "count",
  "encoded_authorization_message",
]);

interface GroupRow {
  readonly number: number;
  readonly first: number;
  readonly count: number;
  readonly committed_at: number;
  readonly hash: string;
}

/** Signed heads and the checkpoint, which lie in other tables now. */
export function carryOverHeads(database: DatabaseSync): void {
  const columns = `"number", "hash", "next_position", "signed_at", "key_id"`;
  for (const [from, to] of [
    ["heads", "audit_heads"],
    ["checkpoint", "audit_checkpoints"],
  ]) {
    database.exec(
      `INSERT INTO "${to}" ("chain", ${columns}, "seen", "signature")
       SELECT ${embedded}, ${columns}, '[]', "signature" FROM "${from}"`,
    );
  }
}

/** Moves some of the oldest groups; false when there are none. */
export function carryOverGroups(database: DatabaseSync): boolean {
  const groups = database
    .prepare(`SELECT * FROM "groups" ORDER BY "number" LIMIT ${groupsAtOnce}`)
    .all() as unknown as GroupRow[];
  const rows = database.prepare(
    `SELECT ${fieldColumns(database)} FROM "events" WHERE "position" >= ? AND "position" < ?
     ORDER BY "position"`,
  );
  const removeRows = database.prepare(
    `DELETE FROM "events" WHERE "position" >= ? AND "position" < ?`,
  );
  const removeGroup = database.prepare(`DELETE FROM "groups" WHERE "number" = ?`);
  const queries = new SqliteQueries(database);
  const sightings = new Sightings();
  let events = 0;
  for (const row of groups) {
    const { number, first, count, committed_at: committedAt, hash } = row;
    const texts = rows
      .all(first, first + count)
      .map((each) => lineFrom(Object.values(each) as Fields));
    const lines = packLines(texts.join(",\n"));
    const notes = sightings.notesOf(eventsOf(texts), committedAt);
    writeGroup(queries, { chain: embedded, number, first, count, committedAt, hash, lines, notes });
    removeRows.run(first, first + count);
    removeGroup.run(number);
    events += count;
    if (events >= eventsAtOnce) break;
  }
  return groups.length > 0;
}

export function dropRowsOfEvents(database: DatabaseSync): void {
  for (const table of ["words", "groups", "events", "sightings", "heads", "checkpoint", "uses"]) {
    database.exec(`DROP TABLE IF EXISTS "${table}"`);
  }
}

/** The columns in the order of a line's fields; of those that came later, those there are. */
function fieldColumns(database: DatabaseSync): string {
  const there = database.prepare(`SELECT "name" FROM pragma_table_info('events')`).all();
  return fieldNames
    .filter((name) => there.some((column) => column.name === name))
    .map((name) =>
      // A number that names no word stays a number, so that a damaged row never looks like another.
      plainColumns.has(name)
        ? `"${name}"`
        : `coalesce((SELECT "word" FROM "words" WHERE "id" = "${name}"), "${name}") AS "${name}"`,
    )
    .join(", ");
}
