/**
 * Vaults that are stopped in the middle of rotations: one on SQLite, which is killed and started
 * again, and two nodes on PostgreSQL. Of those the one that runs rotations is killed, or stands still
 * for so long that the other takes over, and then goes on as if nothing had happened.
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
  readonly name: string;
  /** Whether it goes on where it was: then it finds that another has taken its place. */
  readonly comesBack: boolean;
  /** Who is asked; undefined while nobody serves. */
  vault(): VaultProcess | undefined;
  /** SIGKILL of the one that runs rotations, or SIGSTOP where it comes back. */
  stopRotating(): Promise<void>;
  /** After that: resolves when somebody serves who will go on with them. */
  recover(): Promise<VaultProcess>;
  /** All is as it was before; resolves when somebody rotates. */
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
    name: "SQLite",
    comesBack: false,
    vault: () => vault,
    async stopRotating() {
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

export function twoOnPostgres(options: GroundOptions): Promise<CrashGround> {
  return nodesOnPostgres(options, {
    name: "PostgreSQL",
    comesBack: false,
    stop: (node) => node.kill(),
    restart: (node) => node.start(),
  });
}

/** For longer than a lease lasts: for a moment both believe that they hold it. */
export function oneStallsOnPostgres(options: GroundOptions): Promise<CrashGround> {
  return nodesOnPostgres(options, {
    name: "PostgreSQL, a node stands still",
    comesBack: true,
    stop: async (node) => node.suspend(),
    restart: async (node) => node.resume(),
  });
}

interface Fault extends Pick<CrashGround, "name" | "comesBack"> {
  stop(node: ClusterNode): Promise<void>;
  restart(node: ClusterNode): Promise<void>;
}

async function nodesOnPostgres(
  options: GroundOptions,
  { name, comesBack, stop, restart }: Fault,
): Promise<CrashGround> {
  const { root, rotatorsFile, server } = options;
  const flags = ["--rotators", rotatorsFile];
  const cluster = await makeCluster({ root, nodes: 2, flags, server });
  await cluster.startAll();
  let holder = await leaseHolder(cluster.nodes);
  const other = () => cluster.nodes.find((node) => node !== holder) as ClusterNode;
  return {
    name,
    comesBack,
    vault: () => other().vault,
    stopRotating: () => stop(holder),
    recover: async () => other().vault,
    async restore() {
      await restart(holder);
      holder = await leaseHolder(cluster.nodes);
    },
    stop: () => cluster.stop(),
  };
}
