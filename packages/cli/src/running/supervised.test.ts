import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Child, startChild } from "../child-process.ts";
import { Supervised } from "./supervised.ts";

/** Starts scripts one after the other. */
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
  const folder = mkdtempSync(join(tmpdir(), "claviger-supervised-"));
  const { start } = scripts(`trap '' TERM; touch ${folder}/ready; exec sleep 60`, "exit 4");
  const supervised = new Supervised(start, 50);
  const code = supervised.run();
  while (!existsSync(`${folder}/ready`)) await sleep(5);
  supervised.replace();
  expect(await code).toBe(4);
  rmSync(folder, { recursive: true });
});
