/**
 * A vault whose figures are measured: how much its database holds, rows and trail apart, and how
 * much CPU the database server has used.
 */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeCluster } from "../../harness/cluster.ts";
import { sql } from "../../harness/sql.ts";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { familyCpuMicroseconds } from "../process-figures.ts";
import { LiveMemory } from "./live-memory.ts";

export interface PlanSubject {
  readonly vault: VaultProcess;
  /** After a clean-up, without what is kept for a while only: the history of changes. */
  rowBytes(): Promise<number>;
  trailBytes(): Promise<number>;
  /** CPU time of the database server, in microseconds. */
  databaseCpu(): number;
  connections(): Promise<number>;
  /** What the vault holds once all garbage is collected. */
  liveBytes(): Promise<number>;
  stop(): Promise<void>;
}

export async function startOnSqlite(root: string): Promise<PlanSubject> {
  const dataDirectory = join(temporaryFolder("plan"), "data");
  const memory = new LiveMemory();
  const { nodeOptions } = memory;
  const vault = await startVaultProcess({ root, dataDirectory, nodeOptions });
  return {
    vault,
    rowBytes: async () => cleanSize(join(dataDirectory, "vault.db"), ["changes"]),
    trailBytes: async () => cleanSize(join(dataDirectory, "audit.db"), []),
    databaseCpu: () => 0,
    connections: async () => 0,
    liveBytes: () => memory.bytes(vault.pid),
    stop: () => vault.stop(),
  };
}

/** Of a copy: another process has the file open. */
function cleanSize(path: string, emptied: readonly string[]): number {
  const copy = join(temporaryFolder("plan-copy"), "copy.db");
  const source = new DatabaseSync(path, { readOnly: true });
  source.prepare("VACUUM INTO ?").run(copy);
  source.close();
  const database = new DatabaseSync(copy);
  for (const table of emptied) database.exec(`DELETE FROM "${table}"`);
  database.exec("VACUUM");
  database.close();
  const { size } = statSync(copy);
  rmSync(copy);
  return size;
}

const keptForAWhile = ["changes", "changes_index", "touched_rows"];

export async function startOnPostgres(root: string): Promise<PlanSubject> {
  const memory = new LiveMemory();
  const { nodeOptions } = memory;
  const cluster = await makeCluster({ root, nodes: 1, nodeOptions });
  await cluster.startAll();
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error("no node was started");
  const { database, postgres } = cluster;
  const sizes = async () => {
    await sql(database, "VACUUM FULL");
    return sql<{ name: string; bytes: number }>(
      database,
      `SELECT relname AS name, pg_total_relation_size(oid)::float8 AS bytes FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
  };
  const sum = (tables: readonly { bytes: number }[]) =>
    tables.reduce((all, { bytes }) => all + bytes, 0);
  const isOfTrail = ({ name }: { name: string }) => name.startsWith("audit_");
  return {
    vault: node.vault,
    rowBytes: async () =>
      sum((await sizes()).filter((one) => !isOfTrail(one) && !keptForAWhile.includes(one.name))),
    trailBytes: async () => sum((await sizes()).filter(isOfTrail)),
    databaseCpu: () => familyCpuMicroseconds(postgres.pid),
    async connections() {
      const name = new URL(database).pathname.slice(1);
      const text =
        "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()";
      return (await sql(database, text, [name])).length;
    },
    liveBytes: () => memory.bytes(node.vault.pid),
    async stop() {
      await node.stop();
      await cluster.stop();
    },
  };
}
