/** What nodes that share a database tell one another: who holds a lease, and which rows changed. */
import type { Migration } from "./migration.ts";
import { tablesWithIndex } from "./table-with-index.ts";

const table = tablesWithIndex(["leases"]);

export const manyNodes: Migration = {
  version: 6,
  title: "many nodes",
  sqlite: table.sqlite,
  // What a node has committed at once is one row, `rows` being {"TABLE": ["KEY", ...]} as JSON. Up
  // to the horizon such rows are forgotten: who knows less reads everything again.
  postgres: `
    ${table.postgres}
    CREATE TABLE "touched_rows" (
      "counter" bigint PRIMARY KEY,
      "node" text NOT NULL,
      "rows" text NOT NULL
    );
    ALTER TABLE "change_counter" ADD COLUMN "horizon" bigint NOT NULL DEFAULT 0;
  `,
};
