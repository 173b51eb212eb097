/**
 * One node's part in who holds a lease. The row `term/NAME` changes only when the lease changes
 * hands, so whoever requires its revision commits nothing once it has: that is what makes a lease
 * safe, whatever clocks and networks do. The row `beat/NAME` changes with each renewal; where
 * neither has for the lease's length, by the clock of whoever looks, the holder counts as gone.
 *
 * Clocks here are monotonic, and no node's is compared with another's.
 */
import { randomUUID } from "node:crypto";
import {
  type Change,
  Conflict,
  type Expectation,
  type Require,
  type Row,
  type Storage,
  table,
} from "../storage/storage.ts";

/** Rows of leases are never deleted: their revisions would begin again. */
const leasesTable = table<{ readonly holder?: string | undefined }>("leases");

export interface TenancyOptions {
  /** Storage that answers from no memory. */
  readonly storage: Storage;
  readonly name: string;
  readonly lengthMilliseconds: number;
  /** Monotonic, in milliseconds. */
  now(): number;
}

interface Held {
  readonly term: number;
  /** Before the renewal was sent: nobody else counts the lease's length from an earlier moment. */
  readonly since: number;
}

export class Tenancy {
  readonly #options: TenancyOptions;
  /** A process that comes back is another one. */
  readonly #holder = randomUUID();
  #held: Held | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** What was seen of another's, and by when. */
  #seen: { readonly revisions: string; readonly at: number } | undefined;

  constructor(options: TenancyOptions) {
    this.#options = options;
  }

  get isHeld(): boolean {
    const { now, lengthMilliseconds } = this.#options;
    return this.#held !== undefined && now() - this.#held.since < lengthMilliseconds;
  }

  /** What every commit of the holder requires; undefined where this node is not. */
  get requirement(): Require | undefined {
    const expect = this.isHeld ? this.#held?.term : undefined;
    return expect === undefined
      ? undefined
      : { type: "require", table: leasesTable, key: this.#key("term"), expect };
  }

  /** Renews the lease if it is this node's, and takes it if it is nobody's. */
  look(): Promise<void> {
    return this.#inTurn(() => this.#look());
  }

  /** Makes it nobody's, if it is this node's. */
  letGo(): Promise<void> {
    return this.#inTurn(() => this.#letGo());
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #look(): Promise<void> {
    const lookedAt = this.#options.now();
    const [term, beat] = await this.#read();
    if (term?.body.holder === this.#holder) return this.#renew(term, beat, lookedAt);
    this.#held = undefined;
    if (term?.body.holder !== undefined && !this.#isGone(term, beat, lookedAt)) return;
    const expect = term?.revision ?? "absent";
    if (await this.#commit(expect, beat, { holder: this.#holder })) await this.#look();
  }

  async #letGo(): Promise<void> {
    this.#held = undefined;
    const [term, beat] = await this.#read();
    if (term?.body.holder === this.#holder) await this.#commit(term.revision, beat, {});
  }

  async #renew(term: Row<unknown>, beat: Row<unknown> | undefined, since: number): Promise<void> {
    const isRenewed = await this.#commit(term.revision, beat);
    this.#held = isRenewed ? { term: term.revision, since } : undefined;
  }

  #isGone(term: Row<unknown>, beat: Row<unknown> | undefined, lookedAt: number): boolean {
    const { now, lengthMilliseconds } = this.#options;
    const revisions = `${term.revision} ${beat?.revision}`;
    if (this.#seen?.revisions !== revisions) this.#seen = { revisions, at: now() };
    return lookedAt - this.#seen.at >= lengthMilliseconds;
  }

  /** Each commit is a beat too, so that of two who saw the same only one succeeds. */
  async #commit(
    term: Expectation,
    beat: Row<unknown> | undefined,
    body?: { readonly holder?: string },
  ): Promise<boolean> {
    const ofTerm = { table: leasesTable, key: this.#key("term"), expect: term };
    const ofBeat = { table: leasesTable, key: this.#key("beat"), body: {} };
    const change: Change = body ? { type: "put", ...ofTerm, body } : { type: "require", ...ofTerm };
    try {
      await this.#options.storage.commit([
        change,
        { type: "put", ...ofBeat, expect: beat?.revision ?? "absent" },
      ]);
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  }

  #read() {
    return this.#options.storage.getMany(leasesTable, [this.#key("term"), this.#key("beat")]);
  }

  #key(kind: "term" | "beat"): string {
    return `${kind}/${this.#options.name}`;
  }
}
