/** How every table of the domain looks in SQL. Released migrations use it: it never changes. */
import type { Migration } from "./migration.ts";

export function tablesWithIndex(names: readonly string[]): Pick<Migration, "sqlite" | "postgres"> {
  return { sqlite: names.map(onSqlite).join(""), postgres: names.map(onPostgres).join("") };
}

/** Values and sealed bytes are up to 64 KB, so rows have row ids; index entries need none. */
function onSqlite(name: string): string {
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

/**
 * Text is in the order of its bytes, whatever the database's own order is. Whoever deletes a row
 * deletes its entries before it, so they need no reference, which costs a look-up an entry.
 */
function onPostgres(name: string): string {
  return `
    CREATE TABLE "${name}" (
      "key" text COLLATE "C" NOT NULL PRIMARY KEY,
      "revision" bigint NOT NULL,
      "body" text NOT NULL,
      "sealed" bytea
    );
    CREATE TABLE "${name}_index" (
      "name" text COLLATE "C" NOT NULL,
      "value" text COLLATE "C" NOT NULL,
      "key" text COLLATE "C" NOT NULL,
      PRIMARY KEY ("name", "value", "key")
    );
    CREATE INDEX "${name}_index_by_key" ON "${name}_index" ("key");
  `;
}
