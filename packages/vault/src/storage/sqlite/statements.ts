/** Storage's statements, prepared once on a connection of SQLite. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { oneRow, type SqlStatement, TableStatements } from "../sql/statements.ts";
import type { TableName } from "../storage.ts";

export class PreparedStatements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #tables = new Map<TableName, PreparedTable>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  of(name: TableName): PreparedTable {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new PreparedTable(this.#database, name);
      this.#tables.set(name, table);
    }
    return table;
  }

  all(statement: SqlStatement, values: readonly SQLInputValue[]): unknown[] {
    let prepared = this.#prepared.get(statement.name);
    if (prepared === undefined) {
      prepared = prepare(this.#database, statement);
      this.#prepared.set(statement.name, prepared);
    }
    return prepared.all(...values);
  }
}

/** The statements of `TableStatements`, each prepared when it is first used. */
class PreparedTable {
  readonly #database: DatabaseSync;
  readonly #statements: TableStatements;
  readonly #prepared: Partial<Record<keyof TableStatements, StatementSync>> = {};

  constructor(database: DatabaseSync, table: TableName) {
    this.#database = database;
    this.#statements = new TableStatements(table, oneRow);
  }

  statement(name: keyof TableStatements): StatementSync {
    this.#prepared[name] ??= prepare(this.#database, this.#statements[name]);
    return this.#prepared[name];
  }
}

/** The values stand in order, each once: SQLite's plain question marks say the same. */
function prepare(database: DatabaseSync, { text }: SqlStatement): StatementSync {
  return database.prepare(text.replaceAll(/\$\d+/g, "?"));
}
