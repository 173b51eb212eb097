/**
 * `claviger restore` and `claviger migrate`: a vault that begins again from a snapshot, and one
 * that moves to another database as it is. Either way the place must be empty, and is left so
 * unless all of the vault arrives.
 */
import { systemClock } from "../clock.ts";
import { takeDataFolder } from "../storage/sqlite/data-folder.ts";
import type { History } from "./fill.ts";
import { fillFolder } from "./folder-target.ts";
import { type Place, requireVault } from "./place.ts";
import { fillPostgres } from "./postgres-target.ts";
import { type OnProgress, progressing } from "./progress.ts";
import type { SnapshotHead, SnapshotRecord } from "./records.ts";
import { requireUnserved } from "./served.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { checkSnapshot, readSnapshot, type SnapshotSummary } from "./snapshot-file.ts";
import { readVault, recordsOf } from "./source.ts";

/** Throws SnapshotError for a damaged file before anything is written. */
export async function restore(
  path: string,
  place: Place,
  onProgress: OnProgress,
): Promise<SnapshotSummary> {
  const summary = await checkSnapshot(path);
  await fillPlace(place, progressing(unchanged(path, summary), onProgress), {
    beginsAt: systemClock.now(),
  });
  return summary;
}

/** The records of the file that was checked, or SnapshotError instead of its last one. */
async function* unchanged(path: string, { sha256 }: SnapshotSummary) {
  let last: SnapshotRecord | undefined;
  let isSame = false;
  const records = readSnapshot(path, (summary) => {
    isSame = summary.sha256 === sha256;
  });
  for await (const record of records) {
    if (last !== undefined) yield last;
    last = record;
  }
  if (!isSame) throw new SnapshotError(`${path} was changed meanwhile`, "restore it once more");
  if (last !== undefined) yield last;
}

export interface MoveOptions {
  readonly madeBy: string;
  /** Of a PostgreSQL database with nodes that seem to live: their last writes may not come along. */
  readonly isServedAnyway: boolean;
  readonly onProgress: OnProgress;
}

/** The source stays as it is. Throws SnapshotError where a vault serves it. */
export async function move(from: Place, to: Place, options: MoveOptions): Promise<SnapshotHead> {
  const { madeBy, isServedAnyway, onProgress } = options;
  const made = { madeAt: systemClock.now(), madeBy };
  return unserved(from, isServedAnyway, () =>
    readVault(from, (source) =>
      fillPlace(to, progressing(recordsOf(from, source, made), onProgress), "same"),
    ),
  );
}

async function unserved<Result>(
  place: Place,
  isServedAnyway: boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  if (place.type === "postgres") {
    if (!isServedAnyway) await requireUnserved(place);
    return work();
  }
  requireVault(place.directory);
  const folder = takeDataFolder(place.directory);
  return work().finally(() => folder.release());
}

function fillPlace(
  place: Place,
  records: AsyncIterable<SnapshotRecord>,
  history: History,
): Promise<SnapshotHead> {
  return place.type === "folder"
    ? fillFolder(place.directory, records, history)
    : fillPostgres(place, records, history);
}
