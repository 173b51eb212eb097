/**
 * One connection: checked when it is made, and broken for good once the server or the way to it
 * has failed. Statements that need no answer of one another are sent without waiting.
 */
import { EventEmitter } from "node:events";
import type pg from "pg";
import { longMilliseconds } from "./connection-settings.ts";
import type { Session, Statement, Value } from "./database.ts";
import { driver } from "./driver.ts";
import { failureOf, Unanswered, unreachable } from "./failures.ts";

/**
 * A node that hangs in a transaction may hold the lock that every commit waits for, so the server
 * ends such a session before those who wait give up. One that is merely idle it is not to end, as
 * from version 14 on it may be told: each loss costs a node all that it remembers. What a commit
 * promises is never less than the server's own disk. SET needs one round trip, and works through
 * poolers that refuse it at start.
 */
const start = `
  SELECT set_config('statement_timeout', '4000', false),
    set_config('idle_in_transaction_session_timeout', '3000', false),
    (SELECT set_config("name", '0', false) FROM pg_settings WHERE "name" = 'idle_session_timeout'),
    set_config('synchronous_commit',
      coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false),
    current_setting('transaction_read_only') = 'off' AND NOT pg_is_in_recovery() AS "takesWrites",
    current_setting('server_encoding') AS "encoding",
    pg_postmaster_start_time()::text AS "server"`;

interface Started {
  readonly takesWrites: boolean;
  readonly encoding: string;
  readonly server: string;
}

interface ConnectionEvents {
  /** Once, when the server or the way to it has failed. */
  lost: [];
  notification: [payload: string];
}

export class Connection extends EventEmitter<ConnectionEvents> implements Session {
  readonly #client: pg.Client;
  /** Tells one run of a server from another: that which took over from it, or it restarted. */
  server = "";
  isBroken = false;

  private constructor(client: pg.Client) {
    super();
    this.#client = client;
    client.on("error", () => this.#break());
    client.on("end", () => this.#break());
    client.on("notification", ({ payload = "" }) => this.emit("notification", payload));
  }

  /** Throws Unavailable. */
  static async open(settings: pg.ClientConfig): Promise<Connection> {
    const connection = new Connection(new (driver().Client)(settings));
    try {
      await connection.#start();
      return connection;
    } catch (error) {
      connection.close();
      throw unreachable(error);
    }
  }

  async all<Row>(
    { name, text }: Statement,
    values: readonly Value[] = [],
  ): Promise<readonly Row[]> {
    return (await this.#ask({ name, text, values: [...values] })).rows as Row[];
  }

  async script(text: string): Promise<void> {
    await this.#ask({ text, query_timeout: longMilliseconds });
  }

  /** Ends it behind what was asked, or at once where nothing is answered any more. */
  close(): void {
    this.isBroken = true;
    this.removeAllListeners();
    this.#client.end().catch(() => {});
  }

  async #start(): Promise<void> {
    await this.#client.connect();
    const { rows } = await this.#client.query<Started>(start);
    const [{ takesWrites, encoding, server }] = rows as [Started];
    if (!takesWrites) throw new Error("it takes no writes (a standby, or read-only)");
    if (encoding !== "UTF8") {
      throw new Error(`its encoding is ${encoding}: make one with ENCODING 'UTF8'`);
    }
    this.server = server;
  }

  async #ask(query: pg.QueryConfig & { query_timeout?: number }): Promise<pg.QueryResult> {
    try {
      return await this.#client.query(query);
    } catch (error) {
      const failure = failureOf(error);
      if (failure instanceof Unanswered) this.#break();
      throw failure;
    }
  }

  #break(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    this.emit("lost");
    this.close();
  }
}
