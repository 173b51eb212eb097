/**
 * Calls of the two services with the patience that the transport leaves to us: up to three attempts
 * where somebody waits who has nothing else, and a gate and a breaker for each service.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Service, type Transport, TransportError } from "../transport/transport.ts";
import { BackOff, type Random } from "./back-off.ts";
import { Breaker } from "./breaker.ts";
import { Gate } from "./gate.ts";

const attemptsMax = 3;
/** Of one service. */
const callsAtOnceMax = 20;
const waits = { baseMilliseconds: 50, capMilliseconds: 2000 };

export interface CallsOptions {
  readonly transport: Transport;
  /** Milliseconds that never go backwards. */
  readonly clock: () => number;
  readonly random: Random;
}

export interface Patience {
  readonly signal: AbortSignal;
  readonly isPatient: boolean;
}

export type Output = Readonly<Record<string, unknown>>;

export class Calls {
  readonly #options: CallsOptions;
  readonly #breakers: Readonly<Record<Service, Breaker>>;
  readonly #gates: Readonly<Record<Service, Gate>>;

  constructor(options: CallsOptions) {
    this.#options = options;
    const { random } = options;
    this.#breakers = { ssm: new Breaker(random), secretsmanager: new Breaker(random) };
    this.#gates = { ssm: new Gate(callsAtOnceMax), secretsmanager: new Gate(callsAtOnceMax) };
  }

  /** The operation's output; rejects with TransportError, or with the signal's reason. */
  async call(
    service: Service,
    operation: string,
    input: object,
    { signal, isPatient }: Patience,
  ): Promise<Output> {
    const gate = this.#gates[service];
    const once = () => this.#once(service, operation, input, signal);
    const wait = new BackOff(waits, this.#options.random);
    for (let attempt = 1; ; attempt++) {
      try {
        return await gate.pass(once, signal);
      } catch (error) {
        const pause = Math.max(wait.next(), waitAskedFor(error));
        const isWorthwhile = isPatient && mayPassSoon(error) && pause <= waits.capMilliseconds;
        if (signal.aborted || attempt === attemptsMax || !isWorthwhile) throw error;
        await sleep(pause, undefined, { signal });
      }
    }
  }

  async #once(
    service: Service,
    operation: string,
    input: object,
    signal: AbortSignal,
  ): Promise<Output> {
    const breaker = this.#breakers[service];
    if (!breaker.admits(this.#options.clock())) throw leftAlone(service, breaker.cause);
    try {
      const output = await this.#options.transport.send(service, operation, input, signal);
      breaker.succeeded();
      return output;
    } catch (error) {
      this.#report(error, breaker, signal);
      throw error;
    }
  }

  #report(error: unknown, breaker: Breaker, signal: AbortSignal): void {
    if (signal.aborted) breaker.abandoned();
    else if (isPassing(error)) breaker.failed(this.#options.clock(), error, waitAskedFor(error));
    else breaker.succeeded();
  }
}

function isPassing(error: unknown): boolean {
  return !(error instanceof TransportError) || error.kind !== "refused";
}

function mayPassSoon(error: unknown): boolean {
  return isPassing(error) && !(error instanceof TransportError && error.isExhausted);
}

function waitAskedFor(error: unknown): number {
  return (error instanceof TransportError && error.retryAfterMilliseconds) || 0;
}

/** Nothing was sent, and nothing will be for now. */
function leftAlone(service: Service, cause: unknown): TransportError {
  const message = `${service} has failed again and again, and is left alone for a while`;
  return new TransportError("Unreachable", message, { kind: "outage", isExhausted: true, cause });
}
