/**
 * Brings a database to this program's schema, one transaction a step, so that a killed start
 * leaves it at a version and never between two. A database from a newer program is refused,
 * since writing to it could damage what this program doesn't know.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Migration } from "../migrations/migration.ts";
import { Unavailable } from "../storage.ts";

type Step = Omit<Migration, "postgres">;

export function migrate(database: DatabaseSync, migrations: readonly Step[]): void {
  database.exec(`CREATE TABLE IF NOT EXISTS "schema_version" (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
    "version" INTEGER NOT NULL
  ) STRICT`);
  database.exec(`INSERT OR IGNORE INTO "schema_version" VALUES (1, 0)`);
  const current = schemaVersion(database);
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new Unavailable(
      `The database has schema version ${current} and this program knows ${newest}: ` +
        "it was written by a newer Claviger.",
      { hint: "start a Claviger that is as new; nothing was changed" },
    );
  }
  for (const migration of migrations) {
    if (migration.version > current) apply(database, migration);
  }
}

function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare(`SELECT "version" FROM "schema_version"`).get()?.version);
}

function apply(database: DatabaseSync, migration: Step): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(migration.sqlite);
    database.prepare(`UPDATE "schema_version" SET "version" = ?`).run(migration.version);
    database.exec("COMMIT");
  } catch (error) {
    undo(database);
    throw new Unavailable(`Migration ${migration.version} (${migration.title}) failed`, {
      cause: error,
    });
  }
}

function undo(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has undone it by itself where the disk is full.
  }
}
