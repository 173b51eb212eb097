/** Changes as a database stores them, checked: bodies as JSON text, keys that any database keeps. */
import { isStorable } from "../prefix.ts";
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

/** The changes as they are stored; a TypeError where the caller is wrong. */
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
  // A position in an index is its value and key with a NUL between them.
  for (const [, value] of indexes) assertStorable(value, "an index value");
  return { type, table, key, body, sealed: change.sealed ?? null, expect: change.expect, indexes };
}

function bodyText(body: unknown): string {
  const text = JSON.stringify(body);
  if (text === undefined) throw new TypeError("a body must be JSON");
  return text;
}

function assertStorable(text: string, what: string): void {
  if (!isStorable(text)) throw new TypeError(`${what} must be well-formed Unicode without NUL`);
}
