/** Writes a group with its notes in one statement, which tells the storage's change counter. */
import type { Queries, Statement } from "../../postgres/database.ts";
import type { Group } from "../group.ts";
import { insertGroup, readAgain, readColumns } from "../sql/statements.ts";

const group = `"a_group" AS (${insertGroup.text}),
  "moments" AS (INSERT INTO "audit_moments" ("stretch", "chain", "number")
    SELECT unnest($10::bigint[]), $1, $2)`;

/** Each chain has sightings, uses and reads of its own, so no node waits for another's. */
const itsNotes = `,
  "sightings" AS (INSERT INTO "audit_sightings" ("name", "stretch", "chain")
    SELECT *, $1 FROM unnest($11::bigint[], $12::bigint[]) ON CONFLICT DO NOTHING),
  "uses" AS (INSERT INTO "audit_uses" ("used_by", "action", "chain", "name", "noted_in")
    SELECT "used_by", "action", $1, "name", "noted_in"
    FROM unnest($13::text[], $14::text[], $15::bigint[], $16::bigint[])
      AS u ("used_by", "action", "name", "noted_in")
    ON CONFLICT ("used_by", "action", "chain") DO UPDATE SET "noted_in" = excluded."noted_in"
    WHERE "audit_uses"."noted_in" < excluded."noted_in"),
  "reads" AS (INSERT INTO "audit_reads" (${readColumns})
    SELECT "secret", "version", "principal", "reader", $1, "expires_at", "first_at", "last_at"
    FROM unnest($17::text[], $18::text[], $19::text[], $20::text[], $21::bigint[], $22::bigint[],
      $23::bigint[]) AS r ("secret", "version", "principal", "reader", "expires_at", "first_at",
      "last_at")
    ${readAgain})`;

/** It sees what was committed before it began, and so before any request whose event it writes. */
const counter = `SELECT "value" FROM "change_counter"`;

const writeGroupAlone: Statement = {
  name: "audit_write_group",
  text: `WITH ${group} ${counter}`,
};
const writeGroupAndNotes: Statement = {
  name: "audit_write_group_and_notes",
  text: `WITH ${group}${itsNotes} ${counter}`,
};

export async function writeGroup(
  queries: Queries,
  { chain, number, first, count, committedAt, hash, lines, notes }: Group,
): Promise<number> {
  const { from, until, stretches, sightings, uses, reads } = notes;
  const values = [chain, number, first, count, committedAt, from, until, hash, lines, stretches];
  const found =
    sightings.length === 0 && uses.length === 0 && reads.length === 0
      ? queries.all<{ value: number }>(writeGroupAlone, values)
      : queries.all<{ value: number }>(writeGroupAndNotes, [
          ...values,
          sightings.map(({ name }) => name),
          sightings.map(({ stretch }) => stretch),
          uses.map(({ user }) => user),
          uses.map(({ action }) => action),
          uses.map(({ name }) => name),
          uses.map(({ stretch }) => stretch),
          reads.map(({ secret }) => secret),
          reads.map(({ versionId }) => versionId),
          reads.map(({ principal }) => principal),
          reads.map(({ reader }) => reader),
          reads.map(({ expiresAt }) => expiresAt),
          reads.map(({ from }) => from),
          reads.map(({ until }) => until),
        ]);
  const [row] = await found;
  if (row === undefined) throw new Error("The storage has no change counter");
  return row.value;
}
