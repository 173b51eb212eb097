import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { OrderedThread } from "./ordered-thread.ts";

const start = (path: string | undefined) =>
  OrderedThread.start(new URL("./ordered-thread.child", import.meta.url), { path }, () => {});

it("has let go of what it opened where it refuses to start", async () => {
  const directory = mkdtempSync(join(tmpdir(), "claviger-thread-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "a.db");
  const database = new DatabaseSync(path);
  for (let round = 0; round < 5; round++) {
    await expect(start(path)).rejects.toThrow("refused");
    database.exec("BEGIN EXCLUSIVE; ROLLBACK");
  }
  database.close();
});

it("that ends before it can say anything is told as such", async () => {
  await expect(start(undefined)).rejects.toThrow("The thread has ended");
});
