/**
 * Three nodes on one PostgreSQL under load, while nodes and the database are killed, suspended and
 * cut off in turn: nothing acknowledged is lost or unseen by another node for a moment, each
 * scheduled job is done once, and clients see no fault that was not injected.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Answers } from "../../harness/answers.ts";
import { type Cluster, type ClusterNode, makeCluster } from "../../harness/cluster.ts";
import { Faults } from "../../harness/faults.ts";
import { FeedListener, type Heard } from "../../harness/feed-listener.ts";
import { during, unexplained } from "../../harness/injections.ts";
import { cleanEnvironment } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { wronglyDelivered, wronglyDone } from "../nodes/done-once.ts";
import { beginDueWork, type DueWork, prepareDueWork } from "../nodes/due-work.ts";
import { leaseHolder } from "../nodes/lease-holder.ts";
import { RegisterCheck } from "../nodes/register-check.ts";
import { requestIdsInTrail } from "../nodes/trail.ts";
import { type DeliveredNotice, startWebhookReceiver } from "../nodes/webhook.ts";

/** As long as a lease lasts without its holder; until another has taken it, it takes longer. */
const suspendedMilliseconds = 15_000;
const calmMilliseconds = 1000;
/** For what the last holder of the lease was given to do. */
const doneMillisecondsMax = 20_000;
const sizes = {
  reduced: { rounds: 1, due: { count: 20, milliseconds: 15_000 } },
  full: { rounds: 5, due: { count: 100, milliseconds: 180_000 } },
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

  const answers = new Answers();
  const check = new RegisterCheck(cluster.nodes, answers);
  const faults = new Faults(cluster.nodes);
  const begun = await beginDueWork(cluster.nodes, answers, size.due);
  const end = new AbortController();
  const load = check.run(end.signal);
  for (let round = 0; round < size.rounds; round++) {
    await injectAll(cluster, faults, check, print);
    if (isFull) await killHolder(cluster, faults, print);
  }
  end.abort();
  await load;
  const late = await begun.late;
  await restartInTurn(cluster);

  const work = { ...prepared, ...begun };
  printFigures(check, answers, print);
  for (const { what, at } of check.stale) print(`during ${during(at, faults.injections)}: ${what}`);
  demand(check.stale.length === 0, `${check.stale.length} stale answers`);
  demand(late.length === 0, `${late.length} late: ${late[0]}`);
  const strange = unexplained(answers.troubles, faults.injections);
  const [first] = strange;
  demand(
    first === undefined,
    `${strange.length} errors that nothing explains: ${first?.node}, ${first?.operation}: ${first?.what}`,
  );
  await demandAllThere(cluster, check, answers, since, print);
  await demandDoneOnce(cluster, work, heard, delivered, print);
  await Promise.all(listeners.map((listener) => listener.close()));
  // A node that stops signs the head of its chain.
  await Promise.all(cluster.nodes.map((node) => node.stop()));
  verifyChains(root, cluster, print);
}

function running(node: ClusterNode) {
  return node.isUp ? node.vault : undefined;
}

/**
 * The holder of the lease is suspended for longer than it lasts, and everything else happens
 * meanwhile, until another node has the lease; then the old holder goes on where it was.
 */
async function injectAll(
  cluster: Cluster,
  faults: Faults,
  check: RegisterCheck,
  print: ClaimRun["print"],
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

/** Kills the holder of the lease, and waits until another has it. */
async function killHolder({ nodes }: Cluster, faults: Faults, print: ClaimRun["print"]) {
  print(await faults.kill(await leaseHolder(nodes)));
  await leaseHolder(nodes);
}

/** In order, as for an upgrade: each hands its leases on, so that all that is due is done. */
async function restartInTurn({ nodes }: Cluster): Promise<void> {
  for (const node of nodes) {
    await node.stop();
    await node.start();
  }
}

function printFigures(
  { figures }: RegisterCheck,
  { requests, troubles }: Answers,
  print: ClaimRun["print"],
): void {
  const writes = [...figures.writes].map(([kind, count]) => `${count} ${kind}`);
  print(`acknowledged writes: ${writes.join(", ")}`);
  print(
    `${figures.reads} reads beside them, none older than what was acknowledged; ${figures.atOnce} were sent to another node within 5 ms of the acknowledgement, ${figures.afterSuspension} waited in a suspended node`,
  );
  const kinds = Map.groupBy(troubles, ({ kind }) => kind);
  const counts = [...kinds].map(([kind, each]) => `${each.length} ${kind}`).join(", ");
  print(`${requests.size} requests answered; ${counts || "none"} under injected faults`);
}

async function demandAllThere(
  { nodes }: Cluster,
  check: RegisterCheck,
  { requests }: Answers,
  since: Date,
  print: ClaimRun["print"],
): Promise<void> {
  // Of strangers who go on failing some are only counted: those have no event of their own.
  const answered = [...requests].filter(([, code]) => code !== "InvalidClientTokenId");
  for (const node of nodes) {
    const lost = await check.lostOn(node);
    demand(lost.length === 0, `${lost.length} acknowledged writes are lost: ${lost[0]}`);
    const found = await requestIdsInTrail(node.vault, since);
    const missing = answered.filter(([id]) => !found.has(id));
    demand(
      missing.length === 0,
      `${missing.length} answered requests have no event, as ${missing[0]}`,
    );
  }
  demand(check.stale.length === 0, `at the end: ${check.stale[0]?.what}`);
  print("every acknowledged write and every answered request's event found, through every node");
}

async function demandDoneOnce(
  { nodes, database }: Cluster,
  work: DueWork,
  heard: readonly (readonly Heard[])[],
  delivered: readonly DeliveredNotice[],
  print: ClaimRun["print"],
): Promise<void> {
  const wrongNow = async () => {
    const each = await Promise.all(
      nodes.map((node, at) => wronglyDone(work, heard[at] ?? [], node, database)),
    );
    return [...each.flat(), ...wronglyDelivered(work, delivered).wrong];
  };
  const deadline = performance.now() + doneMillisecondsMax;
  let wrong = await wrongNow();
  while (wrong.length > 0 && performance.now() < deadline) {
    await sleep(200);
    wrong = await wrongNow();
  }
  demand(wrong.length === 0, `${wrong.length} not done, or not once: ${wrong[0]}`);
  const count = work.parameters.length;
  print(
    `done once each: ${count} parameters expired, ${count} tokens announced, ${count} secrets purged, ${count} keys rotated, ${count} keys deleted`,
  );
  const { again } = wronglyDelivered(work, delivered);
  print(`each notice is once in the feed; the webhook got all, ${again} again under the same id`);
}

function verifyChains(root: string, { database, nodes }: Cluster, print: ClaimRun["print"]): void {
  const command = join(root, "packages/cli/bin/claviger");
  // A node's folder has the key that the heads of all chains are signed with.
  const words = ["audit", "verify", "--data", (nodes[0] as ClusterNode).dataDirectory];
  const said = execFileSync(command, words, {
    env: { ...cleanEnvironment(), CLAVIGER_DATABASE: database },
    encoding: "utf8",
  });
  print(`claviger audit verify, ${nodes.length} nodes: ${said.trim().replaceAll("\n", "; ")}`);
}
