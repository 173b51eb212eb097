/**
 * A vault as a stream of snapshot records, read while it goes on serving. The rows are of one
 * moment, as a power cut would have left them. The trail is read after them: an event is durable
 * before its reply, so every change that was acknowledged by then has its event in it.
 */
import { existsSync, readFileSync } from "node:fs";
import { auditDatabasePath, auditPublicKeyPath } from "../audit/data-folder.ts";
import { type Evidence, evidenceOf } from "../audit/evidence.ts";
import { evidenceIn } from "../audit/sqlite/reading.ts";
import { ringRowKey, ringTable } from "../keys/ring/ring-row.ts";
import { openPostgresDatabase } from "../postgres/database.ts";
import { firstAccountKey, firstAccountTable } from "../principals/accounts/first-account.ts";
import { readPostgres } from "../storage/copying/raw-postgres.ts";
import type { RawDatabase } from "../storage/copying/raw-rows.ts";
import { readSqlite } from "../storage/copying/raw-sqlite.ts";
import {
  databasePath,
  holdsNoVault,
  type Place,
  placeName,
  requireVault,
  requireVaultOn,
} from "./place.ts";
import { eventsIn, type SnapshotHead, type SnapshotRecord } from "./records.ts";
import { SnapshotError } from "./snapshot-error.ts";

/** One state of a vault; `trail` may be read once, after the rows. */
export interface Source {
  readonly database: RawDatabase;
  /** As it was exported beside the database; a PostgreSQL database has none. */
  readonly auditPublicKey: string | undefined;
  trail(): AsyncIterable<Evidence>;
}

export async function readVault<Result>(
  place: Place,
  work: (source: Source) => Promise<Result>,
): Promise<Result> {
  if (place.type === "folder") return readFolder(place.directory, work);
  const database = await openPostgresDatabase(place);
  try {
    return await database.transaction(
      async (queries) => {
        await requireVaultOn(place, queries);
        return work({
          database: await readPostgres(queries),
          auditPublicKey: undefined,
          trail: () => evidenceOf(queries),
        });
      },
      { isSnapshot: true },
    );
  } finally {
    await database.close();
  }
}

async function readFolder<Result>(directory: string, work: (source: Source) => Promise<Result>) {
  requireVault(directory);
  const keyPath = auditPublicKeyPath(directory);
  return readSqlite(databasePath(directory), (database) =>
    work({
      database,
      auditPublicKey: existsSync(keyPath) ? readFileSync(keyPath, "utf8") : undefined,
      trail: () => evidenceIn(auditDatabasePath(directory)),
    }),
  );
}

/** All of a vault. Throws SnapshotError where the place holds none yet. */
export async function* recordsOf(
  place: Place,
  { database, auditPublicKey, trail }: Source,
  made: Pick<SnapshotHead, "madeAt" | "madeBy">,
): AsyncGenerator<SnapshotRecord> {
  const { schemaVersion, changeCounter, tables } = database;
  const identity = await identityOf(place, database);
  yield { type: "snapshot", ...made, ...identity, schemaVersion, changeCounter, auditPublicKey };
  let rows = 0;
  for (const table of tables) {
    for await (const row of database.rows(table)) {
      rows += 1;
      yield { type: "row", table, ...row };
    }
  }
  let events = 0;
  for await (const evidence of trail()) {
    events += eventsIn(evidence);
    yield { type: "evidence", evidence };
  }
  yield { type: "end", rows, events };
}

/** Before it the trail lay in another form, and there might be no key ring. */
const oldestVersion = 6;

async function identityOf(
  place: Place,
  { storage, tables, schemaVersion }: RawDatabase,
): Promise<Pick<SnapshotHead, "accountId" | "rootKey">> {
  if (schemaVersion < oldestVersion || !tables.includes(firstAccountTable.name)) {
    throw new SnapshotError(
      `${placeName(place)} holds no vault that can be read as it is`,
      "one that an older version left is brought up to date by a start: start it once",
    );
  }
  const account = await storage.get(firstAccountTable, firstAccountKey);
  const ring = await storage.get(ringTable, ringRowKey);
  // A start that was refused leaves no more than tables.
  if (account === undefined || ring === undefined) throw holdsNoVault(place);
  const { rootKey: fingerprint, source } = ring.body;
  return { accountId: account.body.accountId, rootKey: { fingerprint, source } };
}
