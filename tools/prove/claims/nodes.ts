/**
 * Three nodes on one PostgreSQL under load, while nodes and the database are killed, suspended and
 * cut off in turn: nothing acknowledged is lost or unseen by another node for a moment, each
 * scheduled job is done once, and clients see no fault that was not injected.
 */
import { Answers } from "../../harness/answers.ts";
import { type Cluster, type ClusterNode, makeCluster } from "../../harness/cluster.ts";
import { Faults } from "../../harness/faults.ts";
import { FeedListener, type Heard } from "../../harness/feed-listener.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { injectAll, restartInTurn } from "../nodes/course.ts";
import { beginDueWork, prepareDueWork } from "../nodes/due-work.ts";
import {
  demandAllThere,
  demandDoneOnce,
  demandExplained,
  demandFresh,
  printFigures,
  verifyChains,
} from "../nodes/evidence.ts";
import { RegisterCheck } from "../nodes/register-check.ts";
import { type DeliveredNotice, startWebhookReceiver } from "../nodes/webhook.ts";

const sizes = {
  reduced: { rounds: 1, isHolderKilled: false, due: { count: 20, milliseconds: 15_000 } },
  full: { rounds: 5, isHolderKilled: true, due: { count: 100, milliseconds: 180_000 } },
};

export const nodes: Claim = {
  name: "nodes",
  says: "three nodes on one PostgreSQL, killed in turn: no write lost, no stale read, each job done once",
  async run(run) {
    const webhook = await startWebhookReceiver();
    const cluster = await makeCluster({ root: run.root, nodes: 3, flags: webhook.flags });
    try {
      await show(run, cluster, webhook.delivered);
    } finally {
      await cluster.stop();
      webhook.close();
    }
  },
};

async function show(
  { root, isFull, print }: ClaimRun,
  cluster: Cluster,
  delivered: readonly DeliveredNotice[],
): Promise<void> {
  const size = isFull ? sizes.full : sizes.reduced;
  const since = new Date(Date.now() - 1000);
  const prepared = await prepareDueWork(cluster, size.due);
  await cluster.startAll();
  const heard = cluster.nodes.map((): Heard[] => []);
  const listeners = cluster.nodes.map((node, at) => {
    const keep = (event: Heard) => heard[at]?.push(event);
    return new FeedListener(() => running(node), keep, prepared.lastEventId);
  });
  try {
    const answers = new Answers();
    const check = new RegisterCheck(cluster.nodes, answers);
    const faults = new Faults(cluster.nodes);
    const begun = await beginDueWork(cluster.nodes, answers, size.due);
    const end = new AbortController();
    const course = injectAll(cluster, faults, check, { ...size, print });
    await Promise.all([check.run(end.signal), course.finally(() => end.abort())]);
    const late = await begun.late;
    await restartInTurn(cluster);

    printFigures(check, answers, print);
    demand(late.length === 0, `${late.length} late: ${late[0]}`);
    demandFresh(check, faults, print);
    demandExplained(answers, faults);
    await demandAllThere(cluster, check, answers, since, print);
    await demandDoneOnce(cluster, { ...prepared, ...begun }, heard, delivered, print);
    // A node that stops signs the head of its chain.
    await Promise.all(cluster.nodes.map((node) => node.stop()));
    verifyChains(root, cluster, print);
  } finally {
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}

function running(node: ClusterNode) {
  return node.isUp ? node.vault : undefined;
}
