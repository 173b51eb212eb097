/**
 * Storage's statements, written once in the words that SQLite and PostgreSQL have in common. Each
 * names its values in order, `$1` first, and every value once.
 */
import type { TableName } from "../storage.ts";
import type { Bound, Bounds } from "./bounds.ts";

export interface SqlStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * How many rows a statement is about. SQLite is in the process and takes one; PostgreSQL is a round
 * trip away and takes arrays.
 */
export interface Arity {
  readonly isKey: string;
  rows(...types: readonly string[]): string;
}

export const oneRow: Arity = {
  isKey: `"key" = $1`,
  rows: (...types) => `VALUES (${types.map((_, at) => `$${at + 1}`).join(", ")})`,
};

export const manyRows: Arity = {
  isKey: `"key" = ANY($1)`,
  rows: (...types) =>
    `SELECT * FROM unnest(${types.map((type, at) => `$${at + 1}::${type}[]`).join(", ")})`,
};

const columns = `"key", "revision", "body", "sealed"`;

/** Of one table, by key: those that are asked for and written most, so they are made once. */
export class TableStatements {
  readonly get: SqlStatement;
  readonly revisions: SqlStatement;
  /** With the bodies, for what is added to. */
  readonly amounts: SqlStatement;
  readonly put: SqlStatement;
  readonly delete: SqlStatement;
  readonly entries: SqlStatement;
  readonly putEntry: SqlStatement;
  readonly deleteEntries: SqlStatement;

  constructor(table: TableName, { isKey, rows }: Arity) {
    const named = (name: string, text: string) => ({ name: `${name} ${table}`, text });
    const read = (columns: string) => `SELECT ${columns} FROM "${table}" WHERE ${isKey}`;
    this.get = named("get", read(columns));
    this.revisions = named("revisions", read(`"key", "revision"`));
    this.amounts = named("amounts", read(`"key", "revision", "body"`));
    this.put = named(
      "put",
      `INSERT INTO "${table}" (${columns}) ${rows("text", "bigint", "text", "bytea")}
       ON CONFLICT ("key") DO UPDATE SET "revision" = excluded."revision",
         "body" = excluded."body", "sealed" = excluded."sealed"`,
    );
    this.delete = named("delete", `DELETE FROM "${table}" WHERE ${isKey}`);
    this.entries = named("entries", `SELECT "name", "value" FROM "${table}_index" WHERE ${isKey}`);
    this.putEntry = named(
      "put entry",
      `INSERT INTO "${table}_index" ("name", "value", "key") ${rows("text", "text", "text")}`,
    );
    this.deleteEntries = named("delete entries", `DELETE FROM "${table}_index" WHERE ${isKey}`);
  }
}

/** Its values: the bounds' places, then the limit. */
export function listStatement(table: TableName, bounds: Bounds, isDescending: boolean) {
  const direction = directionOf(isDescending);
  const [condition, next] = conditionOf(bounds, `"key"`, 1);
  return {
    name: `list ${table} ${shapeOf(bounds)} ${direction}`,
    text: `SELECT ${columns} FROM "${table}" WHERE ${condition}
      ORDER BY "key" ${direction} LIMIT $${next}`,
  };
}

/** Its values: the index's name, the bounds' places, then the limit. */
export function listByIndexStatement(table: TableName, bounds: Bounds, isDescending: boolean) {
  const direction = directionOf(isDescending);
  const [condition, next] = conditionOf(bounds, `(i."value", i."key")`, 2);
  return {
    name: `index ${table} ${shapeOf(bounds)} ${direction}`,
    text: `SELECT r."key", r."revision", r."body", r."sealed", i."value"
      FROM "${table}_index" i JOIN "${table}" r ON r."key" = i."key"
      WHERE i."name" = $1 AND ${condition}
      ORDER BY i."value" ${direction}, i."key" ${direction} LIMIT $${next}`,
  };
}

/** Its values: the bounds' places. */
export function countStatement(table: TableName, bounds: Bounds) {
  const [condition] = conditionOf(bounds, `"key"`, 1);
  return {
    name: `count ${table} ${shapeOf(bounds)}`,
    text: `SELECT count(*) AS "count" FROM "${table}" WHERE ${condition}`,
  };
}

/** In the order in which the statements name them. */
export function valuesOf({ from, to }: Bounds): string[] {
  return [...from.place, ...(to?.place ?? [])];
}

/** The condition, and the number of the value behind its own. */
function conditionOf(
  { from, to }: Bounds,
  place: string,
  first: number,
): [condition: string, next: number] {
  let next = first;
  const compared = (bound: Bound) => {
    const numbers = bound.place.map(() => `$${next++}`).join(", ");
    return `${place} ${bound.operator} ${bound.place.length > 1 ? `(${numbers})` : numbers}`;
  };
  const condition = [from, ...(to === undefined ? [] : [to])].map(compared).join(" AND ");
  return [condition, next];
}

function shapeOf({ from, to }: Bounds): string {
  return `${from.operator}${to?.operator ?? ""}`;
}

function directionOf(isDescending: boolean): string {
  return isDescending ? "DESC" : "ASC";
}
