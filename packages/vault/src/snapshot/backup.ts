/** `claviger backup`: a snapshot of a vault in one file, made while the vault serves. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { systemClock } from "../clock.ts";
import type { Place } from "./place.ts";
import { type OnProgress, progressing } from "./progress.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { type SnapshotSummary, writeSnapshot } from "./snapshot-file.ts";
import { readVault, recordsOf } from "./source.ts";

export interface BackupOptions {
  /** The version of this program. */
  readonly madeBy: string;
  readonly onProgress: OnProgress;
}

/** Throws SnapshotError where there is no vault, or the file is there already: none is replaced. */
export async function backUp(
  place: Place,
  path: string,
  { madeBy, onProgress }: BackupOptions,
): Promise<SnapshotSummary> {
  const folder = dirname(path);
  if (!existsSync(folder)) throw new SnapshotError(`there is no folder ${folder}`, "make it first");
  if (existsSync(path)) throw new SnapshotError(`${path} is there already`, "name a new file");
  return readVault(place, (source) => {
    const records = recordsOf(place, source, { madeAt: systemClock.now(), madeBy });
    return writeSnapshot(path, progressing(records, onProgress));
  });
}
