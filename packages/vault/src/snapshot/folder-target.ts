/**
 * A data folder that gets a vault's rows and trail. Both databases are made beside their names and
 * then named, the audit log's last. While there is one under its first name no vault starts on the
 * folder, so a restore that is cut short leaves nothing that does.
 */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { auditDatabasePath, auditPublicKeyPath } from "../audit/data-folder.ts";
import { copyToSqlite } from "../audit/sqlite/copying.ts";
import { makePrivateFile, writePrivateFile } from "../private-file.ts";
import { draftSqlite, type SqliteDraft } from "../storage/copying/raw-sqlite.ts";
import { draftPath, takeDataFolder } from "../storage/sqlite/data-folder.ts";
import { fill, type History } from "./fill.ts";
import type { SnapshotHead, SnapshotRecord } from "./records.ts";
import { SnapshotError } from "./snapshot-error.ts";

export async function fillFolder(
  directory: string,
  records: AsyncIterable<SnapshotRecord>,
  history: History,
): Promise<SnapshotHead> {
  const folder = takeDataFolder(directory);
  const paths = { rows: folder.databasePath, trail: auditDatabasePath(directory) };
  try {
    takeBackNames(directory, paths);
    requireEmpty(directory, paths.rows);
    return await fillEmpty(directory, paths, records, history);
  } finally {
    // Taking the folder made an empty database, which is none.
    if (statSync(paths.rows).size === 0) rmSync(paths.rows);
    folder.release();
  }
}

interface Paths {
  readonly rows: string;
  readonly trail: string;
}

/**
 * Takes a folder back to where no name was given yet, if a restore was killed between the two: only
 * then is there a draft of the trail and none of the rows. What a vault has served is left alone.
 */
function takeBackNames(directory: string, paths: Paths): void {
  const isServed = served.some((name) => existsSync(join(directory, name)));
  if (isServed || !existsSync(draftPath(paths.trail))) return;
  if (!existsSync(draftPath(paths.rows))) {
    renameSync(paths.rows, draftPath(paths.rows));
    makePrivateFile(paths.rows);
  } else if (statSync(paths.rows).size > 0) return;
  rmSync(auditPublicKeyPath(directory), { force: true });
}

async function fillEmpty(
  directory: string,
  paths: Paths,
  records: AsyncIterable<SnapshotRecord>,
  history: History,
): Promise<SnapshotHead> {
  const drafts = { rows: draftPath(paths.rows), trail: draftPath(paths.trail) };
  try {
    removeDrafts(Object.values(drafts));
    makePrivateFile(drafts.rows);
    const head = await draft(drafts, records, history);
    const publicKeyPath = auditPublicKeyPath(directory);
    writePrivateFile(publicKeyPath, head.auditPublicKey ?? "");
    renameSync(drafts.rows, paths.rows);
    renameSync(drafts.trail, paths.trail);
    // The vault exports its public key at its next start.
    if (head.auditPublicKey === undefined) rmSync(publicKeyPath);
    makeDurable(directory);
    return head;
  } finally {
    removeDrafts(Object.values(drafts));
  }
}

function removeDrafts(paths: readonly string[]): void {
  for (const path of paths) {
    for (const name of [path, `${path}-journal`]) rmSync(name, { force: true });
  }
}

async function draft(
  paths: Paths,
  records: AsyncIterable<SnapshotRecord>,
  history: History,
): Promise<SnapshotHead> {
  let rows: SqliteDraft | undefined;
  try {
    const head = await fill(records, history, {
      async beginRows({ schemaVersion }) {
        rows = draftSqlite(paths.rows, schemaVersion);
        return rows;
      },
      takeTrail: (evidence) => copyToSqlite(paths.trail, evidence),
    });
    rows?.finish();
    return head;
  } finally {
    rows?.close();
  }
}

/** Also of a vault whose databases were removed: SQLite takes a log for that of the file beside it. */
const served = ["vault.db-wal", "vault.db-mark", "audit.db", "audit.db-wal"] as const;
const others = [...served, "audit-public-key.pem"] as const;

/** Root key and root credentials may be there already: a snapshot has neither. */
function requireEmpty(directory: string, database: string): void {
  const found = [
    ...(statSync(database).size > 0 ? ["vault.db"] : []),
    ...others.filter((name) => existsSync(join(directory, name))),
  ];
  if (found.length === 0) return;
  throw new SnapshotError(
    `${directory} is not empty: it holds ${found.join(", ")}`,
    "give a folder that holds no vault; nothing was changed",
  );
}

function makeDurable(directory: string): void {
  // Windows opens no folders; its file systems keep a journal of their own.
  if (process.platform === "win32") return;
  const folder = openSync(directory, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
