/**
 * Connections to PostgreSQL: bounded in number and in how long anything waits, checked when they
 * are made, and made anew with back-off when they break. Whoever asks while the database can't be
 * reached gets `Unavailable` soon, and never an answer of a server that no longer takes writes.
 */

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
  /** int8 comes as a number, bytea as a Buffer. Throws `Unavailable`, or pg's error for bad SQL. */
  all<Row>(statement: Statement, values?: readonly Value[]): Promise<readonly Row[]>;
}

export interface PostgresDatabase extends Queries {
  /**
   * Runs `work` in a transaction on a connection of its own, READ COMMITTED unless a snapshot is
   * asked for, and commits; undone if it throws. Transactions of one `lane` follow one another.
   */
  transaction<Result>(
    work: (queries: Queries) => Promise<Result>,
    options?: { readonly lane?: string; readonly isSnapshot?: boolean },
  ): Promise<Result>;
  /** Several statements in one text without values: for migrations. */
  script(text: string): Promise<void>;
  /**
   * Calls the listener for every NOTIFY on the channel, and after each reconnection, when some may
   * have been missed. Returns what ends it.
   */
  listen(channel: string, listener: (payload: string | undefined) => void): () => void;
  /** Called whenever a connection was lost: what came over it may be of a server that is gone. */
  onLost(listener: () => void): void;
  close(): Promise<void>;
}
