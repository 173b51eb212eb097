/** A restore to a folder that comes to no end: killed, or without room on the disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
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

test("after a kill no vault starts on the folder, and the next restore is whole", async () => {
  const child = spawn(process.execPath, [...program, "stay-half-way", path, restored], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  copyFileSync(join(vault.dataDirectory, "root.key"), join(restored, "root.key"));

  const configuration = readConfiguration({ data: restored, port: "0" }, {});
  await expect(startServer(configuration, { logTo: "nowhere" })).rejects.toThrow("was cut short");
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
