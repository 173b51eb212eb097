/**
 * The tables of the audit trail, on both databases. Their names begin with "audit_", since on
 * PostgreSQL they lie beside those of the storage.
 */

/** How a database calls integers of 64 bits, bytes, and text in the order of its bytes. */
export interface ColumnTypes {
  readonly integer: string;
  readonly bytes: string;
  readonly text: string;
  /** Behind a table's definition; small rows lie in their key's own tree where a database can. */
  readonly table: string;
  readonly smallRows: string;
}

/** The first schema of groups: one statement each. */
export function groupTables({ integer, bytes, text, table, smallRows }: ColumnTypes): string[] {
  const signed = `
    "number" ${integer} NOT NULL,
    "hash" ${text} NOT NULL,
    "next_position" ${integer} NOT NULL,
    "signed_at" ${integer} NOT NULL,
    "key_id" ${text} NOT NULL,
    "seen" ${text} NOT NULL,
    "signature" ${text} NOT NULL`;
  return [
    `CREATE TABLE "audit_chains" (
      "chain" ${integer} NOT NULL PRIMARY KEY,
      "holder" ${text},
      "beat" ${integer} NOT NULL
    )${table}`,
    `CREATE TABLE "audit_groups" (
      "chain" ${integer} NOT NULL,
      "number" ${integer} NOT NULL,
      "first" ${integer} NOT NULL,
      "count" ${integer} NOT NULL,
      "committed_at" ${integer} NOT NULL,
      "from_time" ${integer} NOT NULL,
      "until_time" ${integer} NOT NULL,
      "hash" ${text} NOT NULL,
      "lines" ${bytes} NOT NULL,
      PRIMARY KEY ("chain", "number")
    )${table}`,
    // In which stretch of time a group has events.
    `CREATE TABLE "audit_moments" (
      "stretch" ${integer} NOT NULL,
      "chain" ${integer} NOT NULL,
      "number" ${integer} NOT NULL,
      PRIMARY KEY ("stretch", "chain", "number")
    )${smallRows}`,
    // In which stretch of time a chain has events with a name.
    `CREATE TABLE "audit_sightings" (
      "name" ${integer} NOT NULL,
      "stretch" ${integer} NOT NULL,
      "chain" ${integer} NOT NULL,
      PRIMARY KEY ("name", "stretch", "chain")
    )${smallRows}`,
    `CREATE INDEX "audit_sightings_by_stretch" ON "audit_sightings" ("stretch")`,
    `CREATE TABLE "audit_uses" (
      "used_by" ${text} NOT NULL,
      "action" ${text} NOT NULL,
      "chain" ${integer} NOT NULL,
      "name" ${integer} NOT NULL,
      "noted_in" ${integer} NOT NULL,
      PRIMARY KEY ("used_by", "action", "chain")
    )${smallRows}`,
    `CREATE TABLE "audit_heads" (
      "chain" ${integer} NOT NULL,${signed},
      PRIMARY KEY ("chain", "number")
    )${table}`,
    `CREATE TABLE "audit_checkpoints" (
      "chain" ${integer} NOT NULL PRIMARY KEY,${signed}
    )${table}`,
  ];
}

/** Who read which version of a secret (`reads.ts`). */
export function readTable({ integer, text, smallRows }: ColumnTypes): string {
  return `CREATE TABLE IF NOT EXISTS "audit_reads" (
    "secret" ${text} NOT NULL,
    "version" ${text} NOT NULL,
    "principal" ${text} NOT NULL,
    "reader" ${text} NOT NULL,
    "chain" ${integer} NOT NULL,
    "expires_at" ${integer},
    "first_at" ${integer} NOT NULL,
    "last_at" ${integer} NOT NULL,
    PRIMARY KEY ("secret", "version", "principal", "reader", "chain")
  )${smallRows}`;
}
