/** How changes travel to the writer thread: bodies as the JSON text that is stored. */
import type { Change, Expectation, TableName } from "../storage.ts";

export type WrittenChange =
  | {
      readonly type: "put";
      readonly table: TableName;
      readonly key: string;
      readonly body: string;
      readonly sealed: Uint8Array | null;
      readonly expect: Expectation | undefined;
      readonly indexes: readonly (readonly [name: string, value: string])[];
    }
  | {
      readonly type: "delete";
      readonly table: TableName;
      readonly key: string;
      readonly expect: number | undefined;
    }
  | {
      readonly type: "require";
      readonly table: TableName;
      readonly key: string;
      readonly expect: Expectation;
    }
  | { readonly type: "append"; readonly table: TableName; readonly body: string }
  | {
      readonly type: "add";
      readonly table: TableName;
      readonly key: string;
      readonly amount: number;
    };

/** The change counter of the list's commit, or why the list was not committed. */
export type Outcome =
  | number
  | { readonly type: "conflict" | "unavailable"; readonly reason: string };

/** The changes as the writer thread wants them; a TypeError where the caller is wrong. */
export function written(changes: readonly Change[]): readonly WrittenChange[] {
  const appended = changes.flatMap(({ type, table }) => (type === "append" ? table.name : []));
  if (new Set(appended).size < appended.length) {
    throw new TypeError("a commit appends one row to a table at most");
  }
  return changes.map(writtenChange);
}

function writtenChange(change: Change): WrittenChange {
  const { type } = change;
  const table = change.table.name;
  if (type === "append") return { type, table, body: bodyText(change.body) };
  const { key } = change;
  assertStorable(key, "a key");
  if (type === "add") return { type, table, key, amount: change.amount };
  if (type === "require") return { type, table, key, expect: change.expect };
  if (type === "delete") return { type, table, key, expect: change.expect };
  const body = bodyText(change.body);
  const indexes = Object.entries(change.indexes ?? {});
  for (const [, value] of indexes) {
    assertStorable(value, "an index value");
    // A position in an index is its value and key with a NUL between them.
    if (value.includes("\0")) throw new TypeError("an index value must hold no NUL");
  }
  return { type, table, key, body, sealed: change.sealed ?? null, expect: change.expect, indexes };
}

function bodyText(body: unknown): string {
  const text = JSON.stringify(body);
  if (text === undefined) throw new TypeError("a body must be JSON");
  return text;
}

/** A lone surrogate has no UTF-8 and would silently become another key. */
function assertStorable(text: string, what: string): void {
  if (!text.isWellFormed()) throw new TypeError(`${what} must be well-formed Unicode`);
}
