/** Where a vault lies: a data folder of the embedded database, or a PostgreSQL database. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigurationError } from "../configuration/configuration-error.ts";
import type { Configuration } from "../configuration.ts";
import { DatabaseSettingError, parseDatabaseSetting } from "../database-setting.ts";
import type { Queries } from "../postgres/database.ts";
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
  if (sizeOf(databasePath(directory)) === 0) throw holdsNoVault({ type: "folder", directory });
}

export function holdsNoVault(place: Place): SnapshotError {
  const what = place.type === "folder" ? "--data folder" : "database";
  return new SnapshotError(`${placeName(place)} holds no vault`, `give the ${what} of a vault`);
}

function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch (cause) {
    throw new SnapshotError(`${path} can't be read`, "run this as the user whose vault it is", {
      cause,
    });
  }
}

/** The same of a database, where no vault has made its tables. */
export async function requireVaultOn(place: Place, queries: Queries): Promise<void> {
  const [found] = await queries.all<{ readonly exists: boolean }>({
    name: "find vault",
    text: `SELECT to_regclass('schema_version') IS NOT NULL
      AND to_regclass('audit_chains') IS NOT NULL AS "exists"`,
  });
  if (!found?.exists) throw holdsNoVault(place);
}
