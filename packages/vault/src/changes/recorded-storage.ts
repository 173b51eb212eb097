/**
 * A storage that keeps with each commit what it does to secrets and parameters, told by their rows
 * before and after. So no write can be forgotten, none is told of that did not happen, and the
 * domain knows nothing of the feed.
 */
import type { Clock } from "../clock.ts";
import { parameterTable, scopeOfKey } from "../parameters/records.ts";
import { secretTable, versionTable } from "../secrets/records.ts";
import type { Change, Delete, Put, Storage, Table } from "../storage/storage.ts";
import { appendEntries, type ChangeEntry } from "./entry.ts";
import { parameterChange } from "./parameter-change.ts";
import { type NewVersions, secretChange } from "./secret-change.ts";

/** For the domains of secrets and parameters: nobody else's commits say anything to the feed. */
export function recordChanges(storage: Storage, clock: Clock): Storage {
  return {
    get: (table, key) => storage.get(table, key),
    getMany: (table, keys) => storage.getMany(table, keys),
    list: (table, range) => storage.list(table, range),
    listByIndex: (table, index, range) => storage.listByIndex(table, index, range),
    count: (table, prefix) => storage.count(table, prefix),
    watch: (table, listener) => storage.watch(table, listener),
    close: () => storage.close(),
    async commit(changes) {
      const entries = await entriesOf(storage, changes, clock.now());
      if (entries.length === 0) return storage.commit(changes);
      return storage.commit([...changes, appendEntries(clock.now(), entries)]);
    },
  };
}

/**
 * The rows before are those that the domain has just read, so they are in memory. Where one is not
 * what the commit expects, the commit fails, and what was told of it with it.
 */
async function entriesOf(
  storage: Storage,
  changes: readonly Change[],
  now: number,
): Promise<readonly ChangeEntry[]> {
  const told = changes.filter(isTold);
  if (told.length === 0) return [];
  const made = newVersions(changes);
  const entries = await Promise.all(told.map((change) => entryOf(storage, change, made, now)));
  return entries.filter((entry) => entry !== undefined);
}

function isTold(change: Change): change is Put | Delete {
  const { type, table } = change;
  const isWrite = type === "put" || type === "delete";
  return isWrite && (table.name === secretTable.name || table.name === parameterTable.name);
}

async function entryOf(
  storage: Storage,
  change: Put | Delete,
  made: NewVersions,
  now: number,
): Promise<ChangeEntry | undefined> {
  const { key } = change;
  if (change.table.name === secretTable.name) {
    const before = await storage.get(secretTable, key);
    return secretChange(before?.body, bodyAfter(secretTable, change), made, now);
  }
  const before = await storage.get(parameterTable, key);
  const after = bodyAfter(parameterTable, change);
  return parameterChange(scopeOfKey(key), before?.body, after, now);
}

/** The change is of this table's row: its body has the table's type. */
function bodyAfter<Body>(_table: Table<Body>, change: Put | Delete): Body | undefined {
  return change.type === "put" ? (change.body as Body) : undefined;
}

/** A version's key ends in its id; one that is sealed anew was there before. */
function newVersions(changes: readonly Change[]): NewVersions {
  return new Set(
    changes.flatMap((change) => {
      const isMade = change.type === "put" && change.expect === "absent";
      if (!isMade || change.table.name !== versionTable.name) return [];
      return change.key.slice(change.key.lastIndexOf(":") + 1);
    }),
  );
}
