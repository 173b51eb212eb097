/** Brings snapshot records into an empty database; throws where their end is missing. */
import { newHistory } from "../changes/new-history.ts";
import { domainTables } from "../storage/copying/domain-tables.ts";
import type { RawRow, RawWriter } from "../storage/copying/raw-rows.ts";
import { migrations } from "../storage/migrations/migrations.ts";
import type { SnapshotHead, SnapshotRecord } from "./records.ts";
import { SnapshotError } from "./snapshot-error.ts";
import type { TrailWriter } from "./trail.ts";

/**
 * Whether the vault goes on as the same one, which moves, or begins a history of its own behind
 * one that it may not know the end of.
 */
export type History = "same" | { readonly beginsAt: number };

/** Where a snapshot's records go. Whoever opened it makes all of it durable together, afterwards. */
export interface Target {
  begin(head: SnapshotHead): Promise<RawWriter>;
  beginTrail(): Promise<TrailWriter>;
}

const rowsPerBatch = 200;

export async function fill(
  records: AsyncIterable<SnapshotRecord>,
  history: History,
  target: Target,
): Promise<SnapshotHead> {
  let filling: Filling | undefined;
  for await (const record of records) {
    if (record.type === "snapshot") {
      requireKnown(record.schemaVersion);
      filling = new Filling(record, await target.begin(record), await target.beginTrail());
    } else {
      await filling?.take(record);
    }
  }
  if (filling === undefined) throw notWhole();
  await filling.finish(history);
  return filling.head;
}

class Filling {
  readonly head: SnapshotHead;
  readonly #rows: RawWriter;
  readonly #trail: TrailWriter;
  readonly #known = new Set(domainTables());
  #table = "";
  #batch: RawRow[] = [];
  #isWhole = false;

  constructor(head: SnapshotHead, rows: RawWriter, trail: TrailWriter) {
    this.head = head;
    this.#rows = rows;
    this.#trail = trail;
  }

  async take(record: Exclude<SnapshotRecord, { readonly type: "snapshot" }>): Promise<void> {
    if (record.type === "row") await this.#takeRow(record);
    else if (record.type === "evidence") await this.#trail.add(record);
    else this.#isWhole = true;
  }

  async finish(history: History): Promise<void> {
    if (!this.#isWhole) throw notWhole();
    await this.#flush();
    const { changeCounter } = this.head;
    if (history === "same") {
      await this.#rows.setChangeCounter(changeCounter);
    } else {
      const begun = newHistory(changeCounter, history.beginsAt);
      await this.#rows.setChangeCounter(begun.changeCounter);
      for (const { table, key, body } of begun.rows) {
        await this.#rows.replace(table, {
          key,
          revision: begun.changeCounter,
          body: JSON.stringify(body),
          sealed: null,
          indexes: [],
        });
      }
    }
  }

  async #takeRow({ type: _, table, ...row }: SnapshotRecord & { type: "row" }): Promise<void> {
    // The name goes into SQL.
    if (!this.#known.has(table)) {
      throw new SnapshotError(`the snapshot has an unknown table`, "take another backup");
    }
    if (table !== this.#table || this.#batch.length >= rowsPerBatch) await this.#flush();
    this.#table = table;
    this.#batch.push(row);
  }

  async #flush(): Promise<void> {
    if (this.#batch.length > 0) await this.#rows.insert(this.#table, this.#batch);
    this.#batch = [];
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
  return new SnapshotError("the snapshot is not whole", "take another backup");
}
