/** The statements that both databases run, in the words that both have. */
import type { Statement } from "../../postgres/database.ts";
import { stretchMilliseconds } from "../sightings.ts";

function statement(name: string, text: string): Statement {
  return { name: `audit_${name}`, text };
}

const headColumns = `"number", "hash", "next_position" AS "nextPosition"`;
const signedColumns = `${headColumns}, "signed_at" AS "signedAt", "key_id" AS "keyId", "seen", "signature"`;
const signedNames = `("chain", "number", "hash", "next_position", "signed_at", "key_id", "seen", "signature")`;
const signedValues = "($1, $2, $3, $4, $5, $6, $7, $8)";
const signedAnew = ["hash", "next_position", "signed_at", "key_id", "seen", "signature"]
  .map((name) => `"${name}" = excluded."${name}"`)
  .join(", ");
const groupColumns = `"number", "first", "count", "committed_at" AS "committedAt", "hash", "lines"`;

export const insertGroup = statement(
  "insert_group",
  `INSERT INTO "audit_groups" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);
export const insertMoment = statement(
  "insert_moment",
  `INSERT INTO "audit_moments" ("stretch", "chain", "number") VALUES ($1, $2, $3)`,
);
export const insertSighting = statement(
  "insert_sighting",
  `INSERT INTO "audit_sightings" ("name", "stretch", "chain") VALUES ($1, $2, $3)
   ON CONFLICT DO NOTHING`,
);
export const insertUse = statement(
  "insert_use",
  `INSERT INTO "audit_uses" ("used_by", "action", "chain", "name", "noted_in")
   VALUES ($1, $2, $3, $4, $5) ON CONFLICT ("used_by", "action", "chain")
   DO UPDATE SET "noted_in" = excluded."noted_in"
   WHERE "audit_uses"."noted_in" < excluded."noted_in"`,
);

export const insertChain = statement(
  "insert_chain",
  `INSERT INTO "audit_chains" ("chain", "beat") VALUES ($1, 0) ON CONFLICT DO NOTHING`,
);
export const knownChains = statement(
  "known_chains",
  `SELECT "chain" FROM "audit_chains" ORDER BY "chain"`,
);
/** Also those that somebody took out of the list. */
export const allChains = statement(
  "all_chains",
  `SELECT "chain" FROM "audit_chains" UNION SELECT "chain" FROM "audit_groups"
   UNION SELECT "chain" FROM "audit_heads" UNION SELECT "chain" FROM "audit_checkpoints"
   ORDER BY "chain"`,
);

export const lastGroup = statement(
  "last_group",
  `SELECT "number", "hash", "first" + "count" AS "nextPosition"
   FROM "audit_groups" WHERE "chain" = $1 ORDER BY "number" DESC LIMIT 1`,
);
export const checkpointOf = statement(
  "checkpoint",
  `SELECT ${signedColumns} FROM "audit_checkpoints" WHERE "chain" = $1`,
);
export const lastSigned = statement(
  "last_signed",
  `SELECT "number" FROM "audit_heads" WHERE "chain" = $1 ORDER BY "number" DESC LIMIT 1`,
);
export const oldestGroups = statement(
  "oldest_groups",
  `SELECT "number", "hash", "first" + "count" AS "nextPosition", "committed_at" AS "committedAt",
     "from_time" AS "from", "until_time" AS "until"
   FROM "audit_groups" WHERE "chain" = $1 AND "number" > $2 ORDER BY "number" LIMIT $3`,
);
export const groupsAfter = statement(
  "groups_after",
  `SELECT ${groupColumns} FROM "audit_groups" WHERE "chain" = $1 AND "number" > $2
   ORDER BY "number" LIMIT $3`,
);
export const headsBetween = statement(
  "heads_between",
  `SELECT ${signedColumns} FROM "audit_heads" WHERE "chain" = $1 AND "number" >= $2
   AND "number" < $3 ORDER BY "number"`,
);

export const seenAfter = statement(
  "seen_after",
  `SELECT "chain", "number", "seen" FROM "audit_heads" WHERE ("chain", "number") > ($1, $2)
   ORDER BY "chain", "number" LIMIT $3`,
);

export const keepHead = statement(
  "keep_head",
  `INSERT INTO "audit_heads" ${signedNames} VALUES ${signedValues}
   ON CONFLICT ("chain", "number") DO UPDATE SET ${signedAnew}`,
);
/** Never an older one: whoever was slow to remove a chain's groups may be overtaken. */
export const keepCheckpoint = statement(
  "keep_checkpoint",
  `INSERT INTO "audit_checkpoints" ${signedNames} VALUES ${signedValues}
   ON CONFLICT ("chain") DO UPDATE SET "number" = excluded."number", ${signedAnew}
   WHERE "audit_checkpoints"."number" < excluded."number"`,
);

/** Of a chain up to a number. Before its groups, which tell up to where in time to look. */
export const retireMoments = statement(
  "retire_moments",
  `DELETE FROM "audit_moments" WHERE "chain" = $1 AND "number" <= $2 AND "stretch" <= (
     SELECT max("until_time") / ${stretchMilliseconds} FROM "audit_groups"
     WHERE "chain" = $1 AND "number" <= $2)`,
);
export const retireHeads = statement(
  "retire_heads",
  `DELETE FROM "audit_heads" WHERE "chain" = $1 AND "number" <= $2`,
);
export const retireGroups = statement(
  "retire_groups",
  `DELETE FROM "audit_groups" WHERE "chain" = $1 AND "number" <= $2`,
);
export const retireSightings = statement(
  "retire_sightings",
  `DELETE FROM "audit_sightings" WHERE "chain" = $1 AND "stretch" < $2`,
);
export const retireUses = statement(
  "retire_uses",
  `DELETE FROM "audit_uses" WHERE "chain" = $1 AND "noted_in" < $2`,
);

/** Newest stretch first: the groups of a range of time behind a place in that order. */
export const groupsBefore = statement(
  "groups_before",
  `SELECT m."stretch", m."chain", m."number", g."count", g."lines"
   FROM "audit_moments" m CROSS JOIN "audit_groups" g
   WHERE m."stretch" >= $1 AND (m."stretch", m."chain", m."number") < ($2, $3, $4)
     AND g."chain" = m."chain" AND g."number" = m."number"
   ORDER BY m."stretch" DESC, m."chain" DESC, m."number" DESC LIMIT $5`,
);
/** The same where a name was seen. CROSS JOIN keeps SQLite's loops in the order of time. */
export const sightedGroupsBefore = statement(
  "sighted_groups_before",
  `SELECT s."stretch", s."chain", m."number", g."count", g."lines"
   FROM "audit_sightings" s CROSS JOIN "audit_moments" m CROSS JOIN "audit_groups" g
   WHERE s."name" = $6 AND s."stretch" >= $1 AND s."stretch" <= $2
     AND (s."stretch", s."chain", m."number") < ($2, $3, $4)
     AND m."stretch" = s."stretch" AND m."chain" = s."chain"
     AND g."chain" = m."chain" AND g."number" = m."number"
   ORDER BY s."stretch" DESC, s."chain" DESC, m."number" DESC LIMIT $5`,
);
export const lastUses = statement(
  "last_uses",
  `SELECT u."action", (SELECT max(s."stretch") FROM "audit_sightings" s
     WHERE s."name" = u."name" AND s."stretch" <= $2) AS "stretch"
   FROM "audit_uses" u WHERE u."used_by" = $1`,
);

const readKey = `"secret", "version", "principal", "reader", "chain"`;
export const readColumns = `${readKey}, "expires_at", "first_at", "last_at"`;
/** A reader's reads are met in any order. */
export const readAgain = `ON CONFLICT (${readKey}) DO UPDATE SET
  "first_at" = CASE WHEN excluded."first_at" < "audit_reads"."first_at"
    THEN excluded."first_at" ELSE "audit_reads"."first_at" END,
  "last_at" = CASE WHEN excluded."last_at" > "audit_reads"."last_at"
    THEN excluded."last_at" ELSE "audit_reads"."last_at" END,
  "expires_at" = CASE WHEN excluded."expires_at" > "audit_reads"."expires_at"
    THEN excluded."expires_at" ELSE "audit_reads"."expires_at" END`;

export const insertRead = statement(
  "insert_read",
  `INSERT INTO "audit_reads" (${readColumns})
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ${readAgain}`,
);
/** Newest first, over all chains. */
export const readsOfSecret = statement(
  "reads_of_secret",
  `SELECT "version" AS "versionId", "principal" AS "principalArn", "reader",
     min("first_at") AS "firstReadAt", max("last_at") AS "lastReadAt",
     max("expires_at") AS "expiresAt"
   FROM "audit_reads"
   WHERE "secret" = $1 AND "last_at" >= $2 AND ("expires_at" IS NULL OR "expires_at" >= $3)
   GROUP BY "version", "principal", "reader" ORDER BY max("last_at") DESC LIMIT $4`,
);
/** The sessions of a principal that ended before then become one row. */
export const foldReads = statement(
  "fold_reads",
  `INSERT INTO "audit_reads" (${readColumns})
   SELECT "secret", "version", "principal", '', "chain", max("expires_at"), min("first_at"),
     max("last_at")
   FROM "audit_reads" WHERE "chain" = $1 AND "expires_at" < $2 AND "reader" <> ''
   GROUP BY "secret", "version", "principal", "chain" ${readAgain}`,
);
export const removeFolded = statement(
  "remove_folded_reads",
  `DELETE FROM "audit_reads" WHERE "chain" = $1 AND "expires_at" < $2 AND "reader" <> ''`,
);
export const retireReads = statement(
  "retire_reads",
  `DELETE FROM "audit_reads" WHERE "chain" = $1 AND "last_at" < $2`,
);
