import { expect, test } from "vitest";
import { type Child, startChild } from "../child-process.ts";
import { Supervised } from "./supervised.ts";

/** Starts scripts one after the other; each is ready when it has printed a line. */
function scripts(...texts: readonly string[]): { start: () => Child; started: () => number } {
  let count = 0;
  const start = () => {
    const words = ["-c", texts[count++] ?? "exit 99"];
    return startChild({ command: "sh", words, environment: process.env, isRedacted: false });
  };
  return { start, started: () => count };
}

test("a child is replaced, and the last one's exit code counts", async () => {
  const { start, started } = scripts("sleep 60", "exit 3");
  const supervised = new Supervised(start);
  const code = supervised.run();
  supervised.replace();
  expect(await code).toBe(3);
  expect(started()).toBe(2);
});

test("one that does not end is killed", async () => {
  // It ignores the signal from its first instruction on, as it inherits that.
  const stubborn = `trap '' TERM; exec sleep 60`;
  const { start } = scripts(stubborn, "exit 4");
  const supervised = new Supervised(start, 50);
  const code = supervised.run();
  supervised.replace();
  expect(await code).toBe(4);
});

test("whoever asks for the end gets no successor", async () => {
  const { start, started } = scripts("sleep 60", "exit 5");
  const supervised = new Supervised(start);
  const code = supervised.run();
  supervised.replace();
  process.emit("SIGTERM", "SIGTERM");
  expect(await code).toBe(143);
  expect(started()).toBe(1);
});
