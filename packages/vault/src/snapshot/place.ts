/** Where a vault lies: a data folder of the embedded database, or a PostgreSQL database. */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Configuration, ConfigurationError } from "../configuration.ts";
import { DatabaseSettingError, parseDatabaseSetting } from "../database-setting.ts";
import { SnapshotError } from "./snapshot-error.ts";

export type Place =
  | { readonly type: "folder"; readonly directory: string }
  | { readonly type: "postgres"; readonly url: string };

/** Reads `DIR` or `postgres://…`. Throws ConfigurationError for a database that it may not be. */
export function parsePlace(text: string, isInsecure: boolean): Place {
  if (!/^postgres(?:ql)?:/.test(text)) return { type: "folder", directory: resolve(text) };
  try {
    return { type: "postgres", url: parseDatabaseSetting(text, isInsecure).url };
  } catch (error) {
    if (!(error instanceof DatabaseSettingError)) throw error;
    throw new ConfigurationError(error.message, error.hint);
  }
}

/** Where the configured vault keeps everything. */
export function placeOf({
  database,
  dataDirectory,
}: Pick<Configuration, "database" | "dataDirectory">): Place {
  if (database !== undefined) return { type: "postgres", url: database.url };
  return { type: "folder", directory: dataDirectory };
}

/** For messages: a database without its password. */
export function placeName(place: Place): string {
  if (place.type === "folder") return place.directory;
  const { host, pathname } = new URL(place.url);
  return `postgres://${host}${pathname}`;
}

export function databasePath(directory: string): string {
  return join(directory, "vault.db");
}

/** Throws SnapshotError for a folder without a vault, which reading would otherwise make. */
export function requireVault(directory: string): void {
  const path = databasePath(directory);
  if (existsSync(path) && statSync(path).size > 0) return;
  throw new SnapshotError(`${directory} holds no vault`, "give the --data folder of a vault");
}
