/**
 * A node's claim to a chain: it takes the lowest that is free and says every ten seconds that it
 * is there. One whose holder has been silent for half a minute is set free by whoever notices, by
 * its own monotonic clock. Nothing rests on that being right: two nodes that both write to a chain
 * meet at its primary key, and whoever is second takes another.
 */
import { randomUUID } from "node:crypto";
import type { PostgresDatabase, Statement } from "../../postgres/database.ts";
import type { Chain } from "../chain.ts";

export const beatMilliseconds = 10_000;
const silenceMilliseconds = 30_000;

interface Place {
  readonly chain: Chain;
  readonly holder: string | null;
  readonly beat: number;
}

const statement = (name: string, text: string): Statement => ({ name: `audit_${name}`, text });

const allPlaces = statement(
  "all_places",
  `SELECT "chain", "holder", "beat" FROM "audit_chains" WHERE "chain" > 0 ORDER BY "chain"`,
);
/** Nobody else looks for a free one until the transaction has ended. */
const lock = statement("lock_places", `LOCK TABLE "audit_chains" IN SHARE ROW EXCLUSIVE MODE`);
const hold = statement(
  "hold_place",
  `INSERT INTO "audit_chains" ("chain", "holder", "beat") VALUES ($1, $2, 1)
   ON CONFLICT ("chain") DO UPDATE SET "holder" = excluded."holder",
     "beat" = "audit_chains"."beat" + 1`,
);
const beatOf = statement(
  "beat",
  `UPDATE "audit_chains" SET "beat" = "beat" + 1 WHERE "chain" = $1 AND "holder" = $2
   RETURNING "beat"`,
);
const free = statement(
  "free_place",
  `UPDATE "audit_chains" SET "holder" = NULL WHERE "chain" = $1 AND "beat" = $2`,
);
const letGo = statement(
  "let_go",
  `UPDATE "audit_chains" SET "holder" = NULL WHERE "chain" = $1 AND "holder" = $2`,
);

export class Slot {
  readonly chain: Chain;
  readonly #database: PostgresDatabase;
  readonly #holder: string;
  readonly #monotonic: () => number;
  /** Of the others, when each was first seen at its beat. */
  readonly #heard = new Map<Chain, { readonly beat: number; readonly at: number }>();

  private constructor(
    database: PostgresDatabase,
    chain: Chain,
    holder: string,
    monotonic: () => number,
  ) {
    this.#database = database;
    this.chain = chain;
    this.#holder = holder;
    this.#monotonic = monotonic;
  }

  static take(database: PostgresDatabase, monotonic: () => number): Promise<Slot> {
    return database.transaction(async (session) => {
      await session.all(lock);
      const taken = new Set<Chain>();
      for (const { chain, holder } of await session.all<Place>(allPlaces)) {
        if (holder !== null) taken.add(chain);
      }
      let chain = 1;
      while (taken.has(chain)) chain++;
      const holder = randomUUID();
      await session.all(hold, [chain, holder]);
      return new Slot(database, chain, holder, monotonic);
    });
  }

  /** Says that it is still there, and sets free whom nobody has heard of. False if it lost this one. */
  async beat(): Promise<boolean> {
    const held = await this.#database.all(beatOf, [this.chain, this.#holder]);
    for (const { chain, holder, beat } of await this.#database.all<Place>(allPlaces)) {
      if (chain === this.chain || holder === null) continue;
      const heard = this.#heard.get(chain);
      if (heard?.beat !== beat) this.#heard.set(chain, { beat, at: this.#monotonic() });
      else if (this.#monotonic() - heard.at >= silenceMilliseconds) {
        await this.#database.all(free, [chain, beat]);
      }
    }
    return held.length > 0;
  }

  /** The chains of no live node, where this one is the first of those that live. */
  async orphans(chains: readonly Chain[]): Promise<readonly Chain[]> {
    const places = await this.#database.all<Place>(allPlaces);
    const live = places.filter(({ holder }) => holder !== null).map(({ chain }) => chain);
    if (live[0] !== this.chain) return [];
    return chains.filter((chain) => !live.includes(chain));
  }

  async letGo(): Promise<void> {
    await this.#database.all(letGo, [this.chain, this.#holder]);
  }
}
