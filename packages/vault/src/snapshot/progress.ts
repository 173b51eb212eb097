/** How far a stream of records is, told now and then, and at its end. */
import { eventsIn, type SnapshotRecord } from "./records.ts";

export interface Progress {
  readonly rows: number;
  readonly events: number;
}

/** Waited for. What it throws ends the work, and nothing was changed. */
export type OnProgress = (progress: Progress) => void | Promise<void>;

const everyMilliseconds = 100;

export async function* progressing(
  records: AsyncIterable<SnapshotRecord>,
  onProgress: OnProgress,
): AsyncGenerator<SnapshotRecord> {
  let rows = 0;
  let events = 0;
  let toldAt = 0;
  for await (const record of records) {
    if (record.type === "row") rows += 1;
    else if (record.type === "evidence") events += eventsIn(record.evidence);
    const now = performance.now();
    if (now - toldAt >= everyMilliseconds) {
      toldAt = now;
      await onProgress({ rows, events });
    }
    yield record;
  }
  await onProgress({ rows, events });
}
