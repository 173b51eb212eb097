import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { interruptible } from "./interruption.ts";

test.each(["SIGINT", "SIGTERM"] as const)("%s ends work where it can tidy up", async (signal) => {
  const before = process.listenerCount(signal);
  let isTidy = false;
  const working = interruptible(async (heard) => {
    expect(process.listenerCount(signal)).toBe(before + 1);
    process.kill(process.pid, signal);
    try {
      for (;;) {
        await heard();
        await sleep(1);
      }
    } finally {
      isTidy = true;
    }
  });
  await expect(working).rejects.toMatchObject({ message: "interrupted", exitCode: 130 });
  expect(isTidy).toBe(true);
  expect(process.listenerCount(signal)).toBe(before);
});
