/** A process that may open no more files, and so takes no more connections. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { demandAllThere, Writers } from "../../harness/acknowledged-writes.ts";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { type Fault, failuresOf, healthOf, until } from "./fault.ts";

const spare = 16;
const strangers = 64;

export const noFileDescriptors: Fault = {
  name: "no file descriptors left",
  async run(root, { writeMilliseconds }) {
    const dataDirectory = join(temporaryFolder("descriptors"), "data");
    const vault = await startVaultProcess({ root, dataDirectory });
    const writers = new Writers(vault.environment, "descriptors");
    await sleep(writeMilliseconds);
    const open = readdirSync(`/proc/${vault.pid}/fd`).length;
    const before = limitOf(vault.pid);
    setLimit(vault.pid, open + spare);
    const { port, hostname } = new URL(vault.url);
    const sockets: Socket[] = [];
    for (let count = 0; count < strangers; count++) {
      sockets.push(connect(Number(port), hostname).on("error", () => {}));
    }
    await sleep(writeMilliseconds);
    const during = writers.acknowledged.length;
    const health = await healthOf(vault.url);
    const asNewcomer = new Writers(vault.environment, "newcomer", 2);
    await sleep(writeMilliseconds);
    for (const socket of sockets) socket.destroy();
    const milliseconds = await until(async () => (await healthOf(vault.url)) === "200");
    setLimit(vault.pid, before);
    await Promise.all([writers.stop(), asNewcomer.stop()]);
    await demandAllThere(vault.environment, writers);
    await demandAllThere(vault.environment, asNewcomer);
    await vault.stop();
    const served = writers.acknowledged.length > during ? "went on" : "waited";
    return {
      injected: `the limit set to ${spare} more than were open (prlimit), and ${strangers} idle connections`,
      acknowledged: writers.acknowledged.length + asNewcomer.acknowledged.length,
      found: "all",
      clients: `connected ones ${served} (failed: ${failuresOf(writers)}); newcomers failed: ${failuresOf(asNewcomer)}`,
      health,
      recovery: `by itself, ${milliseconds} ms after the connections had gone`,
    };
  },
};

function limitOf(pid: number): number {
  const words = ["--pid", String(pid), "--nofile", "--noheadings", "--raw", "--output", "SOFT"];
  return Number(execFileSync("prlimit", words, { encoding: "utf8" }));
}

function setLimit(pid: number, count: number): void {
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${count}:`]);
}
