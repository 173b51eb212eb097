/**
 * Reads of one tick become as few calls as there can be: one read alone is a single read, several
 * are batches. Waiting for the end of the tick adds no latency, since nothing is sent within one.
 * A batch that is refused as a whole is read one by one: one denied name denies them all.
 */
import type { Patience } from "../calls/calls.ts";
import { TransportError } from "../transport/transport.ts";
import { PendingRead } from "./pending-read.ts";

/** How a service reads. */
export interface BatchProtocol<Read> {
  readonly batchMax: number;
  readOne(id: string, patience: Patience): Promise<Read>;
  /** By id; what is in neither of them is read alone. Rejects where the whole call failed. */
  readBatch(
    ids: readonly string[],
    patience: Patience,
  ): Promise<ReadonlyMap<string, Read | TransportError>>;
}

/** So long batches are not tried after one was denied: permissions are rarely given in between. */
const deniedMilliseconds = 300_000;

/** What says that this identity, or this service, has no batches; not that one name is off. */
const batchRefusals = new Set(["AccessDeniedException", "UnknownOperationException"]);

export class BatchedReads<Read> {
  readonly #protocol: BatchProtocol<Read>;
  readonly #clock: () => number;
  #waiting: PendingRead<Read>[] = [];
  #deniedUntil = Number.NEGATIVE_INFINITY;

  constructor(protocol: BatchProtocol<Read>, clock: () => number) {
    this.#protocol = protocol;
    this.#clock = clock;
  }

  read(id: string, patience: Patience): Promise<Read> {
    const pending = new PendingRead<Read>(id, patience);
    // After the microtasks that run now and those that they start, before any I/O.
    if (this.#waiting.push(pending) === 1) {
      queueMicrotask(() => process.nextTick(() => this.#flush()));
    }
    return pending.promise;
  }

  #flush(): void {
    const reads = this.#waiting.filter(({ isWanted }) => isWanted);
    this.#waiting = [];
    const size = this.#clock() < this.#deniedUntil ? 1 : this.#protocol.batchMax;
    for (let from = 0; from < reads.length; from += size) {
      const [first, ...others] = reads.slice(from, from + size);
      if (first === undefined) continue;
      if (others.length === 0) this.#readAlone(first);
      else void this.#readTogether([first, ...others]);
    }
  }

  #readAlone(pending: PendingRead<Read>): void {
    if (pending.isWanted) pending.settle(this.#protocol.readOne(pending.id, pending.patience));
  }

  async #readTogether(reads: readonly PendingRead<Read>[]): Promise<void> {
    const ids = reads.map(({ id }) => id);
    try {
      const answers = await this.#protocol.readBatch(ids, together(reads));
      for (const pending of reads) {
        const answer = answers.get(pending.id);
        if (answer === undefined) this.#readAlone(pending);
        else if (answer instanceof TransportError) pending.fail(answer);
        else pending.succeed(answer);
      }
    } catch (error) {
      if (!(error instanceof TransportError) || error.kind !== "refused") {
        for (const pending of reads) pending.fail(error);
        return;
      }
      if (batchRefusals.has(error.code)) this.#deniedUntil = this.#clock() + deniedMilliseconds;
      for (const pending of reads) this.#readAlone(pending);
    }
  }
}

/** Of the most patient, and abandoned once nobody of them waits any more. */
function together(reads: readonly Pick<PendingRead<never>, "isWanted" | "patience">[]): Patience {
  const controller = new AbortController();
  const abandon = () => {
    if (!reads.some(({ isWanted }) => isWanted)) controller.abort();
  };
  for (const { patience } of reads) patience.signal.addEventListener("abort", abandon);
  const isPatient = reads.some(({ patience }) => patience.isPatient);
  return { signal: controller.signal, isPatient };
}
