/**
 * The audit log in an SQLite file of its own. While one group of events is being committed by the
 * writer thread the next one gathers, so a reply waits for its group only, and the event loop for
 * no disk. Every minute the head of the chain is signed and what is past retention removed.
 */
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../clock.ts";
import { serviceUnavailable } from "../errors.ts";
import { OrderedThread } from "../ordered-thread.ts";
import { makePrivateFile, makePrivateFolder } from "../private-file.ts";
import { type Claim, type Head, type Signer, signHead } from "./chain.ts";
import { auditDatabasePath } from "./data-folder.ts";
import type { AuditEvent, AuditLog, AuditPage, AuditQuery, LastUse, UseQuery } from "./event.ts";
import { lineOf } from "./line.ts";
import type { Answer, Question } from "./sqlite/audit-thread.ts";
import { AuditQueries } from "./sqlite/queries.ts";
import { LastUses } from "./sqlite/uses.ts";

export type { Signer } from "./chain.ts";

export interface AuditLogOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly signer: Signer;
  /** Events are kept at least this long, and removed a day of them a minute after. */
  readonly retentionDays: number;
  /** Told of each group of events when its commit has ended, well or not. */
  readonly onGroup?: (events: number, milliseconds: number, isCommitted: boolean) => void;
}

export interface SqliteAuditLog extends AuditLog {
  /** Signs the head and removes what is past retention: what otherwise happens every minute. */
  maintain(): Promise<void>;
}

const maintenanceMilliseconds = 60_000;
const recoveryMilliseconds = 5_000;
const gatheringMillisecondsMax = 5;
const dayMilliseconds = 86_400_000;

/** Opens, and makes where missing, the audit log of a data folder, and goes on with its chain. */
export async function openSqliteAuditLog(options: AuditLogOptions): Promise<SqliteAuditLog> {
  makePrivateFolder(options.directory);
  const path = makePrivateFile(auditDatabasePath(options.directory));
  const thread: Thread = await OrderedThread.start(
    new URL("./sqlite/audit-thread", import.meta.url),
    { path },
  );
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec("PRAGMA busy_timeout = 5000");
  const log = new AuditLogOnSqlite(options, thread, reader);
  await log.maintain();
  return log;
}

type Thread = OrderedThread<Question, Answer>;

/** Events that will be committed together, and the promise that all of them wait for. */
interface Group {
  readonly lines: string[];
  readonly committed: PromiseWithResolvers<void>;
}

class AuditLogOnSqlite implements SqliteAuditLog {
  readonly #options: AuditLogOptions;
  readonly #thread: Thread;
  readonly #reader: DatabaseSync;
  readonly #queries: AuditQueries;
  readonly #lastUses: LastUses;
  readonly #maintenance: NodeJS.Timeout;
  #gathering: Group | undefined;
  /** Ends when nothing gathers and nothing is being committed any more. */
  #work: Promise<void> | undefined;
  #trouble: string | undefined;
  #recovery: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: AuditLogOptions, thread: Thread, reader: DatabaseSync) {
    this.#options = options;
    this.#thread = thread;
    this.#reader = reader;
    this.#queries = new AuditQueries(reader);
    this.#lastUses = new LastUses(reader);
    this.#maintenance = setInterval(() => {
      this.maintain().catch(() => {});
    }, maintenanceMilliseconds).unref();
  }

  get trouble(): string | undefined {
    return this.#closing === undefined ? this.#trouble : "The audit log is closed";
  }

  append(event: AuditEvent): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    const line = lineOf(event);
    let group = this.#gathering;
    if (group === undefined) {
      group = { lines: [], committed: Promise.withResolvers() };
      this.#gathering = group;
      this.#work ??= this.#commitAll();
    }
    group.lines.push(line);
    return group.committed.promise;
  }

  async query(query: AuditQuery): Promise<AuditPage> {
    return this.#queries.page(query);
  }

  async lastUses(query: UseQuery): Promise<readonly LastUse[]> {
    return this.#lastUses.find(query);
  }

  async maintain(): Promise<void> {
    const { head, signed } = await this.#ask({ type: "state" });
    if (head.number > signed) {
      await this.#ask({ type: "keepHead", head: this.#sign("head", head) });
    }
    const before = this.#retainedFrom();
    let upTo = await this.#expired(before);
    while (upTo !== undefined) {
      await this.#ask({ type: "retire", checkpoint: this.#sign("checkpoint", upTo) });
      upTo = await this.#expired(before);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#maintenance);
    clearTimeout(this.#recovery);
    await this.#work;
    try {
      await this.maintain();
    } finally {
      await this.#thread.close();
      this.#reader.close();
    }
  }

  async #commitAll(): Promise<void> {
    while (this.#gathering !== undefined) {
      const { lines, committed } = this.#gathering;
      await gathered(lines);
      this.#gathering = undefined;
      const startedAt = performance.now();
      const tell = (isCommitted: boolean) =>
        this.#options.onGroup?.(lines.length, performance.now() - startedAt, isCommitted);
      try {
        await this.#ask({
          type: "commit",
          lines: lines.join(",\n"),
          count: lines.length,
          committedAt: this.#options.clock.now(),
        });
        committed.resolve();
        tell(true);
      } catch (error) {
        committed.reject(error);
        tell(false);
      }
    }
    this.#work = undefined;
  }

  /**
   * Retention follows the clock by a day of events at a time: a clock that is far ahead for a
   * moment must not cost the trail.
   */
  #retainedFrom(): number {
    const due = this.#options.clock.now() - this.#options.retentionDays * dayMilliseconds;
    const oldest = this.#queries.oldestCommittedAt();
    return oldest === undefined ? due : Math.min(due, oldest + dayMilliseconds);
  }

  async #expired(before: number): Promise<Head | undefined> {
    const answer = await this.#thread.ask({ type: "expired", before });
    return answer.type === "expired" ? answer.upTo : undefined;
  }

  #sign(claim: Claim, head: Head) {
    return signHead(claim, head, this.#options.clock.now(), this.#options.signer);
  }

  /** Asks the thread to write, and remembers whether it could. */
  async #ask(question: Question): Promise<Answer & { type: "done" }> {
    let answer: Answer;
    try {
      answer = await this.#thread.ask(question);
    } catch (error) {
      this.#trouble = "The audit log's writer is gone";
      throw serviceUnavailable(error);
    }
    if (answer.type === "done") {
      this.#trouble = undefined;
      return answer;
    }
    const reason = answer.type === "failed" ? answer.reason : "an answer to another question";
    this.#trouble = `The audit log can't be written: ${reason}`;
    this.#recoverSoon();
    throw serviceUnavailable(new Error(this.#trouble));
  }

  /** Without requests nobody would notice that the disk is well again. */
  #recoverSoon(): void {
    if (this.#recovery !== undefined || this.#closing !== undefined) return;
    this.#recovery = setTimeout(() => {
      this.#recovery = undefined;
      this.#ask({ type: "probe" }).catch(() => {});
    }, recoveryMilliseconds).unref();
  }
}

/**
 * Waits as long as every turn of the event loop brings more events: a busy vault then commits
 * fewer and larger groups, and a lone request waits for one turn only.
 */
async function gathered(lines: readonly string[]): Promise<void> {
  const end = performance.now() + gatheringMillisecondsMax;
  let count: number;
  do {
    count = lines.length;
    await new Promise(setImmediate);
  } while (lines.length > count && performance.now() < end);
}

function closed(): Error {
  return serviceUnavailable(new Error("The audit log is closed"));
}
