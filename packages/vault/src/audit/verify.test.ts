import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Signer } from "./chain.ts";
import { newEvent, newFolder, newSigner, session } from "./events.fixture.ts";
import { evidenceOf } from "./sqlite/evidence.ts";
import { openSqliteAuditLog } from "./sqlite-audit-log.ts";
import { type Evidence, type Verification, verifyTrail } from "./verify.ts";

const signer = newSigner("key-1");
const trusted = (keyId: string) => (keyId === "key-1" ? signer.publicKey : undefined);

describe("verifyTrail", () => {
  let directory: string;
  let database: DatabaseSync;

  beforeAll(async () => {
    directory = newFolder();
    let now = 1_700_000_000_000;
    const options = { directory, clock: { now: () => now++ }, signer, retentionDays: 1 };
    const log = await openSqliteAuditLog(options);
    await log.append(newEvent());
    now += 86_400_000;
    const event = () =>
      newEvent({
        identity: session,
        resources: ["arn:one", "arn:two"],
        responseElements: { a: 1 },
        errorCode: "Code",
        errorMessage: "message",
      });
    for (let group = 0; group < 4; group++) {
      await Promise.all([log.append(event()), log.append(event()), log.append(newEvent())]);
      // Heads are signed after the second and, by close, after the last group.
      if (group === 1) await log.maintain();
    }
    await log.close();
    database = new DatabaseSync(join(directory, "audit.db"));
    database.exec("PRAGMA foreign_keys = OFF");
  });

  afterAll(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });

  beforeEach(() => database.exec("SAVEPOINT untampered"));
  afterEach(() => database.exec("ROLLBACK TO untampered; RELEASE untampered"));

  /** `evidenceOf` reads in a transaction of its own; here the tampering is in one already. */
  function verify(): Verification {
    const open = { exec: () => {}, prepare: (sql: string) => database.prepare(sql) };
    return verifyTrail(evidenceOf(open as unknown as DatabaseSync), trusted);
  }

  test("finds an untouched trail whole", () => {
    expect(verify()).toMatchObject({
      broken: undefined,
      events: 12,
      signedUpTo: 5,
      head: { number: 5 },
    });
  });

  test("reads a bundle of JSON lines as it reads the database", () => {
    const open = { exec: () => {}, prepare: (sql: string) => database.prepare(sql) };
    const bundle = [...evidenceOf(open as unknown as DatabaseSync)]
      .map((record) => JSON.stringify(record))
      .join("\n");
    const records = bundle.split("\n").map((line) => JSON.parse(line) as Evidence);
    expect(verifyTrail(records, trusted)).toEqual(verify());
    const missing = records.filter((record) => record.type !== "group" || record.number !== 3);
    expect(verifyTrail(missing, trusted).broken?.group).toBe(3);
  });

  const tables = ["events", "groups", "heads", "checkpoint", "words"];
  // How long a word is kept is housekeeping, and `only` can't be changed.
  const free = new Set(["words.used_in", "checkpoint.only"]);

  test.each(tables)("notices a change of any column of any row of %s", (table) => {
    const names = database.prepare(`SELECT * FROM "${table}"`).columns();
    let changed = 0;
    for (const { name } of names) {
      if (free.has(`${table}.${name}`)) continue;
      for (const row of database.prepare(`SELECT rowid AS "row_id", * FROM "${table}"`).all()) {
        for (const value of tamperedValues(row[name])) {
          database.exec("SAVEPOINT tampering");
          // What the schema itself refuses (a second row of a number) can't be tampered with.
          const { changes } = database
            .prepare(`UPDATE OR IGNORE "${table}" SET "${name}" = ? WHERE rowid = ?`)
            .run(value, row.row_id as number);
          if (changes === 1) {
            expect(verify().broken, `${table}.${name} ${row.row_id} = ${value}`).toBeDefined();
            changed++;
          }
          database.exec("ROLLBACK TO tampering; RELEASE tampering");
        }
      }
    }
    expect(changed).toBeGreaterThan(names.length);
    expect(verify().broken).toBeUndefined();
  });

  test("names the first group that is not whole", () => {
    database.exec(`UPDATE "events" SET "count" = 99 WHERE "position" IN (6, 9)`);
    expect(verify().broken).toEqual({
      group: 3,
      reason: "its events are not those that were hashed",
    });
  });

  const damages: [what: string, sql: string, group: number][] = [
    ["an event that was dropped", `DELETE FROM "events" WHERE "position" = 6`, 3],
    ["the last event dropped", `DELETE FROM "events" WHERE "position" = 13`, 5],
    [
      "events that changed places",
      `UPDATE "events" SET "position" = -6 WHERE "position" = 6;
       UPDATE "events" SET "position" = 6 WHERE "position" = 7;
       UPDATE "events" SET "position" = 7 WHERE "position" = -6`,
      3,
    ],
    ["an event that was added behind", insertEvent(14), 6],
    ["an event that was added before", insertEvent(-1), 6],
    ["a group that was dropped", `DELETE FROM "groups" WHERE "number" = 3`, 3],
    [
      "a group and its events dropped",
      `DELETE FROM "groups" WHERE "number" = 3; DELETE FROM "events" WHERE "position" IN (5,6,7)`,
      3,
    ],
    [
      "the signed end cut off",
      `DELETE FROM "groups" WHERE "number" = 5; DELETE FROM "events" WHERE "position" > 10`,
      5,
    ],
    ["the checkpoint dropped", `DELETE FROM "checkpoint"`, 1],
    [
      "a word that is gone where there was none",
      `UPDATE "events" SET "error_code" = 999999 WHERE "error_code" IS NULL`,
      2,
    ],
  ];

  test.each(damages)("notices %s", (_, sql, group) => {
    database.exec(sql);
    expect(verify().broken?.group).toBe(group);
  });

  test("notices a chain that was computed anew, by its signatures", async () => {
    const forged = newFolder();
    const forger: Signer = { ...newSigner("key-2"), keyId: "key-1" };
    const clock = { now: () => 1_700_000_000_000 };
    const options = { directory: forged, clock, signer: forger, retentionDays: 1 };
    const log = await openSqliteAuditLog(options);
    await log.append(newEvent());
    await log.close();
    const forgery = new DatabaseSync(join(forged, "audit.db"));
    expect(verifyTrail(evidenceOf(forgery), trusted).broken).toEqual({
      group: 1,
      reason: "the signature of its head is not genuine",
    });
    expect(verifyTrail(evidenceOf(forgery), () => undefined).broken?.reason).toContain(
      "unknown key key-1",
    );
    forgery.exec(`DELETE FROM "heads"`);
    expect(verifyTrail(evidenceOf(forgery), trusted)).toMatchObject({
      broken: undefined,
      signedUpTo: 0,
    });
    forgery.close();
    rmSync(forged, { recursive: true });
  });

  test("takes no head for a checkpoint", () => {
    database.exec(`DELETE FROM "checkpoint";
      INSERT INTO "checkpoint" SELECT 1, * FROM "heads" WHERE "number" = 3;
      DELETE FROM "groups" WHERE "number" <= 3; DELETE FROM "heads" WHERE "number" <= 3;
      DELETE FROM "events" WHERE "position" < 8`);
    expect(verify().broken).toEqual({
      group: 3,
      reason: "the signature of its checkpoint is not genuine",
    });
  });
});

function insertEvent(position: number): string {
  return `CREATE TEMP TABLE "copy" AS SELECT * FROM "events" WHERE "position" = 6;
    UPDATE "copy" SET "position" = ${position};
    INSERT INTO "events" SELECT * FROM "copy";
    DROP TABLE "copy"`;
}

function tamperedValues(value: unknown): (string | number)[] {
  if (value === null) return [1];
  if (typeof value === "number") return [value + 1, value === 0 ? -1 : 0, 12_345_678];
  const text = String(value);
  return [`${text} `, `${text.slice(0, -1)}#`, ""];
}
