/** The tables of the audit trail in PostgreSQL, beside those of the storage. */
import type { Step } from "../../postgres/migrate.ts";
import { groupTables, readTable } from "../sql/schema.ts";
import { carryOverReads } from "./carry-over-reads.ts";

const postgresTypes = {
  integer: "bigint",
  bytes: "bytea",
  text: `text COLLATE "C"`,
  table: "",
  smallRows: "",
};

/** Where the version of these tables is kept. */
export const versionTable = "audit_schema";

export const steps: readonly Step[] = [
  {
    version: 1,
    title: "the audit trail in groups",
    postgres: [
      ...groupTables(postgresTypes),
      // What is compressed already need not be tried again.
      `ALTER TABLE "audit_groups" ALTER COLUMN "lines" SET STORAGE EXTERNAL`,
    ].join(";\n"),
  },
  {
    version: 2,
    title: "who read which version of a secret",
    postgres: readTable(postgresTypes),
    fill: carryOverReads,
  },
];
