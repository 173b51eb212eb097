/**
 * Connections to PostgreSQL: bounded in number and in how long anything waits, checked when they
 * are made, and made anew with back-off when they break. Whoever asks while the database can't be
 * reached gets `Unavailable` soon, and never an answer of a server that no longer takes writes.
 */

import { connectionSettings } from "./connection-settings.ts";
import { Connections, type ConnectionsState } from "./connections.ts";
import { Listening } from "./listening.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Connections that statements and transactions share: more of them would not make a database
 * quicker. A node takes one more for `listen`, so nine in all.
 */
const connectionsMax = 8;

/** SQL in the words that SQLite has too, with `$1` for values; prepared once a connection by name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** `undefined` is no value: NULL is `null`. Arrays are PostgreSQL's, for `= ANY($1)` and `unnest`. */
export type Value =
  | string
  | number
  | null
  | Uint8Array
  | readonly (string | number | null | Uint8Array)[];

export interface Queries {
  /** int8 comes as a number, bytea as a Buffer. Throws Unavailable, or PostgresError for bad SQL. */
  all<Row>(statement: Statement, values?: readonly Value[]): Promise<readonly Row[]>;
}

export interface Session extends Queries {
  /** Several statements in one text without values: for migrations, which may take ten minutes. */
  script(text: string): Promise<void>;
}

export interface TransactionOptions {
  /** Reads what was committed when it began, and nothing later; its reader may be slow. */
  readonly isSnapshot?: boolean;
}

export interface PostgresDatabase extends Session {
  /**
   * Runs `work` in a transaction on a connection of its own, READ COMMITTED unless a snapshot is
   * asked for, and commits; undone if it throws. What is asked without waiting travels together,
   * and is answered in order: COMMIT waits for what `work` left unanswered. Whether a transaction
   * that ends with Unavailable happened is not known where the connection broke during COMMIT.
   */
  transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>;
  /**
   * Calls the listener for every NOTIFY on the channel, and after each reconnection, when some may
   * have been missed. Returns what ends it.
   */
  listen(channel: string, listener: (payload: string | undefined) => void): () => void;
  /** Called whenever a connection was lost: what came over it may be of a server that is gone. */
  onLost(listener: () => void): void;
  readonly state: ConnectionsState;
  close(): Promise<void>;
}

/** Connects, or throws Unavailable; later it connects anew by itself, as often as it must. */
export async function openPostgresDatabase(options: {
  readonly url: string;
}): Promise<PostgresDatabase> {
  const connections = new Connections(connectionSettings(options.url), connectionsMax);
  const database = new Database(connections);
  try {
    connections.giveBack(await connections.take());
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

class Database implements PostgresDatabase {
  readonly #connections: Connections;
  readonly #listening: Listening[] = [];

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  all<Row>(statement: Statement, values?: readonly Value[]): Promise<readonly Row[]> {
    return this.#on((connection) => connection.all<Row>(statement, values));
  }

  script(text: string): Promise<void> {
    return this.#on((connection) => connection.script(text));
  }

  transaction<Result>(
    work: (session: Session) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    return this.#on((connection) => inTransaction(connection, work, options));
  }

  listen(channel: string, listener: (payload: string | undefined) => void): () => void {
    const listening = new Listening(this.#connections, channel, listener);
    this.#listening.push(listening);
    return () => listening.close();
  }

  onLost(listener: () => void): void {
    this.#connections.onLost(listener);
  }

  get state(): ConnectionsState {
    return this.#connections.state;
  }

  async close(): Promise<void> {
    for (const listening of this.#listening) listening.close();
    this.#connections.close();
  }

  async #on<Result>(use: (connection: Session) => Promise<Result>): Promise<Result> {
    const connection = await this.#connections.take();
    try {
      return await use(connection);
    } finally {
      this.#connections.giveBack(connection);
    }
  }
}
