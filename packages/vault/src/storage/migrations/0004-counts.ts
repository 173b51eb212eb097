/** Counts in rows of their own: parameters were counted in rows between the parameters. */
import type { Migration } from "./migration.ts";
import { tablesWithIndex } from "./table-with-index.ts";

const table = tablesWithIndex(["counts"]);

const sumOf = (tier: string) => `
  INSERT INTO "counts" ("key", "revision", "body")
  SELECT substr("key", 1, instr("key", '#count/') - 1) || '/${tier}', max("revision"),
    CAST(sum("body" ->> '${tier}') AS TEXT)
  FROM "parameters" WHERE "key" LIKE '%#count/%' GROUP BY 1;
`;

export const counts: Migration = {
  version: 4,
  title: "counts",
  sqlite: `
    ${table.sqlite}
    ${sumOf("Standard")}
    ${sumOf("Advanced")}
    DELETE FROM "parameters" WHERE "key" LIKE '%#count/%';
  `,
  postgres: table.postgres,
};
