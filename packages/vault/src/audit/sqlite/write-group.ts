/** Writes a group with its notes. Only inside a transaction. */
import type { Group } from "../group.ts";
import {
  insertGroup,
  insertMoment,
  insertRead,
  insertSighting,
  insertUse,
} from "../sql/statements.ts";
import type { SqliteQueries } from "./sqlite-queries.ts";

export function writeGroup(queries: SqliteQueries, group: Group): void {
  const { chain, number, first, count, committedAt, hash, lines, notes } = group;
  const { from, until } = notes;
  queries.run(insertGroup, chain, number, first, count, committedAt, from, until, hash, lines);
  for (const stretch of notes.stretches) queries.run(insertMoment, stretch, chain, number);
  for (const { name, stretch } of notes.sightings) {
    queries.run(insertSighting, name, stretch, chain);
  }
  for (const { user, action, name, stretch } of notes.uses) {
    queries.run(insertUse, user, action, chain, name, stretch);
  }
  for (const { secret, versionId, principal, reader, expiresAt, from, until } of notes.reads) {
    queries.run(insertRead, secret, versionId, principal, reader, chain, expiresAt, from, until);
  }
}
