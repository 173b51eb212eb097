import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAuditLog } from "./audit-log.ts";
import type { Signer } from "./chain.ts";
import { newEvent, newFolder, newSigner, session } from "./events.fixture.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import { packLines, splitLines, unpackLines } from "./packed-lines.ts";
import { SqliteQueries } from "./sqlite/sqlite-queries.ts";
import { openSqliteAuditStore } from "./sqlite/sqlite-store.ts";
import { verifyTrail } from "./verify.ts";

const signer = newSigner("key-1");
const trusted = (keyId: string) => (keyId === "key-1" ? signer.publicKey : undefined);

describe("verifyTrail", () => {
  let directory: string;
  let database: DatabaseSync;

  beforeAll(async () => {
    directory = newFolder();
    let now = 1_700_000_000_000;
    const options = { clock: { now: () => now++ }, signer, retentionDays: 1 };
    const log = await openAuditLog(await openSqliteAuditStore(directory), options);
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

  const evidence = () => evidenceOf(new SqliteQueries(database));
  const verify = () => verifyTrail(evidence(), trusted);

  /** Replaces the lines of a group by others. */
  function rewrite(number: number, change: (lines: string[]) => string[]): void {
    const found = database.prepare(`SELECT "lines" FROM "audit_groups" WHERE "number" = ?`);
    const lines = splitLines(unpackLines(found.get(number)?.lines as Uint8Array));
    database
      .prepare(`UPDATE "audit_groups" SET "lines" = ? WHERE "number" = ?`)
      .run(packLines(change(lines).join(",\n")), number);
  }

  test("finds an untouched trail whole", async () => {
    expect(await verify()).toMatchObject({
      broken: undefined,
      events: 12,
      chains: [{ name: "embedded", events: 12, signedUpTo: 5, head: { number: 5 } }],
    });
  });

  test("reads a bundle of JSON lines as it reads the database", async () => {
    const bundle = (await Array.fromAsync(evidence())).map((record) => JSON.stringify(record));
    const records = bundle.map((line) => JSON.parse(line) as Evidence);
    expect(await verifyTrail(records, trusted)).toEqual(await verify());
    const missing = records.filter((record) => record.type !== "group" || record.number !== 3);
    expect((await verifyTrail(missing, trusted)).broken?.group).toBe(3);
    const [chain] = records;
    expect((await verifyTrail([...records, chain as Evidence], trusted)).broken).toMatchObject({
      chain: "embedded",
    });
  });

  const tables = ["audit_groups", "audit_heads", "audit_checkpoints"];
  // Only for finding events, and for telling when they may go.
  const free = new Set(["from_time", "until_time"]);

  test.each(tables)("notices a change of any column of any row of %s", async (table) => {
    const names = database.prepare(`SELECT * FROM "${table}"`).columns();
    let changed = 0;
    for (const { name } of names) {
      if (free.has(name)) continue;
      for (const row of database.prepare(`SELECT rowid AS "row_id", * FROM "${table}"`).all()) {
        for (const value of tamperedValues(row[name])) {
          database.exec("SAVEPOINT tampering");
          // What the schema itself refuses (a second row of a number) can't be tampered with.
          const { changes } = database
            .prepare(`UPDATE OR IGNORE "${table}" SET "${name}" = ? WHERE rowid = ?`)
            .run(value, row.row_id as number);
          if (changes === 1) {
            const { broken } = await verify();
            expect(broken, `${table}.${name} ${row.row_id} = ${value}`).toBeDefined();
            changed++;
          }
          database.exec("ROLLBACK TO tampering; RELEASE tampering");
        }
      }
    }
    expect(changed).toBeGreaterThan(names.length);
    expect((await verify()).broken).toBeUndefined();
  });

  test("notices a change of any character of an event", async () => {
    rewrite(3, (lines) => {
      expect(lines).toHaveLength(3);
      return lines;
    });
    expect((await verify()).broken).toBeUndefined();
    for (let place = 1; place < 60; place++) {
      database.exec("SAVEPOINT tampering");
      rewrite(3, ([line = "", ...lines]) => [
        `${line.slice(0, place)}~${line.slice(place + 1)}`,
        ...lines,
      ]);
      expect((await verify()).broken).toEqual({
        chain: "embedded",
        group: 3,
        reason: "its events are not those that were hashed",
      });
      database.exec("ROLLBACK TO tampering; RELEASE tampering");
    }
  });

  const drop = (number: number) => () =>
    database.exec(`DELETE FROM "audit_groups" WHERE "number" = ${number}`);

  const damages: [what: string, damage: () => void, group: number][] = [
    ["an event that was dropped", () => rewrite(3, ([, ...lines]) => lines), 3],
    ["an event that was added", () => rewrite(3, (lines) => [...lines, lines[0] ?? ""]), 3],
    ["events that changed places", () => rewrite(3, (lines) => lines.toReversed()), 3],
    ["a group that was dropped", drop(3), 3],
    ["the signed end cut off", drop(5), 5],
    [
      "groups that changed places",
      () =>
        database.exec(`UPDATE "audit_groups" SET "number" = -3 WHERE "number" = 3;
          UPDATE "audit_groups" SET "number" = 3 WHERE "number" = 4;
          UPDATE "audit_groups" SET "number" = 4 WHERE "number" = -3`),
      3,
    ],
    [
      "a group that was added before the chain",
      () =>
        database.exec(`INSERT INTO "audit_groups" SELECT "chain", -1, "first", "count",
          "committed_at", "from_time", "until_time", "hash", "lines"
          FROM "audit_groups" WHERE "number" = 3`),
      2,
    ],
    ["the checkpoint dropped", () => database.exec(`DELETE FROM "audit_checkpoints"`), 1],
    [
      "lines that can't be unpacked",
      () => database.exec(`UPDATE "audit_groups" SET "lines" = x'0101' WHERE "number" = 3`),
      3,
    ],
  ];

  test.each(damages)("notices %s", async (_, damage, group) => {
    damage();
    expect((await verify()).broken?.group).toBe(group);
  });

  test("notices a chain that nobody can have written", async () => {
    database.exec(`UPDATE "audit_groups" SET "chain" = -1 WHERE "number" = 5`);
    expect((await verify()).broken).toBeDefined();
  });

  test("notices a chain that was computed anew, by its signatures", async () => {
    const forged = newFolder();
    const forger: Signer = { ...newSigner("key-2"), keyId: "key-1" };
    const clock = { now: () => 1_700_000_000_000 };
    const options = { clock, signer: forger, retentionDays: 1 };
    const log = await openAuditLog(await openSqliteAuditStore(forged), options);
    await log.append(newEvent());
    await log.close();
    const forgery = new DatabaseSync(join(forged, "audit.db"));
    const found = () => evidenceOf(new SqliteQueries(forgery));
    expect((await verifyTrail(found(), trusted)).broken).toEqual({
      chain: "embedded",
      group: 1,
      reason: "the signature of its head is not genuine",
    });
    expect((await verifyTrail(found(), () => undefined)).broken?.reason).toContain(
      "unknown key key-1",
    );
    forgery.exec(`DELETE FROM "audit_heads"`);
    expect(await verifyTrail(found(), trusted)).toMatchObject({
      broken: undefined,
      chains: [{ signedUpTo: 0 }],
    });
    forgery.close();
    rmSync(forged, { recursive: true });
  });

  test("takes no head for a checkpoint", async () => {
    database.exec(`DELETE FROM "audit_checkpoints";
      INSERT INTO "audit_checkpoints" SELECT * FROM "audit_heads" WHERE "number" = 3;
      DELETE FROM "audit_groups" WHERE "number" <= 3;
      DELETE FROM "audit_heads" WHERE "number" <= 3`);
    expect((await verify()).broken).toMatchObject({
      group: 3,
      reason: "the signature of its checkpoint is not genuine",
    });
  });
});

function tamperedValues(value: unknown): (string | number | Uint8Array)[] {
  if (value instanceof Uint8Array) return [value.subarray(0, -1), Buffer.from(value).fill(7, 5, 9)];
  if (value === null) return [1];
  if (typeof value === "number") return [value + 1, value === 0 ? -1 : 0, 12_345_678];
  const text = String(value);
  return [`${text} `, `${text.slice(0, -1)}#`, ""];
}
