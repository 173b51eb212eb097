/**
 * Finds events newest first. A query looks at a bounded number of rows, so that no search stalls
 * the vault: a page may hold fewer events than asked for and still have a next one, which
 * CloudTrail's clients know to follow.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { ApiError } from "../../errors.ts";
import type { AuditAttribute, AuditPage, AuditQuery } from "../event.ts";
import { type ColumnName, columns, eventOf, type Fields } from "../line.ts";
import { arnPatternOf } from "../resource-type.ts";

const rowsLookedAtMax = 10_000;

/** The columns of an event's row as the fields of its line. */
export const lineColumns = columns
  .map(({ name, holds }) =>
    // A number that names no word stays a number, so that a damaged row never looks like another.
    holds === "word"
      ? `coalesce((SELECT "word" FROM "words" WHERE "id" = "${name}"), "${name}") AS "${name}"`
      : `"${name}"`,
  )
  .join(", ");

/** Where the rows are looked for, by an index, and what else must hold of them. */
interface Plan {
  readonly indexed: ColumnName;
  readonly value: SQLInputValue;
  readonly filter: string;
  readonly filterValue: SQLInputValue;
}

/** Where a row stands in the order of a query. */
type Place = readonly [time: number, position: number];

export class AuditQueries {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
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
    if (attribute === undefined) return byScope(scope, "1", 1);
    const indexed = indexedColumns[attribute.key];
    if (indexed === "event_id") {
      return { indexed, value: attribute.value, filter: `"scope"`, filterValue: scope };
    }
    if (indexed !== undefined) {
      const value = this.#wordId(attribute.value);
      return value === undefined
        ? undefined
        : { indexed, value, filter: `"scope"`, filterValue: scope };
    }
    return this.#unindexedPlan(scope, attribute.key, attribute.value);
  }

  #unindexedPlan(scope: number, key: AuditAttribute, value: string): Plan | undefined {
    if (key === "ReadOnly") {
      const isReadOnly = { true: 1, false: 0 }[value];
      return isReadOnly === undefined ? undefined : byScope(scope, `"is_read_only"`, isReadOnly);
    }
    if (key === "EventSource") {
      const service = this.#wordId(value.replace(/\.amazonaws\.com$/, ""));
      if (service === undefined || !value.endsWith(".amazonaws.com")) return undefined;
      return byScope(scope, `"service"`, service);
    }
    const pattern = arnPatternOf(value);
    if (pattern === undefined) return undefined;
    const matches = `(SELECT "word" GLOB '${pattern}' FROM "words" WHERE "id" = "resource")`;
    return byScope(scope, matches, 1);
  }

  #find(plan: Plan, query: AuditQuery): unknown[][] {
    return this.#prepare(
      `SELECT "position", ${lineColumns} FROM (${lookedAt(plan)} LIMIT ${rowsLookedAtMax})
       WHERE ${plan.filter} = ? LIMIT ?`,
    ).all(...bounds(plan, query), plan.filterValue, query.limit + 1) as unknown as unknown[][];
  }

  /** Where the search stopped because it had looked at enough rows; undefined if at the end. */
  #lastLookedAt(plan: Plan, query: AuditQuery): Place | undefined {
    const row = this.#prepare(
      `SELECT "position", "time" FROM (${lookedAt(plan)} LIMIT 1 OFFSET ${rowsLookedAtMax - 1})`,
    ).get(...bounds(plan, query)) as unknown[] | undefined;
    return placeOf(row);
  }

  #wordId(word: string): number | undefined {
    const row = this.#prepare(`SELECT "id" FROM "words" WHERE "word" = ?`).get(word);
    return (row as [number] | undefined)?.[0];
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

const indexedColumns: Readonly<Partial<Record<AuditAttribute, ColumnName>>> = {
  EventId: "event_id",
  EventName: "operation",
  Username: "username",
  ResourceName: "resource",
  AccessKeyId: "access_key_id",
};

function byScope(scope: number, filter: string, filterValue: SQLInputValue): Plan {
  return { indexed: "scope", value: scope, filter, filterValue };
}

function lookedAt(plan: Plan): string {
  return `SELECT * FROM "events"
    WHERE "${plan.indexed}" = ? AND "time" >= ? AND "time" <= ? AND ("time", "position") < (?, ?)
    ORDER BY "time" DESC, "position" DESC`;
}

function bounds(plan: Plan, { from, until, before }: AuditQuery): SQLInputValue[] {
  const end: Place =
    before === undefined ? [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] : placeFrom(before);
  return [plan.value, from ?? 0, Math.min(until ?? end[0], end[0]), ...end];
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
