/**
 * Decides a group of change lists as if each had been committed alone, one behind the other, on
 * rows that were read before: which lists hold, and what every row has become at the end.
 */
import { counterKey, type Expectation, type TableName } from "../storage.ts";
import type { WrittenChange } from "./changes.ts";

export interface ChangeList {
  readonly changes: readonly WrittenChange[];
  /** True where it was computed from rows that another node has written meanwhile. */
  readonly isOutdated?: (() => boolean) | undefined;
}

/** The change counter of the list's commit, or why the list was not committed. */
export type Outcome =
  | number
  | { readonly type: "conflict" | "stale" | "unavailable"; readonly reason: string };

export interface StoredRow {
  readonly key: string;
  readonly revision: number;
  /** Read where something is added to it. */
  readonly body?: string;
}

export interface PutRow {
  readonly key: string;
  readonly revision: number;
  readonly body: string;
  readonly sealed: Uint8Array | null;
  readonly indexes: readonly (readonly [name: string, value: string])[];
}

/** What a group does to a table. */
export interface TableWrites {
  readonly table: TableName;
  /** Every key written or deleted. */
  readonly touched: readonly string[];
  /** Those of them that were there: they may have entries in indexes, which go before `puts` come. */
  readonly replaced: readonly string[];
  readonly deletes: readonly string[];
  readonly puts: readonly PutRow[];
}

export interface Decision {
  readonly outcomes: readonly Outcome[];
  /** After the group. */
  readonly counter: number;
  readonly writes: readonly TableWrites[];
}

/** The rows of a table that a group must know, and whether it must know their bodies. */
export interface Needed {
  readonly keys: Set<string>;
  hasAdds: boolean;
}

export function neededRows(lists: readonly ChangeList[]): ReadonlyMap<TableName, Needed> {
  const tables = new Map<TableName, Needed>();
  for (const { changes } of lists) {
    for (const change of changes) {
      if (change.type === "append") continue;
      let needed = tables.get(change.table);
      if (needed === undefined) {
        needed = { keys: new Set(), hasAdds: false };
        tables.set(change.table, needed);
      }
      needed.keys.add(change.key);
      needed.hasAdds ||= change.type === "add";
    }
  }
  return tables;
}

export function decide(
  lists: readonly ChangeList[],
  counterBefore: number,
  stored: ReadonlyMap<TableName, readonly StoredRow[]>,
): Decision {
  const group = new Group(counterBefore, stored);
  const outcomes = lists.map((list) => group.commit(list));
  return { outcomes, counter: group.counter, writes: group.writes() };
}

/** A row that is to be written; null: it is to be deleted. */
type Fate = PutRow | null;
type Fates = Map<string, Fate>;

/** What had been decided of a row before a list came; undefined: nothing. */
interface Before {
  readonly fates: Fates;
  readonly key: string;
  readonly fate: Fate | undefined;
}

class Group {
  counter: number;
  readonly #stored = new Map<TableName, Map<string, StoredRow>>();
  readonly #fates = new Map<TableName, Fates>();

  constructor(counter: number, stored: ReadonlyMap<TableName, readonly StoredRow[]>) {
    this.counter = counter;
    for (const [table, rows] of stored) {
      this.#stored.set(table, new Map(rows.map((row) => [row.key, row])));
    }
  }

  commit({ changes, isOutdated }: ChangeList): Outcome {
    if (isOutdated?.()) return { type: "stale", reason: "Another node wrote what was read" };
    const before: Before[] = [];
    for (const change of changes) {
      if (!this.#isAsExpected(change)) {
        undo(before);
        return { type: "conflict", reason: `A row of ${change.table} was not as expected` };
      }
      if (change.type === "require") continue;
      const key = change.type === "append" ? counterKey(this.counter + 1) : change.key;
      const fates = this.#fatesOf(change.table);
      before.push({ fates, key, fate: fates.get(key) });
      fates.set(key, this.#fateOf(change, key));
    }
    return ++this.counter;
  }

  writes(): TableWrites[] {
    const written = [...this.#fates].filter(([, fates]) => fates.size > 0);
    return written.map(([table, fates]) => {
      const touched = [...fates.keys()];
      const stored = this.#stored.get(table);
      const replaced = touched.filter((key) => stored?.has(key));
      const deletes = replaced.filter((key) => fates.get(key) === null);
      const puts = [...fates.values()].filter((fate) => fate !== null);
      return { table, touched, replaced, deletes, puts };
    });
  }

  #fatesOf(table: TableName): Fates {
    let fates = this.#fates.get(table);
    if (fates === undefined) {
      fates = new Map();
      this.#fates.set(table, fates);
    }
    return fates;
  }

  #isAsExpected(change: WrittenChange): boolean {
    if (change.type === "append" || change.type === "add") return true;
    if (change.expect === undefined) return true;
    const found: Expectation = this.#find(change.table, change.key)?.revision ?? "absent";
    return found === change.expect;
  }

  #fateOf(change: Exclude<WrittenChange, { type: "require" }>, key: string): Fate {
    if (change.type === "delete") return null;
    const revision = this.counter + 1;
    if (change.type === "put") {
      const { body, sealed, indexes } = change;
      return { key, revision, body, sealed, indexes };
    }
    const body = change.type === "append" ? change.body : this.#sum(change);
    return { key, revision, body, sealed: null, indexes: [] };
  }

  #sum({ table, key, amount }: WrittenChange & { type: "add" }): string {
    return String(Number(this.#find(table, key)?.body ?? 0) + amount);
  }

  /** The row as it is after the changes so far. */
  #find(table: TableName, key: string): StoredRow | null | undefined {
    const fate = this.#fates.get(table)?.get(key);
    return fate === undefined ? this.#stored.get(table)?.get(key) : fate;
  }
}

/** The newest first: a list may change a row more than once. */
function undo(before: readonly Before[]): void {
  for (const { fates, key, fate } of before.toReversed()) {
    if (fate === undefined) fates.delete(key);
    else fates.set(key, fate);
  }
}
