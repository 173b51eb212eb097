/**
 * The only thread that writes. It commits a group of change lists in one transaction, so that
 * they share one fsync; each list has a savepoint of its own, so a conflict undoes that list only.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { reasonOf, serveThread } from "../../ordered-thread.ts";
import { migrations } from "../migrations/migrations.ts";
import { counterKey, type Expectation } from "../storage.ts";
import type { Outcome, WrittenChange } from "./changes.ts";
import { migrate } from "./migrate.ts";

class NotAsExpected extends Error {}

class Writer {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA journal_size_limit = 67108864;
    `);
    migrate(this.#database, migrations);
  }

  /** Resolves every list: with its change counter once the group is durable, or why not. */
  answer(lists: readonly (readonly WrittenChange[])[]): Outcome[] {
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      let counter = Number(this.#prepare(`SELECT "value" FROM "change_counter"`).get()?.value);
      const outcomes = lists.map((list): Outcome => {
        const conflict = this.#apply(list, counter + 1);
        return conflict === undefined ? ++counter : { type: "conflict", reason: conflict };
      });
      this.#prepare(`UPDATE "change_counter" SET "value" = ?`).run(counter);
      this.#database.exec("COMMIT");
      return outcomes;
    } catch (error) {
      this.#undo();
      return lists.map(() => ({ type: "unavailable", reason: reasonOf(error) }));
    }
  }

  close(): void {
    this.#database.close();
  }

  #undo(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // The transaction had not begun, or SQLite has undone it itself.
    }
  }

  /** Applies a list whole or not at all; returns the conflict that prevented it. */
  #apply(list: readonly WrittenChange[], revision: number): string | undefined {
    this.#prepare("SAVEPOINT list").run();
    try {
      for (const change of list) {
        if (change.type === "put") this.#put(change, revision);
        else if (change.type === "delete") this.#delete(change);
        else if (change.type === "append") this.#append(change, revision);
        else if (change.type === "add") this.#add(change, revision);
        else this.#require(change.table, change.key, change.expect);
      }
      this.#prepare("RELEASE list").run();
      return undefined;
    } catch (error) {
      if (!(error instanceof NotAsExpected)) throw error;
      this.#prepare("ROLLBACK TO list").run();
      this.#prepare("RELEASE list").run();
      return error.message;
    }
  }

  #put(change: WrittenChange & { type: "put" }, revision: number): void {
    const { table, key, body, sealed, expect } = change;
    if (expect !== undefined) this.#require(table, key, expect);
    this.#prepare(
      `INSERT INTO "${table}" ("key", "revision", "body", "sealed") VALUES (?, ?, ?, ?)
       ON CONFLICT ("key") DO UPDATE SET "revision" = excluded."revision",
         "body" = excluded."body", "sealed" = excluded."sealed"`,
    ).run(key, revision, body, sealed);
    this.#prepare(`DELETE FROM "${table}_index" WHERE "key" = ?`).run(key);
    for (const [name, value] of change.indexes) {
      this.#prepare(`INSERT INTO "${table}_index" VALUES (?, ?, ?)`).run(name, value, key);
    }
  }

  #delete({ table, key, expect }: WrittenChange & { type: "delete" }): void {
    if (expect !== undefined) this.#require(table, key, expect);
    this.#prepare(`DELETE FROM "${table}" WHERE "key" = ?`).run(key);
  }

  #append({ table, body }: WrittenChange & { type: "append" }, revision: number): void {
    this.#prepare(`INSERT INTO "${table}" ("key", "revision", "body") VALUES (?, ?, ?)`).run(
      counterKey(revision),
      revision,
      body,
    );
  }

  #add({ table, key, amount }: WrittenChange & { type: "add" }, revision: number): void {
    this.#prepare(
      `INSERT INTO "${table}" ("key", "revision", "body") VALUES (?, ?, ?)
       ON CONFLICT ("key") DO UPDATE SET "revision" = excluded."revision",
         "body" = CAST(CAST("body" AS INTEGER) + CAST(excluded."body" AS INTEGER) AS TEXT)`,
    ).run(key, revision, String(amount));
  }

  #require(table: string, key: string, expect: Expectation): void {
    const row = this.#prepare(`SELECT "revision" FROM "${table}" WHERE "key" = ?`).get(key);
    if ((row?.revision ?? "absent") === expect) return;
    throw new NotAsExpected(`A row of ${table} was not as expected`);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

serveThread(({ path }: { path: string }) => new Writer(path));
