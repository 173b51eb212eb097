/** Runs the statements that both databases share on a connection to SQLite. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Queries, Statement, Value } from "../../postgres/database.ts";

export class SqliteQueries implements Queries {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<Statement, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async all<Row>(statement: Statement, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.prepared(statement).all(...(values as SQLInputValue[])) as Row[];
  }

  run(statement: Statement, ...values: readonly SQLInputValue[]): void {
    this.prepared(statement).run(...values);
  }

  prepared(statement: Statement): StatementSync {
    let prepared = this.#prepared.get(statement);
    if (prepared === undefined) {
      prepared = this.#database.prepare(sqliteText(statement));
      this.#prepared.set(statement, prepared);
    }
    return prepared;
  }
}

export function sqliteText({ text }: Statement): string {
  return text.replaceAll(/\$(\d)/g, "?$1");
}
