/**
 * Does what parameter policies say when their moment has come: gives notice, once for each moment,
 * and takes away what has expired. What has expired reads as gone before that (`isExpired`), so
 * nothing but room and notices depends on how soon this comes by.
 */
import type { Clock } from "../clock.ts";
import type { Notice, NoticeSink } from "../notices.ts";
import { retryOnConflict, type Storage } from "../storage/storage.ts";
import { parameterArn, pathOf } from "./name.ts";
import { dueAt, isExpired, isGiven, nextDue, type Policy } from "./policies.ts";
import {
  dueIndex,
  type ParameterRecord,
  parameterTable,
  putParameter,
  scopeOfKey,
} from "./records.ts";
import { removal } from "./removal.ts";

const parametersPerBatch = 100;

export class PolicyEnforcement {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #notices: NoticeSink;

  constructor(storage: Storage, clock: Clock, notices: NoticeSink) {
    this.#storage = storage;
    this.#clock = clock;
    this.#notices = notices;
  }

  /**
   * Enforces all that is due, in every account. What can't be told holds up nothing else: it is
   * left for the next time, and the first reason is thrown at the end.
   */
  async run(): Promise<void> {
    const faults: unknown[] = [];
    for (let after: string | undefined; ; ) {
      const range = { prefix: "", after, limit: parametersPerBatch };
      const earliest = await this.#storage.listByIndex(parameterTable, dueIndex, range);
      const due = earliest.filter(({ body }) => this.#isDue(body));
      for (const { key } of due) await this.enforce(key).catch((fault) => faults.push(fault));
      if (due.length < parametersPerBatch) break;
      after = due.at(-1)?.position;
    }
    if (faults.length > 0) throw faults[0];
  }

  /** The same for the parameter of one row. */
  async enforce(key: string): Promise<void> {
    // Another attempt after a conflict gives no notice twice.
    const told = new Set<string>();
    await retryOnConflict(async () => {
      const row = await this.#storage.get(parameterTable, key);
      if (row === undefined || !this.#isDue(row.body)) return;
      const scope = scopeOfKey(key);
      const arn = parameterArn(scope, pathOf(row.body.name));
      for (const notice of this.#due(row.body, arn)) {
        const id = `${notice.kind} ${notice.time}`;
        if (!told.has(id)) await this.#notices.give(notice);
        told.add(id);
      }
      await this.#storage.commit(
        isExpired(row.body, this.#clock.now())
          ? removal(scope, row)
          : [putParameter(scope, this.#marked(row.body, told), row.sealed, row.revision)],
      );
    });
  }

  #isDue(record: ParameterRecord): boolean {
    const due = nextDue(record);
    return due !== undefined && due <= this.#clock.now();
  }

  #due(record: ParameterRecord, arn: string): Notice[] {
    const now = this.#clock.now();
    const { name, tags } = record;
    return (record.policies ?? [])
      .filter((policy) => !isGiven(policy, record) && dueAt(policy, record) <= now)
      .map((policy): Notice => {
        const time = dueAt(policy, record);
        return { kind: policy.type, arn, name, type: "parameter", time, tags };
      })
      .sort((one, other) => one.time - other.time);
  }

  #marked(record: ParameterRecord, told: ReadonlySet<string>): ParameterRecord {
    const policies = record.policies?.map((policy): Policy => {
      const due = dueAt(policy, record);
      return told.has(`${policy.type} ${due}`) ? { ...policy, given: due } : policy;
    });
    return { ...record, policies };
  }
}
