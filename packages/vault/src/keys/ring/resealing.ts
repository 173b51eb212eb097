/**
 * Seals every row anew under the ring's newest generation while the vault goes on serving, then
 * drops the older ones. Nothing of its progress is stored: each row says its generation, so a
 * killed process begins again and finds what is left.
 */
import { type Row, retryOnConflict, type Storage } from "../../storage/storage.ts";
import type { KeyRing } from "./key-ring.ts";
import { ringRowKey } from "./ring-row.ts";
import type { SealedRows } from "./sealed-rows.ts";

/** The rows of a page are committed side by side: the database's writer makes one group of them. */
const pageRows = 100;

export interface ResealingProgress {
  readonly totalRows: number;
  readonly resealedRows: number;
}

export class Resealing {
  readonly #ring: KeyRing;
  readonly #storage: Storage;
  readonly #sealedRows: readonly SealedRows[];
  #progress: ResealingProgress = { totalRows: 0, resealedRows: 0 };
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(ring: KeyRing, sealedRows: readonly SealedRows[]) {
    this.#ring = ring;
    this.#storage = ring.storage;
    this.#sealedRows = sealedRows;
  }

  /** Of the last run, or the one under way. */
  get progress(): ResealingProgress {
    return this.#progress;
  }

  /** Resolves when all is sealed under one generation; at once where it is. One run at a time. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Stops between two pages; the next start goes on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running?.catch(() => {});
  }

  async #run(): Promise<void> {
    if (!this.#ring.hasOlderGenerations) return;
    this.#progress = { totalRows: await this.#count(), resealedRows: 0 };
    for (;;) {
      const { generation } = this.#ring;
      const resealed = await this.#pass();
      if (this.#isClosed) return;
      // The pass that finds nothing to do proves that the pass before it left nothing.
      if (resealed === 0) return this.#ring.dropOlderThan(generation);
    }
  }

  async #count(): Promise<number> {
    const counts = this.#sealedRows.map(({ table }) => this.#storage.count(table, ""));
    const rows = (await Promise.all(counts)).reduce((sum, each) => sum + each, 0);
    // The ring's own row lies among the sealed keys.
    return rows - 1;
  }

  /** How many rows it found under an older generation, or that it was stopped (0). */
  async #pass(): Promise<number> {
    let seen = 0;
    let resealed = 0;
    for (const rows of this.#sealedRows) {
      let after: string | undefined;
      for (;;) {
        if (this.#isClosed) return 0;
        const page = await this.#storage.list(rows.table, { prefix: "", after, limit: pageRows });
        const old = page.filter((row) => this.#isOld(row));
        await Promise.all(old.map(({ key }) => this.#reseal(rows, key)));
        resealed += old.length;
        seen += page.filter(({ key }) => key !== ringRowKey).length;
        this.#report(seen);
        after = page.at(-1)?.key;
        if (page.length < pageRows) break;
      }
    }
    return resealed;
  }

  #report(seen: number): void {
    const { totalRows, resealedRows } = this.#progress;
    // Rows come and go meanwhile, and a second pass sees them all again.
    this.#progress = {
      totalRows: Math.max(totalRows, seen),
      resealedRows: Math.max(resealedRows, seen),
    };
  }

  #isOld({ key, sealed }: Row<unknown>): boolean {
    return key !== ringRowKey && sealed !== undefined && !this.#ring.isCurrent(sealed);
  }

  /** Writes the row as it is; the ring's storage seals it anew. */
  #reseal({ table }: SealedRows, key: string): Promise<void> {
    return retryOnConflict(async () => {
      const row = await this.#storage.get(table, key);
      if (row === undefined || !this.#isOld(row)) return;
      const { body, sealed, revision: expect } = row;
      await this.#storage.commit([{ type: "put", table, key, body, sealed, expect }]);
    });
  }
}
