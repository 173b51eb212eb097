/**
 * The tables of the audit database, step by step: its `user_version` says how many of them it has
 * gone. Up to version 3 each event was a row; what such a file holds is carried over
 * (`rows-of-events.ts`). A step that has been released is never edited.
 */
import type { DatabaseSync } from "node:sqlite";
import { Unavailable } from "../../unavailable.ts";
import { embedded } from "../chain.ts";
import { groupTables, readTable } from "../sql/schema.ts";
import { carryOverReads } from "./carry-over-reads.ts";
import { carryOverGroups, carryOverHeads, dropRowsOfEvents } from "./rows-of-events.ts";

/** That of the tables of groups, the one when all is in them, and the one with who read what. */
const movingVersion = 4;
const movedVersion = 5;
const currentVersion = 6;

const sqliteTypes = {
  integer: "INTEGER",
  bytes: "BLOB",
  text: "TEXT",
  table: " STRICT",
  smallRows: " STRICT, WITHOUT ROWID",
};

const probe = `CREATE TABLE IF NOT EXISTS "probe" (
  "only" INTEGER PRIMARY KEY CHECK ("only" = 1), "bytes" BLOB
) STRICT`;

/** Brings a database up to date, a new one too; throws on one that a newer program wrote. */
export function prepareSchema(database: DatabaseSync): void {
  const found = versionOf(database);
  if (found > currentVersion) throw newer(found);
  // Groups bring their reads with them, also those that an older program had yet to move.
  database.exec(readTable(sqliteTypes));
  if (found < movingVersion) {
    inTransaction(database, () => {
      makeTables(database);
      if (found > 0) carryOverHeads(database);
      database.exec(`PRAGMA user_version = ${found === 0 ? currentVersion : movingVersion}`);
    });
  }
  if (found > 0 && found < movedVersion) {
    // A part at a time: neither memory nor the journal grows with the trail, and the room that the
    // rows leave is taken by the groups. A process that is killed in between goes on from there.
    while (inTransaction(database, () => carryOverGroups(database)));
    inTransaction(database, () => {
      dropRowsOfEvents(database);
      database.exec(`PRAGMA user_version = ${movedVersion}`);
    });
  }
  if (found > 0 && found < currentVersion) {
    inTransaction(database, () => {
      carryOverReads(database);
      database.exec(`PRAGMA user_version = ${currentVersion}`);
    });
  }
}

/** Throws where a vault has yet to bring the trail up to date, or was newer than this program. */
export function requireCurrentSchema(database: DatabaseSync): void {
  const found = versionOf(database);
  if (found > currentVersion) throw newer(found);
  if (found === currentVersion) return;
  throw new Error(
    `The audit log has schema version ${found}, not ${currentVersion}: start the vault once, ` +
      "which brings it up to date.",
  );
}

/** An empty database's tables, without its `user_version`. */
function makeTables(database: DatabaseSync): void {
  database.exec([...groupTables(sqliteTypes), probe].join(";\n"));
  database.exec(`INSERT INTO "audit_chains" ("chain", "beat") VALUES (${embedded}, 0)`);
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}

function newer(found: number): Unavailable {
  return new Unavailable(
    `The audit log has schema version ${found} and this program knows ${currentVersion}: ` +
      "it was written by a newer Claviger.",
    { hint: "start a Claviger that is as new; nothing was changed" },
  );
}

function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
