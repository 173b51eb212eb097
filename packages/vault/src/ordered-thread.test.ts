import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished, vi } from "vitest";
import { eventually } from "../../../tools/harness/eventually.ts";
import type { Options } from "./ordered-thread.child.ts";
import { type OnTrouble, OrderedThread } from "./ordered-thread.ts";

const start = (options: Options, onTrouble: OnTrouble = () => {}, patience?: number) =>
  OrderedThread.start<number, number>(
    new URL("./ordered-thread.child", import.meta.url),
    options,
    onTrouble,
    patience,
  );

it("has let go of what it opened where it refuses to start", async () => {
  const directory = mkdtempSync(join(tmpdir(), "claviger-thread-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "a.db");
  const database = new DatabaseSync(path);
  for (let round = 0; round < 5; round++) {
    await expect(start({ does: "refuses", path })).rejects.toThrow("refused");
    database.exec("BEGIN EXCLUSIVE; ROLLBACK");
  }
  database.close();
});

it("that ends before it can say anything is told as such", async () => {
  await expect(start({ does: "ends" })).rejects.toThrow("The thread has ended");
});

it("that answers nothing is told, refuses who comes, and is well again with its next answer", async () => {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const onTrouble = vi.fn<OnTrouble>();
  const thread = await start({ does: "stands still", gate }, onTrouble, 50);
  const waiting = [thread.ask(1), thread.ask(2)];
  await eventually(() => expect(onTrouble.mock.calls).toEqual([[expect.stringMatching("disk")]]));
  await expect(thread.ask(3)).rejects.toThrow("answers nothing");
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  expect(await Promise.all(waiting)).toEqual([1, 2]);
  expect(onTrouble.mock.lastCall).toEqual([undefined]);
  expect(await thread.ask(4)).toBe(4);
  await thread.close();
});
