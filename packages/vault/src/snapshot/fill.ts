/** Brings snapshot records into an empty database; throws where their end is missing. */
import type { Evidence } from "../audit/evidence.ts";
import { newHistory } from "../changes/new-history.ts";
import { domainTables } from "../storage/copying/domain-tables.ts";
import type { RawRow, RawWriter } from "../storage/copying/raw-rows.ts";
import { migrations } from "../storage/migrations/migrations.ts";
import type { SnapshotHead, SnapshotRecord } from "./records.ts";
import { SnapshotError } from "./snapshot-error.ts";

/**
 * Whether the vault goes on as the same one, which moves, or begins a history of its own behind
 * one that it may not know the end of.
 */
export type History = "same" | { readonly beginsAt: number };

/** Where a snapshot's records go. Whoever made it makes all of it durable together, afterwards. */
export interface Target {
  beginRows(head: SnapshotHead): Promise<RawWriter>;
  /** Reads all of the evidence. */
  takeTrail(evidence: AsyncIterable<Evidence>): Promise<void>;
}

const rowsPerBatch = 200;

export async function fill(
  records: AsyncIterable<SnapshotRecord>,
  history: History,
  target: Target,
): Promise<SnapshotHead> {
  const arriving = new Arriving(records);
  try {
    return await fillFrom(arriving, history, target);
  } finally {
    await arriving.leave();
  }
}

async function fillFrom(
  arriving: Arriving,
  history: History,
  target: Target,
): Promise<SnapshotHead> {
  const head = await arriving.next("snapshot");
  if (head === undefined) throw notWhole();
  requireKnown(head.schemaVersion);
  const writer = await target.beginRows(head);
  await fillRows(arriving, writer);
  await target.takeTrail(arriving.evidence());
  if ((await arriving.next("end")) === undefined) throw notWhole();
  await settleHistory(writer, head, history);
  // Whoever gives the records finds at their very end whether they were whole.
  await arriving.nothingMore();
  return head;
}

async function fillRows(arriving: Arriving, writer: RawWriter): Promise<void> {
  const known = new Set(domainTables());
  let table = "";
  let batch: RawRow[] = [];
  const flush = async () => {
    if (batch.length > 0) await writer.insert(table, batch);
    batch = [];
  };
  for (;;) {
    const row = await arriving.next("row");
    if (row?.table !== table || batch.length >= rowsPerBatch) await flush();
    if (row === undefined) return;
    // The name goes into SQL.
    if (!known.has(row.table)) throw unknownTable();
    table = row.table;
    batch.push(row);
  }
}

async function settleHistory(
  writer: RawWriter,
  { changeCounter }: SnapshotHead,
  history: History,
): Promise<void> {
  if (history === "same") return writer.setChangeCounter(changeCounter);
  const { changeCounter: revision, rows } = newHistory(changeCounter, history.beginsAt);
  await writer.setChangeCounter(revision);
  for (const { table, key, body } of rows) {
    const row = { key, revision, body: JSON.stringify(body), sealed: null, indexes: [] };
    await writer.replace(table, row);
  }
}

/** Records in the order in which a snapshot has them. */
class Arriving {
  readonly #iterator: AsyncIterator<SnapshotRecord>;
  #peeked: IteratorResult<SnapshotRecord> | undefined;

  constructor(records: AsyncIterable<SnapshotRecord>) {
    this.#iterator = records[Symbol.asyncIterator]();
  }

  /** undefined if the next one is of another type, and stays the next, or there is none. */
  async next<Type extends SnapshotRecord["type"]>(
    type: Type,
  ): Promise<(SnapshotRecord & { readonly type: Type }) | undefined> {
    this.#peeked ??= await this.#iterator.next();
    const { done, value } = this.#peeked;
    if (done === true || value.type !== type) return undefined;
    this.#peeked = undefined;
    return value as SnapshotRecord & { readonly type: Type };
  }

  async *evidence(): AsyncGenerator<Evidence> {
    for (;;) {
      const record = await this.next("evidence");
      if (record === undefined) return;
      yield record.evidence;
    }
  }

  async nothingMore(): Promise<void> {
    const { done } = this.#peeked ?? (await this.#iterator.next());
    if (done !== true) throw notWhole();
  }

  /** Whoever gives the records then closes what it reads them from. */
  async leave(): Promise<void> {
    await this.#iterator.return?.();
  }
}

function requireKnown(schemaVersion: number): void {
  const newest = migrations.at(-1)?.version ?? 0;
  if (schemaVersion <= newest) return;
  throw new SnapshotError(
    `the snapshot has schema version ${schemaVersion} and this program knows ${newest}`,
    "it was made by a newer Claviger: use that one",
  );
}

function notWhole(): SnapshotError {
  return new SnapshotError("the snapshot is not whole", "use another backup");
}

function unknownTable(): SnapshotError {
  return new SnapshotError("the snapshot has a table that no vault has", "use another backup");
}
