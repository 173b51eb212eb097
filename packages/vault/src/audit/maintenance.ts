/**
 * What keeps a trail verifiable and bounded: the head of the own chain is signed together with
 * where all others are, and what is past retention is removed behind a signed checkpoint.
 */
import type { AuditLogOptions } from "./audit-log.ts";
import { type Chain, signHead } from "./chain.ts";
import { headOf, headsBeside, keepingHead, signedUpTo } from "./sql/heads.ts";
import { expired, oldestCommittedAt, retiring } from "./sql/retention.ts";
import { tidyingReads } from "./sql/secret-reads.ts";
import type { AuditStore } from "./store.ts";

const dayMilliseconds = 86_400_000;

/** It looks through all of them. */
const tidyingMilliseconds = 3_600_000;

export class Maintenance {
  readonly #store: AuditStore;
  readonly #options: AuditLogOptions;
  /** Where the others were when the head was signed last, as JSON. */
  #seen = "[]";
  #tidiedAt = 0;

  constructor(store: AuditStore, options: AuditLogOptions) {
    this.#store = store;
    this.#options = options;
  }

  async run(): Promise<void> {
    await this.#signHead();
    for (const chain of [this.#store.own, ...(await this.#store.orphans())]) {
      await this.#retire(chain);
    }
    await this.#tidyReads();
  }

  async #tidyReads(): Promise<void> {
    const now = this.#options.clock.now();
    // A clock that was ahead for a moment has not tidied for all the time since.
    const isTidy = now >= this.#tidiedAt && now < this.#tidiedAt + tidyingMilliseconds;
    if (isTidy) return;
    for (const chain of [this.#store.own, ...(await this.#store.orphans())]) {
      await this.#store.write(tidyingReads(chain, now, await this.#retainedFrom(chain)));
    }
    this.#tidiedAt = now;
  }

  async #signHead(): Promise<void> {
    const { queries, own } = this.#store;
    const head = await headOf(queries, own);
    const seen = await headsBeside(queries, own);
    const isSigned = head.number <= (await signedUpTo(queries, own));
    if (isSigned && JSON.stringify(seen) === this.#seen) return;
    const { clock, signer } = this.#options;
    const signed = signHead("head", own, { ...head, seen }, clock.now(), signer);
    await this.#store.write([keepingHead(own, signed)]);
    this.#seen = JSON.stringify(seen);
  }

  async #retire(chain: Chain): Promise<void> {
    const { queries } = this.#store;
    const { clock, signer } = this.#options;
    const before = await this.#retainedFrom(chain);
    let upTo = await expired(queries, chain, before);
    while (upTo !== undefined) {
      const head = { ...upTo, seen: [] };
      const checkpoint = signHead("checkpoint", chain, head, clock.now(), signer);
      await this.#store.write(await retiring(queries, chain, checkpoint));
      upTo = await expired(queries, chain, before);
    }
  }

  /**
   * Retention follows the clock by a day of events at a time: a clock that is far ahead for a
   * moment must not cost the trail.
   */
  async #retainedFrom(chain: Chain): Promise<number> {
    const { clock, retentionDays } = this.#options;
    const due = clock.now() - retentionDays * dayMilliseconds;
    const oldest = await oldestCommittedAt(this.#store.queries, chain);
    return oldest === undefined ? due : Math.min(due, oldest + dayMilliseconds);
  }
}
