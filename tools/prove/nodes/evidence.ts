/** What must be so at the end: everything that was acknowledged is there, and was done once. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answers } from "../../harness/answers.ts";
import type { Cluster, ClusterNode } from "../../harness/cluster.ts";
import type { Faults } from "../../harness/faults.ts";
import type { Heard } from "../../harness/feed-listener.ts";
import { during, unexplained } from "../../harness/injections.ts";
import { cleanEnvironment } from "../../harness/vault-process.ts";
import { type ClaimRun, demand } from "../claim.ts";
import { wronglyDelivered, wronglyDone } from "./done-once.ts";
import type { DueWork } from "./due-work.ts";
import type { RegisterCheck } from "./register-check.ts";
import { requestIdsInTrail } from "./trail.ts";
import type { DeliveredNotice } from "./webhook.ts";

/** For what the last holder of the lease was given to do. */
const doneMillisecondsMax = 20_000;

export function printFigures(
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

export function demandFresh(
  { stale }: RegisterCheck,
  { injections }: Faults,
  print: ClaimRun["print"],
): void {
  for (const { what, at } of stale) print(`during ${during(at, injections)}: ${what}`);
  demand(stale.length === 0, `${stale.length} stale answers`);
}

export function demandExplained({ troubles }: Answers, { injections }: Faults): void {
  const strange = unexplained(troubles, injections);
  const [first] = strange;
  demand(
    first === undefined,
    `${strange.length} errors that nothing explains: ${first?.node}, ${first?.operation}: ${first?.what}`,
  );
}

export async function demandAllThere(
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

export async function demandDoneOnce(
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

/** All chains together, by the command as its users have it. Throws where one is not whole. */
export function verifyChains(
  root: string,
  { database, nodes }: Cluster,
  print: ClaimRun["print"],
): void {
  const command = join(root, "packages/cli/bin/claviger");
  // A node's folder has the key that the heads of all chains are signed with.
  const words = ["audit", "verify", "--data", (nodes[0] as ClusterNode).dataDirectory];
  const said = execFileSync(command, words, {
    env: { ...cleanEnvironment(), CLAVIGER_DATABASE: database },
    encoding: "utf8",
  });
  const whole = [...said.matchAll(/ is whole: (\d+) events/g)].map(([, events]) => Number(events));
  demand(whole.length >= nodes.length, `claviger audit verify said: ${said}`);
  const events = whole.reduce((sum, each) => sum + each, 0);
  print(`claviger audit verify: ${whole.length} chains are whole, ${events} events`);
}
