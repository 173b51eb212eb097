/**
 * A herd of clients in a process of its own, each on its own connection: every one reads, holds its
 * connection until it is lost, and then connects and reads again as soon as it can. Takes a plan on
 * standard input; prints a line when all have read, and its report when all have read again.
 */
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import type { SignedRequest } from "../../bench/signed-request.ts";
import { type HerdPlan, type HerdReport, patienceMilliseconds } from "./plan.ts";

const { url, ca, requests } = (await json(process.stdin)) as HerdPlan;
const isSecure = url.startsWith("https:");

interface Try {
  readonly beganAt: number;
  readonly endedAt: number;
  /** undefined where it was answered with 200. */
  readonly problem: string | undefined;
}

const again: Try[] = [];

// A thousand processes would each have their own; what it costs to make one is not the vault's.
const secureContext = createSecureContext({ ca });

const clients = requests.map((request) => {
  const options = { keepAlive: true, maxSockets: 1 };
  return {
    request,
    agent: isSecure ? new https.Agent({ ...options, secureContext }) : new http.Agent(options),
  };
});
const connections = await Promise.all(clients.map(({ agent, request }) => read(agent, request)));
process.stdout.write("all have read\n");
await Promise.all(
  clients.map(async ({ agent, request }, at) => {
    await closed(connections[at] as Socket);
    await readAgain(agent, request);
    agent.destroy();
  }),
);
process.stdout.write(JSON.stringify(report()));

/** Gives up after a minute: there is no vault any more, and maybe nobody who asked for the herd. */
async function readAgain(agent: http.Agent, request: SignedRequest): Promise<void> {
  const lostAt = performance.now();
  for (;;) {
    const beganAt = performance.now();
    if (beganAt > lostAt + 60_000) throw new Error("the vault did not come back");
    const problem = await read(agent, request).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    again.push({ beganAt, endedAt: performance.now(), problem });
    if (problem === undefined) return;
    await sleep(20 + Math.random() * 20);
  }
}

/** The connection that the reply came over. Rejects unless it is 200. */
function read(agent: http.Agent, { headers, body }: SignedRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { request } = isSecure ? https : http;
    const sent = request(url, { agent, method: "POST", headers }, (reply) => {
      const { socket, statusCode } = reply;
      reply.resume().once("end", () => {
        clearTimeout(tooLong);
        if (statusCode === 200) resolve(socket);
        else reject(new Error(`status ${statusCode}`));
      });
      reply.once("error", reject);
    });
    const tooLong = setTimeout(() => sent.destroy(new Error("too slow")), patienceMilliseconds);
    sent.once("error", (error) => {
      clearTimeout(tooLong);
      reject(error);
    });
    sent.end(body);
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    // The agent lets a process end that only waits for idle connections.
    else socket.ref().once("close", () => resolve());
  });
}

function report(): HerdReport {
  const served = again.filter(({ problem }) => problem === undefined);
  const ends = served.map(({ endedAt }) => endedAt).sort((one, other) => one - other);
  const [backAt = Number.POSITIVE_INFINITY] = ends;
  const took = served
    .map(({ beganAt, endedAt }) => endedAt - beganAt)
    .sort((one, other) => one - other);
  const isFailure = ({ beganAt, problem }: Try) => beganAt > backAt || problem === "too slow";
  const turnedAway = again.filter(({ problem }) => problem !== undefined);
  return {
    servedBefore: connections.length,
    servedAgain: served.length,
    turnedAwayWhileDown: counted(turnedAway.filter((each) => !isFailure(each))),
    failed: counted(turnedAway.filter(isFailure)),
    p50Milliseconds: took[Math.floor(took.length / 2)] ?? Number.NaN,
    p99Milliseconds: took[Math.floor(took.length * 0.99)] ?? Number.NaN,
    maxMilliseconds: took.at(-1) ?? Number.NaN,
    allServedMilliseconds: (ends.at(-1) ?? Number.NaN) - backAt,
  };
}

function counted(tries: readonly Try[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { problem = "" } of tries) counts[problem] = (counts[problem] ?? 0) + 1;
  return counts;
}
