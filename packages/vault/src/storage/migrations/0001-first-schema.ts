/**
 * A table for each noun of the domain, each with a table of index entries beside it, and the
 * change counter. The bodies are JSON, so a new member of a record needs no migration.
 */
import type { Migration } from "./migration.ts";

const tables = [
  "accounts",
  "sealed_keys",
  "secrets",
  "secret_versions",
  "parameters",
  "parameter_versions",
  "keys",
  "key_versions",
  "key_aliases",
  "users",
  "access_keys",
  "roles",
  "policies",
];

/** Values and sealed bytes are up to 64 KB, so rows have row ids; index entries need none. */
function tableWithIndex(name: string): string {
  return `
    CREATE TABLE "${name}" (
      "key" TEXT NOT NULL COLLATE BINARY PRIMARY KEY,
      "revision" INTEGER NOT NULL,
      "body" TEXT NOT NULL,
      "sealed" BLOB
    ) STRICT;
    CREATE TABLE "${name}_index" (
      "name" TEXT NOT NULL COLLATE BINARY,
      "value" TEXT NOT NULL COLLATE BINARY,
      "key" TEXT NOT NULL COLLATE BINARY REFERENCES "${name}" ("key") ON DELETE CASCADE,
      PRIMARY KEY ("name", "value", "key")
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX "${name}_index_by_key" ON "${name}_index" ("key");
  `;
}

export const firstSchema: Migration = {
  version: 1,
  title: "first schema",
  sqlite: `
    ${tables.map(tableWithIndex).join("")}
    CREATE TABLE "change_counter" (
      "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
      "value" INTEGER NOT NULL
    ) STRICT;
    INSERT INTO "change_counter" VALUES (1, 0);
  `,
};
