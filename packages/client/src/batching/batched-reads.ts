/**
 * Reads of one tick become as few calls as there can be: one read alone is a single read, several
 * are batches. Waiting for the end of the tick adds no latency, since nothing is sent within one.
 * A batch that is refused as a whole is read one by one, for one denied name denies them all; and
 * what may not be read alone is tried as a batch of one.
 */
import type { Patience } from "../calls/calls.ts";
import { isAboutTheCaller } from "../transport/failures.ts";
import { TransportError } from "../transport/transport.ts";
import { PendingRead } from "./pending-read.ts";

/** How a service reads. */
export interface BatchProtocol<Read> {
  readonly batchMax: number;
  /** A policy may allow batches and no single reads. */
  readonly isPermittedApart: boolean;
  readOne(id: string, patience: Patience): Promise<Read>;
  /** By id; what is in neither of them is read alone. Rejects where the whole call failed. */
  readBatch(
    ids: readonly string[],
    patience: Patience,
  ): Promise<ReadonlyMap<string, Read | TransportError>>;
}

/** So long one way of reading is not tried after it was denied: permissions change rarely. */
const deniedMilliseconds = 300_000;

export class BatchedReads<Read> {
  readonly #protocol: BatchProtocol<Read>;
  readonly #clock: () => number;
  #waiting: PendingRead<Read>[] = [];
  #batchesDeniedUntil = Number.NEGATIVE_INFINITY;
  #singlesDeniedUntil = Number.NEGATIVE_INFINITY;
  #maySingles = false;

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
    const size = this.#clock() < this.#batchesDeniedUntil ? 1 : this.#protocol.batchMax;
    for (let from = 0; from < reads.length; from += size) {
      const [first, ...others] = reads.slice(from, from + size);
      if (first === undefined) continue;
      if (others.length === 0) this.#readAlone(first);
      else void this.#readTogether([first, ...others]);
    }
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
      if (!isAboutWhatIsRead(error)) {
        for (const pending of reads) pending.fail(error);
        return;
      }
      for (const pending of reads) this.#readAlone(pending);
      await this.#judge(error, reads);
    }
  }

  /** Whether it was the batch that is not allowed, or not there, or one name in it. */
  async #judge(error: TransportError, reads: readonly PendingRead<Read>[]): Promise<void> {
    const alone = await Promise.allSettled(reads.map(({ promise }) => promise));
    const isByName = alone.some((each) => each.status === "rejected" && isDenied(each.reason));
    if (error.code === "UnknownOperationException" || (isDenied(error) && !isByName)) {
      this.#batchesDeniedUntil = this.#clock() + deniedMilliseconds;
    }
  }

  #readAlone(pending: PendingRead<Read>): void {
    if (pending.isWanted) pending.settle(this.#single(pending));
  }

  async #single({ id, patience }: PendingRead<Read>): Promise<Read> {
    if (this.#clock() < this.#singlesDeniedUntil) return this.#batchOfOne(id, patience);
    try {
      const read = await this.#protocol.readOne(id, patience);
      this.#maySingles = true;
      return read;
    } catch (error) {
      if (!this.#protocol.isPermittedApart || this.#maySingles || !isDenied(error)) throw error;
      const read = await this.#batchOfOne(id, patience).catch((other: unknown) => {
        throw isDenied(other) ? error : other;
      });
      this.#singlesDeniedUntil = this.#clock() + deniedMilliseconds;
      return read;
    }
  }

  async #batchOfOne(id: string, patience: Patience): Promise<Read> {
    const answer = (await this.#protocol.readBatch([id], patience)).get(id);
    if (answer !== undefined && !(answer instanceof TransportError)) return answer;
    throw answer ?? new TransportError("Unreadable", "the reply lacks it", { kind: "outage" });
  }
}

/** A refusal of one or some of the names, or of reading so; not of the caller, nor an outage. */
function isAboutWhatIsRead(error: unknown): error is TransportError {
  const isRefusal = error instanceof TransportError && error.kind === "refused";
  return isRefusal && !isAboutTheCaller(error.code);
}

function isDenied(error: unknown): boolean {
  return error instanceof TransportError && error.code === "AccessDeniedException";
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
