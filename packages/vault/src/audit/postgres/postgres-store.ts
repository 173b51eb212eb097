/**
 * Keeps the trail in PostgreSQL, beside the storage: each node writes a chain of its own, one
 * statement a group. A node that another one took for dead finds its chain's next number taken,
 * and goes on in another chain.
 */
import type { PostgresDatabase } from "../../postgres/database.ts";
import { PostgresError } from "../../postgres/failures.ts";
import { migratePostgres } from "../../postgres/migrate.ts";
import type { Chain, Head } from "../chain.ts";
import { chained, type GatheredGroup } from "../group.ts";
import { headOf } from "../sql/heads.ts";
import { knownChains } from "../sql/statements.ts";
import { type AuditStore, ChainMoved, type Write } from "../store.ts";
import { steps, versionTable } from "./schema.ts";
import { beatMilliseconds, Slot } from "./slot.ts";
import { writeGroup } from "./write-group.ts";

const uniqueViolation = "23505";

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
  readonly #monotonic: () => number;
  readonly #heartbeat: NodeJS.Timeout;
  #slot: Slot;
  #isLost = false;
  /** Where the own chain ends; undefined while that has to be read. */
  #head: Head | undefined;
  /** What was sent and not answered: it may have been committed nevertheless. */
  readonly #unanswered = new Set<string>();

  constructor(database: PostgresDatabase, slot: Slot, monotonic: () => number) {
    this.queries = database;
    this.#slot = slot;
    this.#monotonic = monotonic;
    this.#heartbeat = setInterval(() => {
      this.beat().catch(() => {});
    }, beatMilliseconds).unref();
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
    this.#unanswered.add(head.hash);
    const counter = await writeGroup(this.queries, group);
    this.#unanswered.clear();
    this.#head = head;
    return counter;
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

function isTaken(error: unknown): boolean {
  return error instanceof PostgresError && error.code === uniqueViolation;
}
