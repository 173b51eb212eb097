/**
 * A snapshot in a file of mode 0600: written beside its name, and there under it only once it is
 * whole and durable; read in bounded memory, and only believed where every byte is as it was.
 */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { PartWriter, readParts } from "./parts.ts";
import {
  encoded,
  eventsIn,
  packed,
  type SnapshotEnd,
  type SnapshotHead,
  type SnapshotRecord,
  unpacked,
} from "./records.ts";
import { SnapshotError } from "./snapshot-error.ts";

export interface SnapshotSummary extends SnapshotHead, SnapshotEnd {
  /** Over all of the file. Kept elsewhere it shows whether the file is still the same. */
  readonly sha256: string;
}

const packBytes = 1024 * 1024;

export async function writeSnapshot(
  path: string,
  records: AsyncIterable<SnapshotRecord>,
): Promise<SnapshotSummary> {
  const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
  const file = await open(draft, "wx", 0o600);
  try {
    const summary = await writeAll(await PartWriter.begin(file), records);
    await file.sync();
    await rename(draft, path);
    await makeDurable(dirname(path));
    return summary;
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
}

async function writeAll(
  parts: PartWriter,
  records: AsyncIterable<SnapshotRecord>,
): Promise<SnapshotSummary> {
  const summary = new Summing();
  let pack: Buffer[] = [];
  let bytes = 0;
  const flush = async () => {
    await parts.add(await packed(pack));
    pack = [];
    bytes = 0;
  };
  for await (const record of records) {
    summary.take(record);
    const text = encoded(record);
    pack.push(text);
    bytes += text.length;
    if (bytes >= packBytes) await flush();
  }
  if (bytes > 0) await flush();
  return summary.of(await parts.end());
}

/** A new name survives a power cut only once its folder is on the disk too. */
async function makeDurable(directory: string): Promise<void> {
  // Windows opens no folders; its file systems keep a journal of their own.
  if (process.platform === "win32") return;
  const folder = await open(directory);
  await folder.sync().finally(() => folder.close());
}

/**
 * The records of a file. What came before a damaged part is given out before the damage is found,
 * so nothing counts before the last record. Throws SnapshotError.
 */
export async function* readSnapshot(
  path: string,
  onWhole: (summary: SnapshotSummary) => void = () => {},
): AsyncGenerator<SnapshotRecord> {
  const summary = new Summing();
  for await (const { bytes, hash } of readParts(path)) {
    if (bytes.length === 0) return onWhole(summary.of(hash));
    for await (const record of unpacked(bytes)) {
      summary.take(record);
      yield record;
    }
  }
}

/** Reads all of a file and keeps nothing. Throws SnapshotError unless it is whole. */
export async function checkSnapshot(path: string): Promise<SnapshotSummary> {
  let whole: SnapshotSummary | undefined;
  const records = readSnapshot(path, (summary) => {
    whole = summary;
  });
  for await (const _ of records);
  return whole as SnapshotSummary;
}

/** Counts what passes, and holds it against what the end says. */
class Summing {
  #head: SnapshotHead | undefined;
  #end: SnapshotEnd | undefined;
  #rows = 0;
  #events = 0;

  take(record: SnapshotRecord): void {
    const { type } = record;
    if (type === "row") this.#rows += 1;
    else if (type === "evidence") this.#events += eventsIn(record.evidence);
    else if (type === "snapshot") {
      const { type: _, ...head } = record;
      this.#head = head;
    } else this.#end = record;
  }

  of(sha256: string): SnapshotSummary {
    const isCounted = this.#end?.rows === this.#rows && this.#end.events === this.#events;
    if (this.#head === undefined || !isCounted) {
      throw new SnapshotError("the snapshot is not whole", "use another backup");
    }
    return { ...this.#head, rows: this.#rows, events: this.#events, sha256 };
  }
}
