/** How every table of the domain looks in SQL. Released migrations use it: it never changes. */

/** Values and sealed bytes are up to 64 KB, so rows have row ids; index entries need none. */
export function tableWithIndex(name: string): string {
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
