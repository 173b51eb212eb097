/** What happens to the cluster while it is under load, and in which order. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster, ClusterNode } from "../../harness/cluster.ts";
import type { Faults } from "../../harness/faults.ts";
import { leaseHolder } from "./lease-holder.ts";
import type { RegisterCheck } from "./register-check.ts";

/** As long as a lease lasts without its holder; until another has taken it, it takes longer. */
const suspendedMilliseconds = 15_000;
const calmMilliseconds = 1000;

export interface Course {
  readonly rounds: number;
  /** Beside its suspension, in each round: that takes as long once more. */
  readonly isHolderKilled: boolean;
  print(line: string): void;
}

export async function injectAll(
  cluster: Cluster,
  faults: Faults,
  check: RegisterCheck,
  { rounds, isHolderKilled, print }: Course,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await suspendHolder(cluster, faults, check, print);
    if (!isHolderKilled) continue;
    print(await faults.kill(await leaseHolder(cluster.nodes)));
    await leaseHolder(cluster.nodes);
  }
}

/**
 * The holder of the lease is suspended for longer than it lasts, and everything else happens
 * meanwhile, until another node has the lease; then the old holder goes on where it was.
 */
async function suspendHolder(
  cluster: Cluster,
  faults: Faults,
  check: RegisterCheck,
  print: Course["print"],
): Promise<void> {
  const { nodes } = cluster;
  const then = async (observed: Promise<string>) => {
    print(await observed);
    await sleep(calmMilliseconds);
  };
  const holder = await leaseHolder(nodes);
  const other = nodes.find((node) => node !== holder) as ClusterNode;
  const suspended = faults.suspend(holder, suspendedMilliseconds, {
    async meanwhile() {
      await sleep(calmMilliseconds);
      await then(faults.cutConnections(cluster));
      await then(faults.kill(other));
      await then(faults.killDatabase(cluster));
      const heir = await leaseHolder(nodes);
      print(`${heir.name} has the lease that ${holder.name} had`);
    },
    asking: () => check.readWhileSuspended(holder),
  });
  await then(suspended);
  // Not both of them: that would be an error of its own.
  await leaseHolder(nodes);
}

/** In order, as for an upgrade: each hands its leases on, so that all that is due is done. */
export async function restartInTurn({ nodes }: Cluster): Promise<void> {
  for (const node of nodes) {
    await node.stop();
    await node.start();
  }
}
