/** The streams that are open: how many each principal may have, and who wakes them. */
import { ApiError } from "../errors.ts";

export interface StreamLimits {
  /** Of the whole process. */
  readonly streamsMax: number;
  readonly streamsPerPrincipalMax: number;
}

/** A burst of commits is told of in rounds this far apart, not in one for each. */
const roundMilliseconds = 100;

export class OpenStreams {
  readonly #limits: StreamLimits;
  readonly #byPrincipal = new Map<string, Set<OpenStream>>();
  #count = 0;
  #lastRoundAt = Number.NEGATIVE_INFINITY;
  #nextRound: NodeJS.Timeout | undefined;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** Throws Throttling where there are too many already. */
  open(principalArn: string): OpenStream {
    const { streamsMax, streamsPerPrincipalMax } = this.#limits;
    const own = this.#byPrincipal.get(principalArn) ?? new Set();
    if (own.size >= streamsPerPrincipalMax || this.#count >= streamsMax) throw tooManyStreams();
    const stream = new OpenStream(() => this.#close(principalArn, stream));
    this.#byPrincipal.set(principalArn, own.add(stream));
    this.#count += 1;
    return stream;
  }

  /** There may be something new for everybody. */
  wake(): void {
    if (this.#nextRound !== undefined || this.#count === 0) return;
    const wait = this.#lastRoundAt + roundMilliseconds - performance.now();
    if (wait <= 0) this.#round();
    else this.#nextRound = setTimeout(() => this.#round(), wait).unref();
  }

  #round(): void {
    this.#nextRound = undefined;
    this.#lastRoundAt = performance.now();
    for (const streams of this.#byPrincipal.values()) {
      for (const stream of streams) stream.wake();
    }
  }

  #close(principalArn: string, stream: OpenStream): void {
    const own = this.#byPrincipal.get(principalArn);
    if (own?.delete(stream) !== true) return;
    this.#count -= 1;
    if (own.size === 0) this.#byPrincipal.delete(principalArn);
  }
}

/** One place among the open streams, until it is closed. */
export class OpenStream {
  isClosed = false;
  readonly #onClose: () => void;
  #isAwake = false;
  #rise: (() => void) | undefined;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  /** What it is woken for from here on is news. */
  look(): void {
    this.#isAwake = false;
  }

  /** Resolves when it was woken since it looked, when it is closed, or when time is up. */
  async sleep(milliseconds: number): Promise<void> {
    if (!this.#isAwake && !this.isClosed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#rise = resolve;
      const timer = setTimeout(resolve, milliseconds).unref();
      await promise;
      clearTimeout(timer);
    }
  }

  wake(): void {
    this.#isAwake = true;
    this.#rise?.();
  }

  close(): void {
    this.isClosed = true;
    this.#onClose();
    this.#rise?.();
  }
}

function tooManyStreams(): ApiError {
  return new ApiError("Throttling", "Too many streams of changes are open. Try again later.");
}
