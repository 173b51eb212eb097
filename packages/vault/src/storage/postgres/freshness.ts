/**
 * How far this node knows what others have written. Every commit of any node leaves the rows that
 * it touched beside its change counter; those behind this node's position are told, in order, to
 * whoever keeps rows in memory. Where the rest can't be known, any row may have been written: after
 * a connection was lost, since another server may have taken over with fewer commits; when the
 * counter went back; when what came behind the position is forgotten.
 */
import { randomBytes } from "node:crypto";
import type { PostgresDatabase } from "../../postgres/database.ts";
import { type TableName, type TouchedRow, Unavailable } from "../storage.ts";
import type { Watchers } from "../watchers.ts";

/** Where commits are told of: "COUNTER NODE". */
export const channel = "claviger";

type Listener = (rows: readonly TouchedRow[] | undefined) => void;

/** Where this node stood when it asked; only what it is told of the same history counts. */
export interface Asked {
  readonly history: number;
  /** undefined: nothing is known. */
  readonly position: number | undefined;
}

/** What the database answers. */
export interface Seen {
  readonly counter: number;
  readonly horizon: number;
  /** Behind the position that was asked with, in order. */
  readonly touched: readonly Touched[];
}

export interface Touched {
  readonly counter: number;
  readonly node: string;
  readonly rows: string;
}

/** Behind this there is nothing: all is read anew anyway. */
const endOfTime = Number.MAX_SAFE_INTEGER;

const readTouched = {
  name: "catch up",
  text: `SELECT c."value", c."horizon", t."counter", t."node", t."rows"
    FROM "change_counter" c LEFT JOIN "touched_rows" t ON t."counter" > $1
    ORDER BY t."counter"`,
};

/** Losses come seldom; more than one while one look is under way, hardly ever. */
const looksMax = 3;

interface ReadRow {
  readonly value: number;
  readonly horizon: number;
  readonly counter: number | null;
  readonly node: string;
  readonly rows: string;
}

export class Freshness {
  #node = nodeName();
  readonly #database: PostgresDatabase;
  readonly #watchers: Watchers;
  readonly #listeners: Listener[] = [];
  #position: number | undefined;
  #heard = 0;
  /** Another number after each loss. */
  #history = 0;
  #reading: Promise<void> | undefined;

  constructor(database: PostgresDatabase, watchers: Watchers) {
    this.#database = database;
    this.#watchers = watchers;
    database.onLost(() => this.#forget());
  }

  /**
   * Tells what this node has written from what others have. It is another after each loss: what was
   * being committed then may be seen as committed at any time later, as if by somebody else.
   */
  get node(): string {
    return this.#node;
  }

  /** Returns what ends it. That commits are told of at once makes it prompt, and nothing more. */
  listen(): () => void {
    return this.#database.listen(channel, (payload) => {
      const [counter, node] = payload?.split(" ") ?? [];
      if (node === this.node) return;
      // Some may have been missed where none is named. Whoever needs to know asks by themselves,
      // and is told then why it can't be known.
      const heard = counter === undefined ? this.look() : this.catchUp(Number(counter));
      heard.catch(() => {});
    });
  }

  onOthersWrote(listener: Listener): void {
    this.#listeners.push(listener);
  }

  get progress() {
    const position = this.#position ?? 0;
    return { position, heard: Math.max(position, this.#heard) };
  }

  async catchUp(counter: number): Promise<void> {
    this.#heard = counter;
    // What is being read may have been asked for before that commit, so it is looked at again.
    while (!this.#isAt(counter) && this.#reading !== undefined) {
      await this.#reading.catch(() => {});
    }
    if (this.#isAt(counter)) return;
    this.#reading = this.#read(counter).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /** Catches up with whatever has been committed. */
  look(): Promise<void> {
    return this.#read(0);
  }

  /** To be called when the question is sent: `afterPosition` is its value. */
  ask(): Asked & { readonly afterPosition: number } {
    const position = this.#position;
    return { history: this.#history, position, afterPosition: position ?? endOfTime };
  }

  /** Takes in the answer. False if a connection was lost meanwhile: then nothing is known again. */
  learn(asked: Asked, { counter, horizon, touched }: Seen): boolean {
    if (asked.history !== this.#history) return false;
    const { position } = asked;
    if (position === undefined && this.#isAt(counter)) return true;
    if (position === undefined || counter < position || position < horizon) {
      // What is still on its way may be of the commits that were lost.
      if (position !== undefined && counter < position) this.#history += 1;
      this.#position = counter;
      this.#tell(undefined);
      return true;
    }
    const news = touched.filter(({ counter, node }) => node !== this.node && !this.#isAt(counter));
    if (!this.#isAt(counter)) this.#position = counter;
    if (news.length > 0) this.#tell(news.flatMap(({ rows }) => touchedRowsOf(rows)));
    return true;
  }

  /** This node has committed, after it had learned in the same transaction what was before. */
  wrote(asked: Asked, counter: number): void {
    if (asked.history === this.#history && !this.#isAt(counter)) this.#position = counter;
  }

  #isAt(counter: number): boolean {
    return this.#position !== undefined && this.#position >= counter;
  }

  /** Looks again where something was lost meanwhile: only an answer from after that tells anything. */
  async #read(known: number): Promise<void> {
    for (let look = 0; look < looksMax; look++) if (await this.#readOnce(known)) return;
    throw new Unavailable("The connection to the database was lost");
  }

  async #readOnce(known: number): Promise<boolean> {
    const asked = this.ask();
    const rows = await this.#database.all<ReadRow>(readTouched, [asked.afterPosition]);
    const [first] = rows as readonly [ReadRow];
    const touched = rows.filter((row): row is ReadRow & Touched => row.counter !== null);
    // A counter that was returned and is not there was of commits that a failover has lost.
    const position = first.value < known ? known : asked.position;
    const seen = { counter: first.value, horizon: first.horizon, touched };
    return this.learn({ ...asked, position }, seen);
  }

  #forget(): void {
    this.#node = nodeName();
    this.#history += 1;
    this.#position = undefined;
    this.#tell(undefined);
  }

  #tell(rows: readonly TouchedRow[] | undefined): void {
    for (const listener of this.#listeners) listener(rows);
    this.#watchers.tellTables(rows?.map(({ table }) => table));
  }
}

function nodeName(): string {
  return randomBytes(6).toString("hex");
}

/** How a commit writes down which rows it touched. */
export function touchedText(tables: readonly { table: TableName; touched: readonly string[] }[]) {
  return JSON.stringify(Object.fromEntries(tables.map(({ table, touched }) => [table, touched])));
}

function touchedRowsOf(text: string): TouchedRow[] {
  const tables = Object.entries(JSON.parse(text) as Record<TableName, string[]>);
  return tables.flatMap(([table, keys]) => keys.map((key) => ({ table: table as TableName, key })));
}
