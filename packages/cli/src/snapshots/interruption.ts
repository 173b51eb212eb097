/**
 * Ctrl-C during a long command that must not leave half of its work behind: it is heard at the
 * next moment when the work says how far it is. Pressed again, it ends the process at once.
 */
import { setImmediate as turn } from "node:timers/promises";
import { interrupted } from "../failure.ts";

/** Work that waits for no disk or network keeps signals waiting; this often they get a turn. */
const everyMilliseconds = 50;

/** Runs `work`, whose `heard` throws once Ctrl-C was pressed. */
export async function interruptible<Result>(
  work: (heard: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  let isInterrupted = false;
  let turnedAt = 0;
  const interrupt = () => {
    isInterrupted = true;
  };
  process.once("SIGINT", interrupt);
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
    process.off("SIGINT", interrupt);
  }
}
