/**
 * The flights of one entry: one at a time. What has to be newer than the one under way waits for its
 * end, so that a storm of changes is as many fetches as the store can answer one after the other.
 */
import { Flight } from "./flight.ts";

export interface FlightPlan<Result> {
  /** Called when nothing else is under way. */
  fly(flight: Flight<Result>, signal: AbortSignal): Promise<Result>;
  began(): void;
  ended(): void;
}

export class Flights<Result> {
  readonly #plan: FlightPlan<Result>;
  #latest: Flight<Result> | undefined;
  #afterRefusal: Flight<Result> | undefined;

  constructor(plan: FlightPlan<Result>) {
    this.#plan = plan;
  }

  get isUnderWay(): boolean {
    return this.#latest !== undefined && !this.#latest.isAbandoned;
  }

  /** The one under way, if its answer will be new enough. */
  current(): Flight<Result> {
    const flight = this.#latest;
    return flight === undefined || flight.isAbandoned || flight.isOutdated ? this.#start() : flight;
  }

  /** One that has not asked yet. */
  anew(): Flight<Result> {
    if (this.#latest?.hasBegun) this.#latest.isOutdated = true;
    return this.current();
  }

  /** One that has not asked before the first of those who come now was refused the value. */
  afterRefusal(): Flight<Result> {
    const isAsking = this.#latest !== undefined && this.#latest === this.#afterRefusal;
    this.#afterRefusal = isAsking ? this.current() : this.anew();
    return this.#afterRefusal;
  }

  #start(): Flight<Result> {
    const before = this.#latest?.promise;
    const flight = new Flight<Result>(async (self, signal) => {
      try {
        await before?.catch(() => {});
        signal.throwIfAborted();
        self.hasBegun = true;
        return await this.#plan.fly(self, signal);
      } finally {
        if (this.#latest === self) this.#latest = undefined;
        if (this.#afterRefusal === self) this.#afterRefusal = undefined;
        this.#plan.ended();
      }
    });
    this.#latest = flight;
    this.#plan.began();
    return flight;
  }
}
