/**
 * Finds events newest first. A query looks at a bounded number of rows, so that no search stalls
 * the vault: a page may hold fewer events than asked for and still have a next one, which
 * CloudTrail's clients know to follow.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { ApiError } from "../../errors.ts";
import type { AuditAttribute, AuditPage, AuditQuery } from "../event.ts";
import { timeOfEventId } from "../event-id.ts";
import { type ColumnName, columns, eventOf, type Fields } from "../line.ts";
import { arnPatternOf } from "../resource-type.ts";
import { stretchMilliseconds, stretchOf, writeSighted } from "./sightings.ts";

const rowsLookedAtMax = 10_000;

/** The columns of an event's row as the fields of its line; those that the database has. */
export function lineColumns(database: DatabaseSync): string {
  const there = database.prepare(`SELECT "name" FROM pragma_table_info('events')`).all();
  return columns
    .filter(({ name }) => there.some((column) => column.name === name))
    .map(({ name, holds }) =>
      // A number that names no word stays a number, so that a damaged row never looks like another.
      holds === "word"
        ? `coalesce((SELECT "word" FROM "words" WHERE "id" = "${name}"), "${name}") AS "${name}"`
        : `"${name}"`,
    )
    .join(", ");
}

/** Where the rows are looked for, and what else must hold of them. */
interface Plan {
  readonly scope: number;
  /** What must have been seen in the same stretch of time; undefined to look at everything. */
  readonly sighted: number | undefined;
  readonly filter: string;
  readonly filterValue: SQLInputValue;
  /** The only time at which there can be such an event. */
  readonly at?: number;
}

/** Where a row stands in the order of a query. */
type Place = readonly [time: number, position: number];

export class AuditQueries {
  readonly #database: DatabaseSync;
  readonly #lineColumns: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#lineColumns = lineColumns(database);
  }

  /** When the oldest group that is kept was committed; undefined while there is none. */
  oldestCommittedAt(): number | undefined {
    const oldest = `SELECT "committed_at" AS "at" FROM "groups" ORDER BY "number" LIMIT 1`;
    return this.#prepare(oldest).get()?.at as number | undefined;
  }

  page(query: AuditQuery): AuditPage {
    const plan = this.#plan(query);
    if (plan === undefined) return { events: [], next: undefined };
    const rows = this.#find(plan, query);
    const events = rows.slice(0, query.limit).map(([, ...fields]) => eventOf(fields as Fields));
    const last = rows.length > query.limit ? placeOf(rows[query.limit - 1]) : undefined;
    const next = last ?? this.#lastLookedAt(plan, query);
    return { events, next: next?.join(".") };
  }

  #plan({ accountId, region, attribute }: AuditQuery): Plan | undefined {
    const scope = this.#wordId(`${accountId}/${region}`);
    if (scope === undefined) return undefined;
    if (attribute === undefined) {
      return { scope, sighted: undefined, filter: "1", filterValue: 1 };
    }
    const { key, value } = attribute;
    if (key === "EventId") {
      const at = timeOfEventId(value);
      if (at === undefined) return undefined;
      return { scope, sighted: undefined, filter: `"event_id"`, filterValue: value, at };
    }
    if (key === "ReadOnly") {
      if (value !== "true" && value !== "false") return undefined;
      const [sighted, isReadOnly] = value === "true" ? [undefined, 1] : [writeSighted, 0];
      return { scope, sighted, filter: `"is_read_only"`, filterValue: isReadOnly };
    }
    if (key === "ResourceType") {
      const pattern = arnPatternOf(value);
      if (pattern === undefined) return undefined;
      const matches = `(SELECT "word" GLOB '${pattern}' FROM "words" WHERE "id" = "resource")`;
      return { scope, sighted: undefined, filter: matches, filterValue: 1 };
    }
    const word = this.#wordId(key === "EventSource" ? serviceOf(value) : value);
    if (word === undefined) return undefined;
    return { scope, sighted: word, filter: `"${wordColumns[key]}"`, filterValue: word };
  }

  #find(plan: Plan, query: AuditQuery): unknown[][] {
    return this.#prepare(
      `SELECT "position", ${this.#lineColumns} FROM (${lookedAt(plan)} LIMIT ${rowsLookedAtMax})
       WHERE ${plan.filter} = ? LIMIT ?`,
    )
      .all(...bounds(plan, query), plan.filterValue, query.limit + 1)
      .map((row) => Object.values(row));
  }

  /** Where the search stopped because it had looked at enough rows; undefined if at the end. */
  #lastLookedAt(plan: Plan, query: AuditQuery): Place | undefined {
    const row = this.#prepare(
      `SELECT "position", "time" FROM (${lookedAt(plan)} LIMIT 1 OFFSET ${rowsLookedAtMax - 1})`,
    ).get(...bounds(plan, query));
    return placeOf(row && Object.values(row));
  }

  #wordId(word: string): number | undefined {
    const row = this.#prepare(`SELECT "id" FROM "words" WHERE "word" = ?`).get(word);
    return row?.id as number | undefined;
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

const wordColumns = {
  EventName: "operation",
  EventSource: "service",
  Username: "username",
  ResourceName: "resource",
  AccessKeyId: "access_key_id",
} as const satisfies Partial<Record<AuditAttribute, ColumnName>>;

/** Newest first. The parameters are those of `bounds`. */
function lookedAt({ sighted }: Plan): string {
  const order = `"time" DESC, "position" DESC`;
  if (sighted === undefined) {
    return `SELECT * FROM "events"
      WHERE "scope" = ? AND "time" >= ? AND "time" <= ? AND ("time", "position") < (?, ?)
      ORDER BY ${order}`;
  }
  // CROSS JOIN keeps the order of the loops: stretch by stretch, which is the order of time.
  const [start, end] = [`"stretch" * ${stretchMilliseconds}`, stretchMilliseconds - 1];
  return `SELECT e.* FROM "sightings" s CROSS JOIN "events" e
    WHERE s."scope" = ? AND s."word" = ? AND "stretch" BETWEEN ? AND ?
      AND e."scope" = s."scope" AND "time" BETWEEN max(${start}, ?) AND min(${start} + ${end}, ?)
      AND ("time", "position") < (?, ?)
    ORDER BY "stretch" DESC, ${order}`;
}

function bounds({ scope, sighted, at }: Plan, query: AuditQuery): SQLInputValue[] {
  const place: Place =
    query.before === undefined
      ? [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
      : placeFrom(query.before);
  const from = Math.max(query.from ?? 0, at ?? 0);
  const until = Math.min(query.until ?? place[0], place[0], at ?? place[0]);
  return sighted === undefined
    ? [scope, from, until, ...place]
    : [scope, sighted, stretchOf(from), stretchOf(until), from, until, ...place];
}

/** "kms" of "kms.amazonaws.com"; what no service is called for anything else. */
function serviceOf(eventSource: string): string {
  const domain = ".amazonaws.com";
  return eventSource.endsWith(domain) ? eventSource.slice(0, -domain.length) : " ";
}

function placeOf(row: unknown[] | undefined): Place | undefined {
  return row === undefined ? undefined : [row[1] as number, row[0] as number];
}

function placeFrom(text: string): Place {
  const parts = /^(\d{1,15})\.(\d{1,15})$/.exec(text);
  if (parts === null) {
    throw new ApiError(
      "InvalidNextTokenException",
      "A token that is not valid, or a token that was previously used in a request with " +
        "different parameters.",
    );
  }
  return [Number(parts[1]), Number(parts[2])];
}
