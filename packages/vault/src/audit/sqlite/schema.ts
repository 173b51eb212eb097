/**
 * The tables of the audit database, step by step: its `user_version` says how many of them it has
 * gone. A step that has been released is never edited.
 */
import type { DatabaseSync } from "node:sqlite";

const firstTables = `
  CREATE TABLE "words" (
    "id" INTEGER PRIMARY KEY,
    "word" TEXT NOT NULL UNIQUE,
    "used_in" INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX "words_by_use" ON "words" ("used_in");

  CREATE TABLE "groups" (
    "number" INTEGER PRIMARY KEY,
    "first" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "committed_at" INTEGER NOT NULL,
    "hash" TEXT NOT NULL
  ) STRICT;

  CREATE TABLE "events" (
    "position" INTEGER PRIMARY KEY,
    "time" INTEGER NOT NULL,
    "event_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "scope" INTEGER NOT NULL,
    "service" INTEGER NOT NULL,
    "operation" INTEGER NOT NULL,
    "is_read_only" INTEGER NOT NULL,
    "identity" INTEGER,
    "username" INTEGER,
    "access_key_id" INTEGER NOT NULL,
    "source_address" INTEGER NOT NULL,
    "user_agent" INTEGER NOT NULL,
    "resource" INTEGER,
    "other_resources" TEXT,
    "request_parameters" INTEGER,
    "response_elements" TEXT,
    "error_code" INTEGER,
    "error_message" INTEGER,
    "version_id" INTEGER,
    "latency_microseconds" INTEGER NOT NULL,
    "count" INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX "events_by_scope" ON "events" ("scope", "time");

  CREATE TABLE "sightings" (
    "scope" INTEGER NOT NULL,
    "word" INTEGER NOT NULL,
    "stretch" INTEGER NOT NULL,
    PRIMARY KEY ("scope", "word", "stretch")
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX "sightings_by_stretch" ON "sightings" ("stretch");

  CREATE TABLE "heads" (
    "number" INTEGER PRIMARY KEY,
    "hash" TEXT NOT NULL,
    "next_position" INTEGER NOT NULL,
    "signed_at" INTEGER NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" TEXT NOT NULL
  ) STRICT;

  CREATE TABLE "checkpoint" (
    "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "next_position" INTEGER NOT NULL,
    "signed_at" INTEGER NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" TEXT NOT NULL
  ) STRICT;

  CREATE TABLE "probe" ("only" INTEGER PRIMARY KEY CHECK ("only" = 1), "bytes" BLOB) STRICT;
`;

const encodedMessages = `
  ALTER TABLE "events" ADD COLUMN "encoded_authorization_message" TEXT;
`;

const uses = `
  CREATE TABLE "uses" (
    "id" INTEGER PRIMARY KEY,
    "word" TEXT NOT NULL UNIQUE,
    "used_in" INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX "uses_by_use" ON "uses" ("used_in");
`;

const steps = [firstTables, encodedMessages, uses];

/** Brings a database up to date, a new one too; throws on one that a newer program wrote. */
export function prepareSchema(database: DatabaseSync): void {
  const found = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (found > steps.length) {
    throw new Error(
      `The audit log has schema version ${found} and this program knows ${steps.length}: ` +
        "it was written by a newer Claviger, so start that one.",
    );
  }
  if (found < steps.length) {
    const missing = steps.slice(found).join("");
    database.exec(`BEGIN IMMEDIATE; ${missing} PRAGMA user_version = ${steps.length}; COMMIT`);
  }
}
