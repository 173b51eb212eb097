/**
 * Durable writes beside bare SQLite commits of the same rows, as many of them in a commit as the
 * vault's own have: how much of what the disk and SQLite can do is left to whoever writes.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder } from "../harness/vault-process.ts";
import { load, median } from "./load.ts";
import { operationCalled, requestsOf } from "./operations.ts";
import type { VaultSubject } from "./subjects.ts";
import { type BenchSize, connections } from "./throughput.ts";

export interface CommitPlan {
  /** The vault's database, with the rows, and a file to be. */
  readonly source: string;
  readonly target: string;
  readonly tables: readonly { readonly name: string; readonly isReplaced: boolean }[];
  readonly writesPerCommit: number;
  readonly seconds: number;
}

export interface WriteReport {
  /** PutParameter. */
  readonly vaultPerSecond: number;
  readonly barePerSecond: number;
  readonly writesPerCommit: number;
}

/** What one PutParameter of a parameter that is there writes; not its index entry and audit event. */
const tables = [
  { name: "parameters", isReplaced: true },
  { name: "parameter_versions", isReplaced: false },
  { name: "changes", isReplaced: false },
];

/** `vault` is one on SQLite. */
export async function measureWrites(vault: VaultSubject, size: BenchSize): Promise<WriteReport> {
  const put = operationCalled("PutParameter");
  const rates = { vault: [] as number[], bare: [] as number[], grouped: [] as number[] };
  const seconds = size.secondsPerRound;
  for (let round = 0; round <= size.rounds; round++) {
    const before = await groupsOf(vault.url);
    const requests = requestsOf(put, vault.caller);
    const { requestsPerSecond } = await load(vault, { requests, connections, seconds });
    const after = await groupsOf(vault.url);
    const writesPerCommit = (after.events - before.events) / (after.groups - before.groups);
    const bare = await bareCommits({
      source: join(vault.dataDirectory, "vault.db"),
      target: join(temporaryFolder("bare-commits"), "bare.db"),
      tables,
      writesPerCommit: Math.round(writesPerCommit),
      seconds,
    });
    if (round === 0) continue;
    rates.vault.push(requestsPerSecond);
    rates.bare.push(bare);
    rates.grouped.push(writesPerCommit);
  }
  return {
    vaultPerSecond: median(rates.vault),
    barePerSecond: median(rates.bare),
    writesPerCommit: median(rates.grouped),
  };
}

async function bareCommits(plan: CommitPlan): Promise<number> {
  const script = fileURLToPath(new URL("bare-commits.child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(plan)]);
  return Number(stdout);
}

/** Groups of the audit log and their events so far: the groups of the writes are about as large. */
async function groupsOf(url: string): Promise<{ events: number; groups: number }> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const figure = (name: string) => {
    return Number(
      new RegExp(`^claviger_audit_group_events_${name} (\\S+)$`, "m").exec(metrics)?.[1],
    );
  };
  return { events: figure("sum"), groups: figure("count") };
}
