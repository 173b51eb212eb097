/** The evidence of a trail as an opened audit database holds it, group by group. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { SignedHead } from "../chain.ts";
import type { Evidence } from "../verify.ts";
import { lineColumns } from "./queries.ts";

const signedColumns = `"number", "hash", "next_position" AS "nextPosition",
  "signed_at" AS "signedAt", "key_id" AS "keyId", "signature"`;

interface GroupRow {
  readonly number: number;
  readonly first: number;
  readonly count: number;
  readonly committedAt: number;
  readonly hash: string;
}

/** Reads the trail as it is now, also while a vault goes on writing to it. */
export function* evidenceOf(database: DatabaseSync): Generator<Evidence> {
  database.exec("BEGIN");
  try {
    yield* trail(database);
  } finally {
    database.exec("COMMIT");
  }
}

function* trail(database: DatabaseSync): Generator<Evidence> {
  const rows = <Row>(sql: string, ...values: SQLInputValue[]) =>
    database.prepare(sql).iterate(...values) as unknown as IterableIterator<Row>;

  for (const head of rows<SignedHead>(`SELECT ${signedColumns} FROM "checkpoint"`)) {
    yield { type: "checkpoint", ...head };
  }
  const heads = rows<SignedHead>(`SELECT ${signedColumns} FROM "heads" ORDER BY "number"`);
  let head = heads.next();
  const lines = linesReader(database);
  let events = 0;
  for (const group of rows<GroupRow>(
    `SELECT "number", "first", "count", "committed_at" AS "committedAt", "hash"
     FROM "groups" ORDER BY "number"`,
  )) {
    for (; !head.done && head.value.number < group.number; head = heads.next()) {
      yield { type: "head", ...head.value };
    }
    const found = lines(group.first, group.count);
    events += found.length;
    yield { type: "group", ...group, lines: found };
  }
  for (; !head.done; head = heads.next()) yield { type: "head", ...head.value };

  const total = Number(database.prepare(`SELECT count(*) AS "n" FROM "events"`).get()?.n);
  if (total > events) yield { type: "stray", events: total - events };
}

/** Reads the lines of the events from a position on. */
function linesReader(database: DatabaseSync): (first: number, count: number) => string[] {
  const statement = database.prepare(
    `SELECT ${lineColumns} FROM "events" WHERE "position" >= ? AND "position" < ?
     ORDER BY "position"`,
  );
  statement.setReturnArrays(true);
  return (first, count) =>
    statement.all(first, first + count).map((fields) => JSON.stringify(fields));
}
