/**
 * Keeps the trail in PostgreSQL, beside the storage: each node writes a chain of its own, one
 * statement a group. A node that another one took for dead finds its chain's next number taken,
 * and goes on in another chain.
 */
import type { PostgresDatabase } from "../../postgres/database.ts";
import { PostgresError, Unanswered } from "../../postgres/failures.ts";
import { migratePostgres } from "../../postgres/migrate.ts";
import { Unavailable } from "../../unavailable.ts";
import type { Chain, Head } from "../chain.ts";
import { chained, type GatheredGroup } from "../group.ts";
import { headOf } from "../sql/heads.ts";
import { knownChains } from "../sql/statements.ts";
import { type AuditStore, ChainMoved, type Write } from "../store.ts";
import { steps, versionTable } from "./schema.ts";
import { beatMilliseconds, Slot } from "./slot.ts";
import { writeGroup } from "./write-group.ts";

const uniqueViolation = "23505";

/** Each cost a connection, and its end is known as soon as the server has noticed that it is lost. */
const unansweredMax = 100;

/**
 * Makes the tables where they are missing and takes a chain. The database stays the caller's, who
 * closes it behind the store. `monotonic` is in milliseconds.
 */
export async function openPostgresAuditStore(
  database: PostgresDatabase,
  monotonic: () => number = () => performance.now(),
): Promise<PostgresAuditStore> {
  await migratePostgres(database, steps, versionTable);
  return new PostgresAuditStore(database, await Slot.take(database, monotonic), monotonic);
}

export class PostgresAuditStore implements AuditStore {
  readonly queries: PostgresDatabase;
  readonly trouble = undefined;
  readonly #monotonic: () => number;
  readonly #heartbeat: NodeJS.Timeout;
  #slot: Slot;
  #isLost = false;
  /** Where the own chain ends; undefined while that has to be read. */
  #head: Head | undefined;
  /** What may have been committed though its commit failed: it was sent and not answered. */
  readonly #unanswered = new Set<string>();

  constructor(database: PostgresDatabase, slot: Slot, monotonic: () => number) {
    this.queries = database;
    this.#slot = slot;
    this.#monotonic = monotonic;
    this.#heartbeat = setInterval(() => {
      this.beat().catch(() => {});
    }, beatMilliseconds).unref();
  }

  /** Of how many groups it is not known whether they were committed. */
  get unanswered(): number {
    return this.#unanswered.size;
  }

  get own(): Chain {
    return this.#slot.chain;
  }

  async commit(gathered: GatheredGroup): Promise<number> {
    if (this.#isLost) await this.#move();
    try {
      return await this.#commit(gathered, this.#head ?? (await this.#headNow()));
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    // The number was taken: by a group of ours that had no answer, or by another node.
    const head = await this.#headNow();
    if (!this.#unanswered.has(head.hash)) await this.#move();
    return await this.#commit(gathered, head);
  }

  async write(writes: readonly Write[]): Promise<void> {
    await this.queries.transaction(async (session) => {
      for (const { statement, values } of writes) void session.all(statement, values);
    });
  }

  async orphans(): Promise<readonly Chain[]> {
    const chains = await this.queries.all<{ chain: Chain }>(knownChains);
    return this.#slot.orphans(chains.map(({ chain }) => chain));
  }

  async probe(): Promise<void> {
    await this.beat();
  }

  /** What otherwise happens every ten seconds. */
  async beat(): Promise<void> {
    if (!(await this.#slot.beat())) this.#isLost = true;
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    // Where the database can't be reached, silence frees the chain as well.
    await this.#slot.letGo().catch(() => {});
  }

  async #commit(gathered: GatheredGroup, previous: Head): Promise<number> {
    const { group, head } = chained(this.own, previous, gathered);
    this.#head = undefined;
    try {
      const counter = await writeGroup(this.queries, group);
      this.#unanswered.clear();
      this.#head = head;
      return counter;
    } catch (error) {
      if (!isWithoutEffect(error)) this.#doubt(head);
      throw error;
    }
  }

  /** One that is forgotten costs no more than that another chain is taken, should it be there. */
  #doubt({ hash }: Head): void {
    const [oldest] = this.#unanswered;
    if (oldest !== undefined && this.#unanswered.size === unansweredMax) {
      this.#unanswered.delete(oldest);
    }
    this.#unanswered.add(hash);
  }

  #headNow(): Promise<Head> {
    return headOf(this.queries, this.own);
  }

  async #move(): Promise<never> {
    await this.#slot.letGo();
    this.#slot = await Slot.take(this.queries, this.#monotonic);
    this.#isLost = false;
    this.#head = undefined;
    this.#unanswered.clear();
    throw new ChainMoved();
  }
}

/** It was refused, or never sent: no connection could be had for it. */
function isWithoutEffect(error: unknown): boolean {
  if (error instanceof Unavailable) return !(error instanceof Unanswered);
  return error instanceof PostgresError;
}

function isTaken(error: unknown): boolean {
  return error instanceof PostgresError && error.code === uniqueViolation;
}
