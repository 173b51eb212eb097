/** The evidence of a trail as an opened audit database holds it, group by group. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { SignedHead } from "../chain.ts";
import { type Fields, lineFrom } from "../line.ts";
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
  const lines = linesReader(database);
  let events = 0;
  let signed = Number.MIN_SAFE_INTEGER;
  for (const group of rows<GroupRow>(
    `SELECT "number", "first", "count", "committed_at" AS "committedAt", "hash"
     FROM "groups" ORDER BY "number"`,
  )) {
    yield* heads(signed, group.number);
    signed = group.number;
    const found = lines(group.first, group.count);
    events += found.length;
    yield { type: "group", ...group, lines: found };
  }
  yield* heads(signed, Number.MAX_SAFE_INTEGER);

  const total = Number(database.prepare(`SELECT count(*) AS "n" FROM "events"`).get()?.n);
  if (total > events) yield { type: "stray", events: total - events };

  /** The heads signed for the groups from one number to before another. */
  function* heads(from: number, before: number): Generator<Evidence> {
    const found = rows<SignedHead>(
      `SELECT ${signedColumns} FROM "heads" WHERE "number" >= ? AND "number" < ?
       ORDER BY "number"`,
      from,
      before,
    );
    for (const head of found) yield { type: "head", ...head };
  }
}

/** Reads the lines of the events from a position on. */
function linesReader(database: DatabaseSync): (first: number, count: number) => string[] {
  const statement = database.prepare(
    `SELECT ${lineColumns(database)} FROM "events" WHERE "position" >= ? AND "position" < ?
     ORDER BY "position"`,
  );
  return (first, count) =>
    statement.all(first, first + count).map((row) => lineFrom(Object.values(row) as Fields));
}
