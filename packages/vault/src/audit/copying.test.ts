import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Postgres, startPostgres } from "../../../../tools/harness/postgres.ts";
import { openPostgresDatabase, type PostgresDatabase } from "../postgres/database.ts";
import { openPostgresStorage } from "../storage/postgres/postgres-storage.ts";
import { type AuditLogOptions, openAuditLog } from "./audit-log.ts";
import type { AuditEvent } from "./event.ts";
import { newEvent, newFolder, newSigner } from "./events.fixture.ts";
import type { Evidence } from "./evidence.ts";
import { type FieldName, type Fields, lineOf, places } from "./line.ts";
import { copyToPostgres, prepareTrail } from "./postgres/copying.ts";
import { openPostgresAuditStore } from "./postgres/postgres-store.ts";
import { readingPostgres } from "./postgres/reading.ts";
import { copyToSqlite } from "./sqlite/copying.ts";
import { evidenceIn } from "./sqlite/reading.ts";
import { openSqliteAuditStore } from "./sqlite/sqlite-store.ts";
import type { AuditStore } from "./store.ts";
import { verifyTrail } from "./verify.ts";

const signer = newSigner("key-1");
const trusted = () => signer.publicKey;
const options: AuditLogOptions = {
  clock: { now: () => 1_700_000_000_000 },
  signer,
  retentionDays: 1,
};

let server: Postgres;
let database: PostgresDatabase;
const folders: string[] = [];

beforeAll(async () => {
  server = await startPostgres({ isFast: true });
  database = await openPostgresDatabase({ url: await server.newDatabase() });
  await (await openPostgresStorage({ database })).close();
});
afterAll(async () => {
  await database.close();
  await server.stop();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newPlace(): string {
  const folder = newFolder();
  folders.push(folder);
  return folder;
}

/** Appends an event and returns all there are of its name, newest first. */
async function appended(store: AuditStore): Promise<readonly AuditEvent[]> {
  const log = await openAuditLog(store, options);
  await log.append(newEvent());
  const attribute = { key: "EventName", value: "GetSecretValue" } as const;
  const query = { accountId: "123456789012", region: "us-east-1", limit: 50, attribute };
  const { events } = await log.query(query);
  const [secretArn = ""] = newEvent().resources;
  // Who read what is no evidence: it is noted anew from the events.
  expect(await log.secretReads({ secretArn, since: 0, limit: 10 })).toMatchObject([
    { firstReadAt: events.at(-1)?.time, lastReadAt: events[0]?.time },
  ]);
  await log.close();
  return events;
}

test("a trail goes from one kind of database to the other and back, and goes on in each", async () => {
  const here = newPlace();
  expect(await appended(await openSqliteAuditStore(here))).toHaveLength(1);

  await prepareTrail(database);
  await database.transaction((session) =>
    copyToPostgres(session, evidenceIn(join(here, "audit.db"))),
  );
  expect(await appended(await openPostgresAuditStore(database))).toHaveLength(2);

  const back = join(newPlace(), "audit.db");
  await readingPostgres(database, (evidence) => copyToSqlite(back, evidence));
  expect(await appended(await openSqliteAuditStore(join(back, "..")))).toHaveLength(3);

  const { broken, chains } = await verifyTrail(evidenceIn(back), trusted);
  expect(broken).toBeUndefined();
  expect(chains.map(({ name, events, signedUpTo }) => [name, events, signedUpTo])).toEqual([
    ["embedded", 2, 2],
    ["node-1", 1, 1],
  ]);
  // Each has signed where the other was, so the copy of one alone is noticed.
  const records = await Array.fromAsync(evidenceIn(back));
  const second = records.findIndex(
    (record) => record.type === "chain" && record.name !== "embedded",
  );
  expect((await verifyTrail(records.slice(0, second), trusted)).broken).toMatchObject({
    chain: "node-1",
    group: 1,
  });
  expect((await verifyTrail(records.slice(second), trusted)).broken).toMatchObject({
    chain: "embedded",
    group: 1,
  });
});

test("a trail is not written over another", async () => {
  const here = newPlace();
  await appended(await openSqliteAuditStore(here));
  const path = join(here, "audit.db");
  const other = newPlace();
  await appended(await openSqliteAuditStore(other));
  await expect(copyToSqlite(path, evidenceIn(join(other, "audit.db")))).rejects.toThrow(
    "There is an audit trail already",
  );
});

test("a trail that somebody damaged is copied with the damage, which is found there as here", async () => {
  const here = newPlace();
  await appended(await openSqliteAuditStore(here));
  const path = join(here, "audit.db");
  const records = await Array.fromAsync(evidenceIn(path));
  for (const line of [
    "5",
    "[null]",
    "[]",
    `["x"]`,
    "no JSON",
    withField("identity", JSON.stringify(["x"])),
    withField("identity", "5"),
    withField("version_id", "\0"),
    withField("time", 1.5),
    withField("access_key_id", 5),
  ]) {
    const damaged = records.map((record) =>
      record.type === "group" ? { ...record, lines: [line] } : record,
    );
    const there = await openPostgresDatabase({ url: await server.newDatabase() });
    await (await openPostgresStorage({ database: there })).close();
    await prepareTrail(there);
    await there.transaction((session) => copyToPostgres(session, asynchronous(damaged)));
    const copy = await readingPostgres(there, (evidence) => verifyTrail(evidence, trusted));
    expect(copy.broken).toMatchObject({ chain: "embedded", group: 1 });
    await there.close();
  }
});

function withField(name: FieldName, value: string | number): string {
  return JSON.stringify((JSON.parse(lineOf(newEvent())) as Fields).with(places[name], value));
}

async function* asynchronous(records: readonly Evidence[]): AsyncGenerator<Evidence> {
  yield* records;
}
