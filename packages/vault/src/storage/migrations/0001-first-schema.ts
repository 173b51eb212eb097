/**
 * A table for each noun of the domain, each with a table of index entries beside it, and the
 * change counter. The bodies are JSON, so a new member of a record needs no migration.
 */
import type { Migration } from "./migration.ts";
import { tablesWithIndex } from "./table-with-index.ts";

const tables = tablesWithIndex([
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
]);

export const firstSchema: Migration = {
  version: 1,
  title: "first schema",
  sqlite: `
    ${tables.sqlite}
    CREATE TABLE "change_counter" (
      "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
      "value" INTEGER NOT NULL
    ) STRICT;
    INSERT INTO "change_counter" VALUES (1, 0);
  `,
  postgres: `
    ${tables.postgres}
    CREATE TABLE "change_counter" (
      "only" bigint PRIMARY KEY CHECK ("only" = 1),
      "value" bigint NOT NULL
    );
    INSERT INTO "change_counter" VALUES (1, 0);
  `,
};
