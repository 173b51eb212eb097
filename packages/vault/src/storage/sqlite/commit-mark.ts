/**
 * How far an embedded database has come, in a small file beside it. A database that comes back
 * without commits that were acknowledged, because its write-ahead log was lost or cut or an older
 * copy lies in its place, is recognised by it: SQLite by itself would serve it as if all were well.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { makePrivateFile } from "../../private-file.ts";

const digits = 16;

export class CommitMark {
  readonly #path: string;
  readonly #file: number;

  constructor(path: string) {
    this.#path = makePrivateFile(path);
    this.#file = openSync(path, "r+");
  }

  /** Why a database whose last commit has this number is not to be served; undefined if it is. */
  refusal(last: number): string | undefined {
    const reached = Number(readFileSync(this.#path, "latin1"));
    if (!(last < reached)) return undefined;
    return (
      `The database has lost acknowledged commits: its last one is ${last}, and ${reached} was acknowledged. ` +
      `Put its newest files in place, the one that ends in -wal too; or restore a backup; ` +
      `to go on without what is lost, remove ${this.#path}`
    );
  }

  /**
   * After the commit and before it is acknowledged. It is never synced: after a power cut it says
   * less than was committed, which refuses nothing.
   */
  set(last: number): void {
    try {
      writeSync(this.#file, `${String(last).padStart(digits, "0")}\n`, 0, "latin1");
    } catch {
      // The commit is durable, whatever can be written now.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}
