import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { table, Unavailable } from "../storage.ts";
import { openSqliteStorage } from "./sqlite-storage.ts";

const pageBytes = 4096;
const secrets = table<{ readonly filling: string }>("secrets");

let directory: string;
let path: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "claviger-damage-"));
  path = join(directory, "vault.db");
  const storage = await openSqliteStorage({ directory });
  for (let number = 0; number < 200; number++) {
    const body = { filling: "x".repeat(400) };
    await storage.commit([{ type: "put", table: secrets, key: `k${number}`, body }]);
  }
  await storage.close();
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Overwrites the page, as a disk does that puts another file's block there. */
function damage(page: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, (page - 1) * pageBytes);
  closeSync(file);
}

/** Pages of the rows, by what SQLite says of them. */
function rowPages(): number[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const pages = database.prepare("SELECT pageno FROM dbstat WHERE name = 'secrets'").all();
  database.close();
  return pages.map(({ pageno }) => Number(pageno));
}

it("is not served, whichever page was hit", async () => {
  const pages = statSync(path).size / pageBytes;
  for (const page of [1, 2, rowPages().at(-1) ?? 0, pages]) {
    damage(page);
    await expect(openSqliteStorage({ directory })).rejects.toThrow(Unavailable);
  }
});

it("is told where it is met while serving, and other rows are given", async () => {
  const told: string[] = [];
  const storage = await openSqliteStorage({ directory, onDamage: (reason) => told.push(reason) });
  for (const page of rowPages().slice(1, 4)) damage(page);
  const keys = Array.from({ length: 200 }, (_, number) => `k${number}`);
  const read = await Promise.allSettled(keys.map((key) => storage.get(secrets, key)));
  const refused = read.filter(({ status }) => status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(200);
  for (const each of read) {
    if (each.status === "fulfilled") expect(each.value?.body.filling).toHaveLength(400);
    else expect(each.reason).toBeInstanceOf(Unavailable);
  }
  expect(told).toContain("The database is damaged: database disk image is malformed");
  await storage.close();
});
