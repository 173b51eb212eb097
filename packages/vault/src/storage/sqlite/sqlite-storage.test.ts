import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheStorage } from "../cached-storage.ts";
import { migrations } from "../migrations/migrations.ts";
import { type OpenedStorage, storageConformance } from "../storage.conformance.ts";
import { type Storage, table, Unavailable } from "../storage.ts";
import { openSqliteStorage } from "./sqlite-storage.ts";

const secrets = table<unknown>("secrets");

function folder(): string {
  return mkdtempSync(join(tmpdir(), "claviger-storage-"));
}

function opener(wrap: (storage: Storage) => Storage): () => Promise<OpenedStorage> {
  return async () => {
    const directory = folder();
    const reopen = async () => wrap(await openSqliteStorage({ directory }));
    const remove = async () => rmSync(directory, { recursive: true });
    return { storage: await reopen(), reopen, remove };
  };
}

storageConformance(
  "SQLite",
  opener((storage) => storage),
);
storageConformance(
  "SQLite behind a cache",
  opener((storage) => cacheStorage(storage, { bytesMax: 1_000_000 })),
);
storageConformance(
  "SQLite behind a cache of two rows",
  opener((storage) => cacheStorage(storage, { bytesMax: 1_200 })),
);

describe("the embedded database", () => {
  let directory: string;

  beforeEach(() => {
    directory = folder();
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs `child.ts` on the folder and returns what it says until it ends or is killed. */
  function child(mode: string, command = process.execPath, words: string[] = []) {
    const file = fileURLToPath(new URL("./sqlite-storage.child.ts", import.meta.url));
    const started = spawn(command, [...words, file, mode, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    started.stdout.on("data", (data) => {
      said += data;
    });
    return { started, said: () => said };
  }

  test("keeps every write that a killed process acknowledged", async () => {
    const { started, said } = child("write-until-killed");
    while (said().split("\n").length < 40) await once(started.stdout, "data");
    started.kill("SIGKILL");
    await once(started, "close");

    const storage = await openSqliteStorage({ directory });
    const acknowledged = said().trim().split("\n");
    const rows = await storage.getMany(secrets, acknowledged);
    expect(rows.map((row) => row?.key)).toEqual(acknowledged);
    // Each commit wrote a pair: never is there a half of one.
    const halves = await storage.count(secrets, "w");
    expect(await storage.count(table("roles"), "w")).toBe(halves);
    await storage.close();
  });

  test("is served by one process at a time, and by the next once that was killed", async () => {
    const { started, said } = child("write-until-killed");
    while (said() === "") await once(started.stdout, "data");
    await expect(openSqliteStorage({ directory })).rejects.toThrow(
      "Another process is serving the data folder",
    );
    started.kill("SIGKILL");
    await once(started, "close");
    await (await openSqliteStorage({ directory })).close();
  });

  test("is served once within a process too", async () => {
    const storage = await openSqliteStorage({ directory });
    await expect(openSqliteStorage({ directory })).rejects.toThrow(Unavailable);
    await storage.close();
    await (await openSqliteStorage({ directory })).close();
  });

  test("lets a process end that forgot to close it", async () => {
    const { started, said } = child("write-and-return");
    const [code] = await once(started, "close");
    expect([code, said()]).toEqual([0, "committed\n"]);
  });

  test.runIf(process.platform === "linux")(
    "refuses commits while the disk is full, keeps serving reads, and recovers",
    async () => {
      // A limit on file sizes fails the writes as a full disk does; prlimit lifts it later.
      const shell = `ulimit -S -f 2000 && exec "${process.execPath}" "$@"`;
      const { started, said } = child("fill-the-disk", "sh", ["-c", shell, "sh"]);
      const [code] = await once(started, "close");
      expect(said().trim().split("\n")).toEqual([
        "refused: Unavailable",
        "read: true",
        "recovered: true",
        "half-written: false",
      ]);
      expect(code).toBe(0);
    },
  );

  test("belongs to its owner alone", async () => {
    const storage = await openSqliteStorage({ directory: join(directory, "made") });
    await storage.commit([{ type: "put", table: secrets, key: "a", body: 1 }]);
    for (const name of ["vault.db", "vault.db-wal", "vault.db-shm", "vault.lock"]) {
      expect(statSync(join(directory, "made", name)).mode & 0o777, name).toBe(0o600);
    }
    expect(statSync(join(directory, "made")).mode & 0o777).toBe(0o700);
    await storage.close();
  });

  test("of a newer program is refused and left alone", async () => {
    await (await openSqliteStorage({ directory })).close();
    const database = new DatabaseSync(join(directory, "vault.db"));
    database.exec(`UPDATE "schema_version" SET "version" = 99`);
    await expect(openSqliteStorage({ directory })).rejects.toMatchObject({
      message: expect.stringContaining("written by a newer Claviger"),
      hint: expect.stringContaining("start a Claviger that is as new"),
    });
    expect(database.prepare(`SELECT "version" FROM "schema_version"`).get()).toEqual({
      version: 99,
    });
    database.exec(`UPDATE "schema_version" SET "version" = ${migrations.at(-1)?.version}`);
    database.close();
    await (await openSqliteStorage({ directory })).close();
  });
});
