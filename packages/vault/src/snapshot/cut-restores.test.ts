/** A restore to a folder that comes to no end: killed, or without room on the disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readConfiguration } from "../configuration.ts";
import { startServer } from "../main.ts";
import type { TestVault } from "../testing/index.ts";
import { backUp } from "./backup.ts";
import { emptyFolder, filledVault, verified } from "./filled-vault.fixture.ts";
import { restore } from "./restore.ts";

const program = [
  "--conditions=@claviger/source",
  "--expose-gc",
  fileURLToPath(new URL("./restore.child.ts", import.meta.url)),
];

let vault: TestVault;
let directory: string;
let path: string;
let restored: string;

beforeAll(async () => {
  vault = await filledVault();
});

afterAll(() => vault.close());

beforeEach(async () => {
  directory = emptyFolder();
  path = join(directory, "vault.snapshot");
  restored = join(directory, "restored");
  await backUp({ type: "folder", directory: vault.dataDirectory }, path, {
    madeBy: "test",
    onProgress() {},
  });
});

afterEach(() => rmSync(directory, { recursive: true }));

const again = () => restore(path, { type: "folder", directory: restored }, () => {});

/** As a kill between the last two steps leaves the folder: the rows are named, the trail isn't. */
async function cutShortBeforeTheTrail(): Promise<void> {
  await again();
  renameSync(join(restored, "audit.db"), join(restored, "audit.db.restoring"));
  copyFileSync(join(vault.dataDirectory, "root.key"), join(restored, "root.key"));
}

async function expectNoStart(): Promise<void> {
  const configuration = readConfiguration({ data: restored, port: "0" }, {});
  await expect(startServer(configuration, { logTo: "nowhere" })).rejects.toThrow("was cut short");
}

test("after a kill between its two names the next restore is whole", async () => {
  await cutShortBeforeTheTrail();
  await expectNoStart();
  await again();
  const { problems } = await verified({ type: "folder", directory: restored }, restored);
  expect(problems).toEqual([]);
  expect(readdirSync(restored).filter((name) => name.endsWith(".restoring"))).toEqual([]);
});

test("after a kill with the public key written the next restore is whole", async () => {
  await cutShortBeforeTheTrail();
  renameSync(join(restored, "vault.db"), join(restored, "vault.db.restoring"));
  await again();
  const { problems } = await verified({ type: "folder", directory: restored }, restored);
  expect(problems).toEqual([]);
});

test.each(["vault.db-wal", "vault.db-mark", "audit.db"])(
  "a database that was served, by its %s, is no leftover of a restore",
  async (name) => {
    await cutShortBeforeTheTrail();
    writeFileSync(join(restored, name), "a vault's");
    const rows = readFileSync(join(restored, "vault.db"));
    await expect(again()).rejects.toThrow("is not empty: it holds vault.db");
    expect(readFileSync(join(restored, "vault.db"))).toEqual(rows);
    // Nor does the refusal make a vault of the half of one.
    await expectNoStart();
  },
);

test("after a kill no vault starts on the folder, and the next restore is whole", async () => {
  const child = spawn(process.execPath, [...program, "stay-half-way", path, restored], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  copyFileSync(join(vault.dataDirectory, "root.key"), join(restored, "root.key"));

  await expectNoStart();
  await again();
  const { problems } = await verified({ type: "folder", directory: restored }, restored);
  expect(problems).toEqual([]);
  const left = ["audit.db", "root.key", "vault.db", "vault.lock"];
  expect(readdirSync(restored).filter((name) => !left.includes(name))).toEqual([
    "audit-public-key.pem",
  ]);
});

test.runIf(existsSync("/bin/sh"))(
  "without room it leaves nothing, and the process ends in its own time",
  async () => {
    // The shell's units are 512 bytes: room for the tables and not for the rows.
    const words = ["-c", 'ulimit -f 400; trap "" XFSZ; exec "$0" "$@"', process.execPath];
    const child = spawn("sh", [...words, ...program, "go-on", path, restored], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    expect(await text(child.stdout)).toMatch(/^refused: .*\nstill here\n$/);
    expect(await closed).toEqual([0, null]);
    expect(readdirSync(restored)).toEqual(["vault.lock"]);
    await again();
  },
);
