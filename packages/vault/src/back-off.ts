/** How long to wait before trying again to reach or start what is gone: longer each time, and never in step. */
import { setTimeout } from "node:timers/promises";

const firstMilliseconds = 50;
const longestMilliseconds = 2_000;

export class BackOff {
  #failures = 0;

  /** Resolves when it is time for the next attempt. Doesn't keep the process alive. */
  async pause(signal: AbortSignal): Promise<void> {
    const longest = Math.min(firstMilliseconds * 2 ** this.#failures++, longestMilliseconds);
    const milliseconds = longest * (0.5 + Math.random() / 2);
    await setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => {});
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
