import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAuditLog } from "../audit-log.ts";
import { newEvent, newFolder, newSigner } from "../events.fixture.ts";
import { verifyTrail } from "../verify.ts";
import { evidenceIn } from "./reading.ts";
import { openSqliteAuditStore } from "./sqlite-store.ts";

/** As the program of version 3 wrote it: 42 groups, the first of which retention has removed. */
const fixture = new URL("../../../tests/upgrades/audit-v3.db", import.meta.url);
const lastHash = "8c58a7963799cfb1afc72e987d38cc9e82122ddfd01b24d0acbe9c2b6385858a";
const signer = newSigner("key-1");
const now = 1_700_086_430_000;

let directory: string;
let path: string;

beforeEach(() => {
  directory = newFolder();
  path = join(directory, "audit.db");
  copyFileSync(fixture, path);
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = async () =>
  openAuditLog(await openSqliteAuditStore(directory), {
    clock: { now: () => now },
    signer,
    retentionDays: 1,
  });
const verify = () => verifyTrail(evidenceIn(path), () => signer.publicKey);

test("a trail of rows is carried over as it was hashed and signed, and goes on", async () => {
  await expect(verify()).rejects.toThrow("start the vault once");
  const log = await open();
  const end = { number: 42, hash: lastHash, nextPosition: 123 };
  expect(await verify()).toMatchObject({
    broken: undefined,
    events: 121,
    chains: [{ name: "embedded", signedUpTo: 42, head: end }],
  });

  const all = { accountId: "123456789012", region: "us-east-1", limit: 50 };
  const attribute = { key: "EventName", value: "Decrypt" } as const;
  const { events } = await log.query({ ...all, attribute });
  expect(events).toHaveLength(40);
  expect(events[0]).toMatchObject({
    resources: ["arn:aws:kms:us-east-1:123456789012:key/1", "arn:two"],
    responseElements: { a: 1 },
  });
  const elsewhere = await log.query({ ...all, region: "eu-west-1" });
  expect(elsewhere.events[0]).toMatchObject({
    errorMessage: "User: x\n\0 🔑",
    encodedAuthorizationMessage: "AbC_-",
  });
  const query = { accountId: "123456789012", userId: "AROAEXAMPLEREADER", until: now };
  expect(await log.lastUses(query)).toMatchObject([{ service: "kms", operation: "Decrypt" }]);

  await log.append(newEvent());
  await log.close();
  expect(await verify()).toMatchObject({ broken: undefined, events: 122 });
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  expect(tables.every(({ name }) => /^(audit_|probe)/.test(String(name)))).toBe(true);
  database.close();
});

test("what could not be carried over is left where it was, and carried over later", async () => {
  const database = new DatabaseSync(path);
  database.exec(`CREATE TRIGGER "full" BEFORE DELETE ON "groups" WHEN old."number" = 20
    BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
  await expect(open()).rejects.toThrow("disk full");
  await expect(verify()).rejects.toThrow("schema version 4");
  expect(database.prepare(`SELECT count(*) AS "n" FROM "events"`).get()).toEqual({ n: 121 });
  database.exec(`DROP TRIGGER "full"`);
  database.close();
  await (await open()).close();
  expect(await verify()).toMatchObject({ broken: undefined, events: 121 });
});

test("a row that somebody changed is as broken after it as before", async () => {
  const database = new DatabaseSync(path);
  database.exec(`UPDATE "events" SET "count" = 99 WHERE "position" = 7`);
  database.exec(`UPDATE "events" SET "identity" = 999999 WHERE "position" = 50`);
  database.close();
  await (await open()).close();
  expect((await verify()).broken).toEqual({
    chain: "embedded",
    group: 4,
    reason: "its events are not those that were hashed",
  });
});

test("what is older still, without encoded messages and uses, is carried over too", async () => {
  const database = new DatabaseSync(path);
  database.exec(`
    DELETE FROM "groups" WHERE "number" > 2; DELETE FROM "heads";
    DELETE FROM "events" WHERE "position" > 2;
    ALTER TABLE "events" DROP COLUMN "encoded_authorization_message";
    DROP TABLE "uses";
    PRAGMA user_version = 1;
  `);
  database.close();
  await (await open()).close();
  expect(await verify()).toMatchObject({ broken: undefined, events: 1 });
});
