/** A database file that was changed by something else than SQLite: found, told, and not served. */
import type { DatabaseSync } from "node:sqlite";
import { Unavailable } from "../storage.ts";

/** All pages of it are looked at within a second; of larger files `claviger verify` does. */
const bytesCheckedMax = 512 * 1024 * 1024;

/** Throws Unavailable where the structure of the file, as far as it is looked at, is not whole. */
export function refuseDamage(database: DatabaseSync): void {
  const size = database.prepare("SELECT * FROM pragma_page_count, pragma_page_size").get();
  if (Number(size?.page_count) * Number(size?.page_size) > bytesCheckedMax) return;
  const found = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (found !== "ok") {
    throw new Unavailable(
      `The database is damaged (${String(found).replaceAll("\n", " ")}): restore a backup of it`,
    );
  }
}

/** What an error of SQLite says of the file; undefined where it says nothing of it. */
export function damageIn(error: unknown): string | undefined {
  const { message = "", cause } = error as Partial<Error>;
  if (/malformed|not a database/.test(message)) return `The database is damaged: ${message}`;
  return cause === undefined ? undefined : damageIn(cause);
}
