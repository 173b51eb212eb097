/**
 * Vaults that are killed in the middle of rotations: one on SQLite, which is started again, and
 * two nodes on PostgreSQL, of which the one that runs rotations is killed and the other takes over.
 */
import { join } from "node:path";
import { type ClusterNode, makeCluster } from "../../harness/cluster.ts";
import { freePort } from "../../harness/free-port.ts";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { leaseHolder } from "../nodes/lease-holder.ts";

export interface CrashGround {
  readonly database: string;
  /** Who is asked; undefined while nobody serves. */
  vault(): VaultProcess | undefined;
  /** SIGKILL of the one that runs rotations. */
  kill(): Promise<void>;
  /** After that: resolves when somebody serves who will go on with them. */
  recover(): Promise<VaultProcess>;
  /** Before the next kill. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

export interface GroundOptions {
  readonly root: string;
  readonly rotatorsFile: string;
  /** In place of `claviger server`. */
  readonly server: readonly string[];
}

export async function oneOnSqlite(options: GroundOptions): Promise<CrashGround> {
  const { root, rotatorsFile, server } = options;
  // Rotation functions have been told where it is.
  const port = String(await freePort());
  const flags = ["--rotators", rotatorsFile, "--port", port];
  const dataDirectory = join(temporaryFolder("rotation-crash"), "data");
  const start = () => startVaultProcess({ root, dataDirectory, server, flags });
  let vault: VaultProcess | undefined = await start();
  return {
    database: "SQLite",
    vault: () => vault,
    async kill() {
      const killed = vault;
      vault = undefined;
      await killed?.kill();
    },
    async recover() {
      vault = await start();
      return vault;
    },
    restore: async () => {},
    stop: async () => vault?.kill(),
  };
}

export async function twoOnPostgres(options: GroundOptions): Promise<CrashGround> {
  const { root, rotatorsFile, server } = options;
  const flags = ["--rotators", rotatorsFile];
  const cluster = await makeCluster({ root, nodes: 2, flags, server });
  await cluster.startAll();
  let holder = await leaseHolder(cluster.nodes);
  const other = () => cluster.nodes.find((node) => node !== holder) as ClusterNode;
  return {
    database: "PostgreSQL",
    vault: () => other().vault,
    kill: () => holder.kill(),
    recover: async () => other().vault,
    async restore() {
      await holder.start();
      holder = await leaseHolder(cluster.nodes);
    },
    stop: () => cluster.stop(),
  };
}
