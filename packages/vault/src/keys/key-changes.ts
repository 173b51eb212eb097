/** How a key changes: read as it is now, checked against its state, written if nobody was quicker. */
import type { Clock } from "../clock.ts";
import { type Change, type Row, retryOnConflict, type Storage } from "../storage/storage.ts";
import { keyNotFound } from "./key-errors.ts";
import { isGone, type KeyRecord, keyRow, keyTable, putKey } from "./key-record.ts";
import { requireState, type StatefulOperation } from "./key-states.ts";

export interface KeyChange {
  readonly record: KeyRecord;
  /** What changes in the same commit. */
  readonly also?: readonly Change[];
}

export class KeyChanges {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** The key as it is now. Throws NotFoundException where it is gone. */
  async latest(located: KeyRecord): Promise<Row<KeyRecord>> {
    const row = await this.#storage.get(keyTable, keyRow(located, located.keyId));
    if (row === undefined || isGone(row.body, this.#clock.now())) throw keyNotFound(located.arn);
    return row;
  }

  /** The key as `change` made it. `operation` names the states that refuse it; none for any. */
  apply(
    located: KeyRecord,
    operation: StatefulOperation | undefined,
    change: (latest: KeyRecord, now: number) => KeyChange | Promise<KeyChange>,
  ): Promise<KeyRecord> {
    return retryOnConflict(async () => {
      const row = await this.latest(located);
      if (operation !== undefined) requireState(operation, row.body);
      const { record, also = [] } = await change(row.body, this.#clock.now());
      if (record === row.body && also.length === 0) return record;
      await this.#storage.commit([putKey(record, row.revision), ...also]);
      return record;
    });
  }
}
