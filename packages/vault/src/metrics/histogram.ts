/** How often values fell below each bound, and their sum: a Prometheus histogram. */

/** Seconds, from a read out of memory to a client's patience. */
export const durationBounds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
] as const;

export const countBounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000] as const;

export class Histogram {
  readonly bounds: readonly number[];
  sum = 0;
  /** By the first bound that is not below the value; the last is of values beyond all bounds. */
  readonly #counts: number[];

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at += 1;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.sum += value;
  }

  /** For each bound how many values were not above it, and at last how many there were. */
  cumulative(): readonly number[] {
    let total = 0;
    return this.#counts.map((count) => {
      total += count;
      return total;
    });
  }
}
