/**
 * Ctrl-C, or a job's SIGTERM, during a long command that must not leave half of its work behind: it
 * is heard at the next moment when the work says how far it is. Sent again, it ends the process.
 */
import { setImmediate as turn } from "node:timers/promises";
import { interrupted } from "../failure.ts";

/** Work that waits for no disk or network keeps signals waiting; this often they get a turn. */
const everyMilliseconds = 50;

const signals = ["SIGINT", "SIGTERM"] as const;

/** Runs `work`, whose `heard` throws once a signal has come. */
export async function interruptible<Result>(
  work: (heard: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  let isInterrupted = false;
  let turnedAt = 0;
  const interrupt = () => {
    isInterrupted = true;
  };
  for (const signal of signals) process.once(signal, interrupt);
  try {
    return await work(async () => {
      const now = performance.now();
      if (now - turnedAt >= everyMilliseconds) {
        turnedAt = now;
        await turn();
      }
      if (isInterrupted) throw interrupted();
    });
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
