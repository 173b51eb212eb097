/** Which node runs the vault's scheduled jobs, as the nodes themselves tell. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterNode } from "../../harness/cluster.ts";
import { metricsOf } from "../../harness/node-metrics.ts";
import { demand } from "../claim.ts";

/** A lease of 15 s, looked at every 5 s, on a busy machine. */
const takenMillisecondsMax = 40_000;

/** Waits until a node holds the lease. */
export async function leaseHolder(nodes: readonly ClusterNode[]): Promise<ClusterNode> {
  const deadline = performance.now() + takenMillisecondsMax;
  for (;;) {
    const [holder, another] = await holders(nodes);
    demand(another === undefined, `${holder?.name} and ${another?.name} hold one lease`);
    if (holder !== undefined) return holder;
    const late = `no node took the lease within ${takenMillisecondsMax} ms`;
    demand(performance.now() < deadline, late);
    await sleep(100);
  }
}

async function holders(nodes: readonly ClusterNode[]): Promise<ClusterNode[]> {
  const asked = nodes
    .filter(({ isUp }) => isUp)
    .map(async (node) => {
      const metrics = await metricsOf(node.vault).catch(() => undefined);
      return metrics?.get("claviger_schedule_lease_held") === 1 ? [node] : [];
    });
  return (await Promise.all(asked)).flat();
}
