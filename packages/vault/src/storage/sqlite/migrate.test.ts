import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrations } from "../migrations/migrations.ts";
import { Unavailable } from "../storage.ts";
import { migrate } from "./migrate.ts";

describe("migrate", () => {
  let database: DatabaseSync;
  const step = (version: number, sqlite: string) => ({ version, title: `step ${version}`, sqlite });
  const one = step(1, `CREATE TABLE "one" ("x" INTEGER) STRICT`);
  const version = () => database.prepare(`SELECT "version" FROM "schema_version"`).get()?.version;
  const tables = () =>
    database
      .prepare(`SELECT "name" FROM sqlite_schema WHERE "type" = 'table' ORDER BY "name"`)
      .all()
      .map((row) => row.name);

  beforeEach(() => {
    database = new DatabaseSync(":memory:");
  });

  afterEach(() => database.close());

  test("applies each step once and keeps what is there", () => {
    migrate(database, [one]);
    database.exec(`INSERT INTO "one" VALUES (7)`);
    migrate(database, [one, step(2, `ALTER TABLE "one" ADD COLUMN "y" TEXT`)]);
    expect(database.prepare(`SELECT * FROM "one"`).all()).toEqual([{ x: 7, y: null }]);
    expect(version()).toBe(2);
  });

  test("undoes a step that fails half-way, and keeps those before it", () => {
    const broken = step(
      2,
      `CREATE TABLE "two" ("x" INTEGER) STRICT; INSERT INTO "nowhere" VALUES (1)`,
    );
    expect(() => migrate(database, [one, broken])).toThrow(
      new Unavailable("Migration 2 (step 2) failed"),
    );
    expect(version()).toBe(1);
    expect(tables()).toEqual(["one", "schema_version"]);
  });

  test("refuses a schema that it doesn't know", () => {
    migrate(database, [one, step(2, "")]);
    expect(() => migrate(database, [one])).toThrow(
      "The database has schema version 2 and this program knows 1",
    );
  });

  test("knows migrations that are numbered without a gap, all strict", () => {
    expect(migrations.map((migration) => migration.version)).toEqual(
      migrations.map((_, place) => place + 1),
    );
    migrate(database, migrations);
    const lax = database.prepare(`SELECT "name" FROM pragma_table_list
      WHERE "schema" = 'main' AND "strict" = 0 AND "name" NOT LIKE 'sqlite_%'`);
    expect(lax.all()).toEqual([]);
  });
});
