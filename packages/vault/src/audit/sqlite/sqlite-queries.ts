/**
 * Runs the statements that both databases share on a connection to SQLite. The oldest Node that is
 * served binds values by their place alone, so one that a statement names twice is given twice.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Queries, Statement, Value } from "../../postgres/database.ts";

interface Prepared {
  readonly statement: StatementSync;
  /** Which of the values goes to each place. */
  readonly order: readonly number[];
}

export class SqliteQueries implements Queries {
  readonly #database: DatabaseSync;
  /** By name: one that another thread asks for comes as a copy. */
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async all<Row>(statement: Statement, values: readonly Value[] = []): Promise<readonly Row[]> {
    const prepared = this.#prepare(statement);
    return prepared.statement.all(...placed(prepared, values as SQLInputValue[])) as Row[];
  }

  get<Row>(statement: Statement, ...values: readonly SQLInputValue[]): Row | undefined {
    const prepared = this.#prepare(statement);
    return prepared.statement.get(...placed(prepared, values)) as Row | undefined;
  }

  run(statement: Statement, ...values: readonly SQLInputValue[]): void {
    const prepared = this.#prepare(statement);
    prepared.statement.run(...placed(prepared, values));
  }

  #prepare({ name, text }: Statement): Prepared {
    let prepared = this.#prepared.get(name);
    if (prepared === undefined) {
      const order = Array.from(text.matchAll(/\$(\d)/g), ([, at]) => Number(at) - 1);
      prepared = { statement: this.#database.prepare(text.replaceAll(/\$\d/g, "?")), order };
      this.#prepared.set(name, prepared);
    }
    return prepared;
  }
}

function placed({ order }: Prepared, values: readonly SQLInputValue[]): SQLInputValue[] {
  return order.map((at) => values[at] as SQLInputValue);
}
