/** Files that are not what was written: a cut write-ahead log, a damaged page. */
import { closeSync, cpSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { demandAllThere, Writers } from "../../harness/acknowledged-writes.ts";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { demand } from "../claim.ts";
import { type Fault, type FaultSize, failuresOf, refusalIn } from "./fault.ts";

export const tornLog: Fault = {
  name: "torn write-ahead log",
  async run(root, size) {
    const { dataDirectory, writers } = await killedVault(root, size, "torn");
    // What a power cut leaves of a write that was under way: half a frame, never acknowledged.
    for (const name of ["vault.db-wal", "audit.db-wal"]) {
      const file = openSync(join(dataDirectory, name), "a");
      writeSync(file, Buffer.alloc(2000, 0x5a));
      closeSync(file);
    }
    const vault = await startVaultProcess({ root, dataDirectory });
    await demandAllThere(vault.environment, writers);
    await vault.stop();
    return {
      injected: "kill -9, then half a frame behind the last one of both databases",
      acknowledged: writers.acknowledged.length,
      found: "all",
      clients: failuresOf(writers),
      health: "200 at the next start",
      recovery: "by itself: the half frame is no commit and was dropped",
    };
  },
};

export const cutLog: Fault = {
  name: "truncated write-ahead log",
  run: (root, size) =>
    refused(root, size, {
      prefix: "cut",
      injected: "kill -9, then the latter half of the database's write-ahead log was cut off",
      damage(dataDirectory) {
        const path = join(dataDirectory, "vault.db-wal");
        truncateSync(path, middleOfLog(readFileSync(path)));
      },
    }),
};

const logHeaderBytes = 32;
const frameHeaderBytes = 24;

/**
 * Where the latter half of the frames begins that count: those that bear the salt of the log's
 * header. What is behind them is of before the log was begun anew, and nobody misses it.
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
function middleOfLog(log: Buffer): number {
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let frames = 0;
  for (let at = logHeaderBytes; at + frameBytes <= log.length; at += frameBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salt)) break;
    frames++;
  }
  return logHeaderBytes + Math.floor(frames / 2) * frameBytes;
}

export const damagedPage: Fault = {
  name: "corrupt page",
  run: (root, size) =>
    refused(root, size, {
      prefix: "page",
      isStopped: true,
      injected: "a page of the secrets' versions was overwritten while the vault was stopped",
      damage(dataDirectory) {
        const path = join(dataDirectory, "vault.db");
        const page = pageOf(path, "secret_versions");
        const file = openSync(path, "r+");
        writeSync(file, Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, (page - 1) * pageBytes);
        closeSync(file);
      },
    }),
};

const pageBytes = 4096;

/** The last that the table uses, all of whose rows are in the database's own file then. */
function pageOf(path: string, table: string): number {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const last = database.prepare("SELECT max(pageno) AS page FROM dbstat WHERE name = ?").get(table);
  database.close();
  return Number(last?.page);
}

interface Damage {
  readonly prefix: string;
  readonly injected: string;
  /** Else it was killed. */
  readonly isStopped?: boolean;
  damage(dataDirectory: string): void;
}

/** The damage must be found at the start and nothing served; with the files as they were, all is there. */
async function refused(root: string, size: FaultSize, { prefix, injected, ...how }: Damage) {
  const { dataDirectory, writers } = await killedVault(root, size, prefix);
  if (how.isStopped) await (await startVaultProcess({ root, dataDirectory })).stop();
  const kept = `${dataDirectory}-kept`;
  cpSync(dataDirectory, kept, { recursive: true, preserveTimestamps: true });
  how.damage(dataDirectory);
  const isServed = await startVaultProcess({ root, dataDirectory }).then(
    () => true,
    () => false,
  );
  demand(!isServed, `a vault serves with ${prefix}`);
  const refusal = refusalIn(readFileSync(`${dataDirectory}.log`, "utf8"));
  const vault = await startVaultProcess({ root, dataDirectory: kept });
  await demandAllThere(vault.environment, writers);
  await vault.stop();
  return {
    injected,
    acknowledged: writers.acknowledged.length,
    found: "refused: nothing is served as if it were all",
    clients: failuresOf(writers),
    health: `it did not start: ${refusal.replace(dataDirectory, "DIR").replace(/\d{4,}/g, "…")}`,
    recovery: "with the files as they were: all",
  };
}

/** A data folder that was left by kill -9 under eight writers. */
async function killedVault(root: string, { writeMilliseconds }: FaultSize, prefix: string) {
  const dataDirectory = join(temporaryFolder(prefix), "data");
  const vault = await startVaultProcess({ root, dataDirectory });
  const writers = new Writers(vault.environment, prefix);
  await sleep(writeMilliseconds);
  await vault.kill();
  await writers.stop();
  return { dataDirectory, writers };
}
