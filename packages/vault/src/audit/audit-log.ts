/**
 * The audit log over a store. While one group of events is being committed the next one gathers,
 * so a reply waits for its group only, and the event loop for no disk. Every minute the head of the
 * chain is signed and what is past retention removed.
 */
import type { Clock } from "../clock.ts";
import { serviceUnavailable } from "../errors.ts";
import { reasonOf } from "../ordered-thread.ts";
import type { Signer } from "./chain.ts";
import type {
  AuditEvent,
  AuditLog,
  AuditPage,
  AuditQuery,
  LastUse,
  SecretRead,
  SecretReadsQuery,
  UseQuery,
} from "./event.ts";
import { Gathering } from "./gathering.ts";
import { Maintenance } from "./maintenance.ts";
import { search } from "./search.ts";
import { lastUsesOf } from "./sql/last-uses.ts";
import { secretReadsOf } from "./sql/secret-reads.ts";
import type { AuditStore } from "./store.ts";

export type { Signer } from "./chain.ts";

export interface AuditLogOptions {
  readonly clock: Clock;
  readonly signer: Signer;
  /** Events are kept at least this long, and removed a day of them a minute after. */
  readonly retentionDays: number;
  /** Told of each group of events when its commit has ended, well or not. */
  readonly onGroup?: (events: number, milliseconds: number, isCommitted: boolean) => void;
  /** What every `append` awaits of its group's commit: that the storage has caught up with it. */
  readonly onCommitted?: (counter: number) => Promise<void>;
}

export interface MaintainedAuditLog extends AuditLog {
  /** Signs the head and removes what is past retention: what otherwise happens every minute. */
  maintain(): Promise<void>;
}

const maintenanceMilliseconds = 60_000;
const recoveryMilliseconds = 5_000;

/** Goes on with the chain of the store, which is the log's from here on. */
export async function openAuditLog(
  store: AuditStore,
  options: AuditLogOptions,
): Promise<MaintainedAuditLog> {
  const log = new AuditLogOnStore(store, options);
  try {
    await log.maintain();
  } catch (error) {
    await log.close().catch(() => {});
    throw error;
  }
  return log;
}

class AuditLogOnStore implements MaintainedAuditLog {
  readonly #store: AuditStore;
  readonly #gathering: Gathering;
  readonly #maintenance: Maintenance;
  readonly #timer: NodeJS.Timeout;
  #trouble: string | undefined;
  #recovery: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(store: AuditStore, options: AuditLogOptions) {
    this.#store = store;
    this.#gathering = new Gathering(store, (work) => this.#write(work), options);
    this.#maintenance = new Maintenance(store, options);
    this.#timer = setInterval(() => {
      this.maintain().catch(() => {});
    }, maintenanceMilliseconds).unref();
  }

  get trouble(): string | undefined {
    if (this.#closing !== undefined) return "The audit log is closed";
    const { trouble } = this.#store;
    return trouble === undefined ? this.#trouble : troubleOf(trouble);
  }

  append(event: AuditEvent): Promise<void> {
    if (this.#closing !== undefined) {
      return Promise.reject(serviceUnavailable(new Error("The audit log is closed")));
    }
    return this.#gathering.add(event);
  }

  query(query: AuditQuery): Promise<AuditPage> {
    return search(this.#store.queries, query);
  }

  lastUses(query: UseQuery): Promise<readonly LastUse[]> {
    return lastUsesOf(this.#store.queries, query);
  }

  secretReads(query: SecretReadsQuery): Promise<readonly SecretRead[]> {
    return secretReadsOf(this.#store.queries, query);
  }

  async maintain(): Promise<void> {
    try {
      await this.#write(() => this.#maintenance.run());
    } finally {
      this.#gathering.forgetNotes();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#recovery);
    await this.#gathering.settled();
    // Where it can't be written, that was told already, and the next start signs what is there.
    await this.maintain().catch(() => {});
    await this.#store.close();
  }

  /** Lets the store write, and remembers whether it could. */
  async #write<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await work();
      this.#trouble = undefined;
      return result;
    } catch (error) {
      this.#trouble = troubleOf(reasonOf(error));
      this.#recoverSoon();
      throw serviceUnavailable(error);
    }
  }

  /** Without requests nobody would notice that the store is well again. */
  #recoverSoon(): void {
    if (this.#recovery !== undefined || this.#closing !== undefined) return;
    this.#recovery = setTimeout(() => {
      this.#recovery = undefined;
      this.#write(() => this.#store.probe()).catch(() => {});
    }, recoveryMilliseconds).unref();
  }
}

function troubleOf(reason: string): string {
  return `The audit log can't be written: ${reason}`;
}
