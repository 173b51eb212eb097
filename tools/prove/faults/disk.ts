/** A disk that is full, and one that can only be read. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { demandAllThere, Writers } from "../../harness/acknowledged-writes.ts";
import { isSmallDiskPossible, mountSmallDisk, type SmallDisk } from "../../harness/small-disk.ts";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { demand } from "../claim.ts";
import { type Fault, failuresOf, healthOf, refusalIn, until } from "./fault.ts";

const megabytes = 48;

export const fullDisk: Fault = {
  name: "disk full",
  run: (root, { writeMilliseconds }) =>
    onSmallDisk(root, async ({ disk, start }) => {
      const vault = await start();
      const writers = new Writers(vault.environment, "full");
      await sleep(writeMilliseconds);
      disk.fill();
      await until(() => writers.cut.length > 0);
      await sleep(writeMilliseconds);
      const health = await healthOf(vault.url);
      demand(health.startsWith("503"), `/health says ${health} while the disk is full`);
      const before = writers.acknowledged.length;
      disk.empty();
      const milliseconds = await until(() => writers.acknowledged.length > before);
      await sleep(writeMilliseconds);
      await writers.stop();
      await demandAllThere(vault.environment, writers);
      const after = await healthOf(vault.url);
      await vault.stop();
      return {
        injected: `a disk of ${megabytes} MB was filled to its last byte under 8 writers`,
        acknowledged: writers.acknowledged.length,
        found: "all",
        clients: failuresOf(writers),
        health: `${health}; then ${after}`,
        recovery: `by itself, ${milliseconds} ms after there was room`,
      };
    }),
};

export const readOnlyDisk: Fault = {
  name: "read-only disk",
  run: (root, { writeMilliseconds }) =>
    onSmallDisk(root, async ({ disk, start, log }) => {
      const vault = await start();
      const writers = new Writers(vault.environment, "read-only");
      await sleep(writeMilliseconds);
      await vault.kill();
      await writers.stop();
      disk.remount("ro");
      const isServed = await start().then(
        () => true,
        () => false,
      );
      demand(!isServed, "a vault serves from a read-only disk");
      const refusal = refusalIn(log());
      disk.remount("rw");
      const again = await start();
      await demandAllThere(again.environment, writers);
      await again.stop();
      return {
        injected: "kill -9, then the file system was mounted read-only before the next start",
        acknowledged: writers.acknowledged.length,
        found: "all",
        clients: failuresOf(writers),
        health: `it did not start: ${refusal.replace(/'.*'/, "'…'")}`,
        recovery: "at the first start after it was mounted for writing",
      };
    }),
};

interface OnDisk {
  readonly disk: SmallDisk;
  start(): ReturnType<typeof startVaultProcess>;
  log(): string;
}

async function onSmallDisk<Result>(root: string, work: (on: OnDisk) => Promise<Result>) {
  demand(isSmallDiskPossible, "only root on Linux can make a disk that fills up");
  const dataDirectory = join(temporaryFolder("disk"), "data");
  mkdirSync(dataDirectory);
  const disk = await mountSmallDisk(dataDirectory, megabytes);
  const { enter, seenFolder: seenDirectory } = disk;
  try {
    return await work({
      disk,
      start: () => startVaultProcess({ root, dataDirectory, enter, seenDirectory }),
      log: () => readFileSync(`${dataDirectory}.log`, "utf8"),
    });
  } finally {
    await disk.close();
  }
}
