/**
 * What every storage adapter must do, as tests: SQLite and PostgreSQL run the same ones. The
 * reference that the property test compares with is a Map, naive on purpose.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commitsConformance } from "./conformance/commits.conformance.ts";
import { NaiveStorage } from "./conformance/naive-storage.fixture.ts";
import { rangesConformance } from "./conformance/ranges.conformance.ts";
import { rowsConformance } from "./conformance/rows.conformance.ts";
import { anyStep, take } from "./conformance/steps.fixture.ts";
import type { Subject } from "./conformance/subject.fixture.ts";
import type { Storage } from "./storage.ts";

export interface OpenedStorage {
  readonly storage: Storage;
  /** Opens the same database again, after `storage` was closed. */
  reopen(): Promise<Storage>;
  /** Removes what the database left. */
  remove(): Promise<void>;
}

/** Runs the suite; `open` gives an empty database of its own to each test. */
export function storageConformance(name: string, open: () => Promise<OpenedStorage>): void {
  describe(`${name} as storage`, () => {
    let opened: OpenedStorage;
    const on = { reopen: () => opened.reopen() } as Subject;

    beforeEach(async () => {
      opened = await open();
      on.storage = opened.storage;
    });

    afterEach(async () => {
      await on.storage.close();
      await opened.remove();
    });

    rowsConformance(on);
    commitsConformance(on);
    rangesConformance(on);

    test("does what the naive reference does, whatever is asked", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 30 }), async (steps) => {
          const naive = new NaiveStorage();
          // The database outlives a run, so each run has keys and values of its own.
          const space = `${runs++}/`;
          for (const step of steps) {
            expect(await take(step, space, on.storage)).toEqual(await take(step, space, naive));
          }
        }),
        { numRuns: 100 },
      );
    });
  });
}

let runs = 0;
