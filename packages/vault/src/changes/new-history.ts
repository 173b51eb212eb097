/**
 * Where a vault goes on from a backup, a history has ended that its readers may have followed
 * further than the backup did. The change counter leaps over all that they can have seen, and the
 * history begins anew behind that: so every one of them is told to read anew what it holds, and
 * none takes a new change for one that it knows.
 */
import { counterKey } from "../storage/storage.ts";
import { type CommittedEntries, changesTable } from "./entry.ts";
import { horizonKey, horizonTable } from "./history.ts";

export interface NewHistory {
  readonly changeCounter: number;
  /** What a commit of that counter would have written: that nothing before it can be told. */
  readonly rows: readonly {
    readonly table: string;
    readonly key: string;
    readonly body: object;
  }[];
}

/** `now` is in milliseconds since the epoch. */
export function newHistory(lastCounter: number, now: number): NewHistory {
  // No vault commits a million times a second: no history that ended before now came this far.
  const counter = Math.max(lastCounter + 1, now * 1000);
  const first: CommittedEntries = { time: now, entries: [] };
  return {
    changeCounter: counter,
    rows: [
      { table: changesTable.name, key: counterKey(counter), body: first },
      { table: horizonTable.name, key: horizonKey, body: { counter } },
    ],
  };
}
