import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgresDatabase, type PostgresDatabase } from "../../postgres/database.ts";
import { migratePostgres } from "../../postgres/migrate.ts";
import { type OwnDatabase, ownDatabase } from "../../testing/database.ts";
import { migrations } from "../migrations/migrations.ts";
import { compareBytes, isStorable } from "../prefix.ts";
import { domainTables } from "./domain-tables.ts";
import { readPostgres, writePostgres } from "./raw-postgres.ts";
import type { RawDatabase, RawRow } from "./raw-rows.ts";
import { draftSqlite, readSqlite } from "./raw-sqlite.ts";

const newest = migrations.at(-1)?.version ?? 0;
let directory: string;
let own: OwnDatabase;
let postgres: PostgresDatabase;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "claviger-copying-"));
  own = await ownDatabase();
  postgres = await openPostgresDatabase(own);
  await migratePostgres(postgres, migrations, "schema_version");
});

afterAll(async () => {
  await postgres.close();
  await own.drop();
  rmSync(directory, { recursive: true });
});

const anyText = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter(isStorable);
const anyRow: fc.Arbitrary<RawRow> = fc.record({
  key: anyText,
  revision: fc.nat(),
  body: fc.json({ maxDepth: 2 }).filter((text) => !text.includes("\0")),
  sealed: fc.option(fc.uint8Array({ maxLength: 60 })),
  indexes: fc
    .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c"), anyText), { selector: ([name]) => name })
    .map((entries) => entries.toSorted(([a], [b]) => compareBytes(a, b))),
});
const anyRows = fc.uniqueArray(anyRow, { selector: ({ key }) => key, maxLength: 30 });

/** As plain data, in the order in which they came. */
async function rowsIn(database: RawDatabase): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const row of database.rows("secrets")) found.push(plain(row));
  return found;
}

const plain = (row: RawRow) => ({ ...row, sealed: row.sealed && [...row.sealed] });

async function throughSqlite(rows: readonly RawRow[], counter = 7) {
  const path = join(directory, "draft.db");
  rmSync(path, { force: true });
  const draft = draftSqlite(path, newest);
  await draft.insert("secrets", rows);
  await draft.setChangeCounter(counter);
  draft.finish();
  return readSqlite(path, async (database) => {
    expect(database).toMatchObject({ schemaVersion: newest, changeCounter: counter });
    return rowsIn(database);
  });
}

/** In a transaction that is undone, so that the tables stay empty. */
async function throughPostgres(rows: readonly RawRow[]) {
  const undo = new Error("undo");
  let found: readonly unknown[] = [];
  const copying = postgres.transaction(async (queries) => {
    await writePostgres(queries).insert("secrets", rows);
    found = await rowsIn(await readPostgres(queries));
    throw undo;
  });
  await expect(copying).rejects.toBe(undo);
  return found;
}

test("any rows come out of either database as they went in, in the order of their keys", async () => {
  await fc.assert(
    fc.asyncProperty(anyRows, async (rows) => {
      const sorted = rows.toSorted((a, b) => compareBytes(a.key, b.key)).map(plain);
      expect(await throughSqlite(rows)).toEqual(sorted);
      if (rows.length > 0) expect(await throughPostgres(rows)).toEqual(sorted);
    }),
    { numRuns: 12 },
  );
});

test("more rows than a page has come one by one, and so do those of a prefix", async () => {
  const rows = Array.from({ length: 401 }, (_, number): RawRow => {
    const key = `${number % 2}/${String(number).padStart(4, "0")}`;
    return { key, revision: number, body: "{}", sealed: null, indexes: [["order", key]] };
  });
  const path = join(directory, "many.db");
  const draft = draftSqlite(path, newest);
  await draft.insert("secrets", rows);
  draft.finish();
  await readSqlite(path, async (database) => {
    expect(await rowsIn(database)).toHaveLength(401);
    const odd: string[] = [];
    for await (const { key, indexes } of database.rows("secrets", "1/")) {
      odd.push(key);
      expect(indexes).toEqual([["order", key]]);
    }
    expect(odd).toEqual(rows.map(({ key }) => key).filter((key) => key.startsWith("1/")));
    expect(await database.countIndexEntries("secrets")).toBe(401);
    expect((await database.row("secrets", "0/0002"))?.revision).toBe(2);
  });
});

test("a copy leaves behind what belongs to a running deployment", () => {
  expect(domainTables()).toContain("secrets");
  expect(domainTables()).not.toContain("leases");
});
