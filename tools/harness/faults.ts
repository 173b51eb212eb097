/**
 * What is done to a cluster on purpose, and how long it takes until every node that runs answers a
 * write and a read again, by itself.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { asRoot } from "./aws-clients.ts";
import type { Cluster, ClusterNode } from "./cluster.ts";
import type { Injection } from "./injections.ts";
import { sql } from "./sql.ts";
import { until } from "./until.ts";

/** By then all must be well, or the claim does not hold. */
const wellMillisecondsMax = 30_000;
const downMilliseconds = 1500;

export class Faults {
  readonly injections: Injection[] = [];
  readonly #nodes: readonly ClusterNode[];

  constructor(nodes: readonly ClusterNode[]) {
    this.#nodes = nodes;
  }

  /** SIGKILL, and a start some time later. Resolves, as all of these, with what was observed. */
  kill(node: ClusterNode): Promise<string> {
    return this.#inject(`kill -9 of ${node.name}`, [node.name], async () => {
      await node.kill();
      const others = await this.#untilWell();
      await sleep(downMilliseconds);
      await node.start();
      const itself = `it within ${await this.#untilWell()} ms of its start`;
      return this.#nodes.length > 1 ? `the others answered within ${others} ms, ${itself}` : itself;
    });
  }

  /** SIGSTOP for so long; `meanwhile` may do things to others, `asking` asks just before SIGCONT. */
  suspend(
    node: ClusterNode,
    milliseconds: number,
    { meanwhile, asking }: { meanwhile?(): Promise<void>; asking?(): Promise<void> } = {},
  ): Promise<string> {
    return this.#inject(`SIGSTOP of ${node.name} for ${milliseconds} ms`, [node.name], async () => {
      const end = performance.now() + milliseconds;
      node.suspend();
      const others = await this.#untilWell();
      await Promise.all([until(end), meanwhile?.()]);
      const asked = asking?.();
      await sleep(100);
      node.resume();
      const itself = await this.#untilWell();
      await asked;
      return `the others answered within ${others} ms, it within ${itself} ms of SIGCONT`;
    });
  }

  killDatabase({ postgres }: Cluster): Promise<string> {
    return this.#inject("kill -9 of PostgreSQL", "database", async () => {
      await postgres.kill();
      await sleep(downMilliseconds);
      await postgres.start();
      return `all answered within ${await this.#untilWell()} ms of its start`;
    });
  }

  cutConnections({ postgres, database }: Cluster): Promise<string> {
    return this.#inject("pg_terminate_backend of every connection", "database", async () => {
      const cut = await sql(
        postgres.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
        [new URL(database).pathname.slice(1)],
      );
      return `${cut.length} connections; all answered within ${await this.#untilWell()} ms`;
    });
  }

  async #inject(
    what: string,
    hits: Injection["hits"],
    run: () => Promise<string>,
  ): Promise<string> {
    const injection: Injection = {
      what,
      hits,
      beganAt: performance.now(),
      endedAt: Number.POSITIVE_INFINITY,
    };
    this.injections.push(injection);
    const recovered = await run();
    injection.endedAt = performance.now();
    return `${what}: ${recovered}`;
  }

  /** How many milliseconds it took until each node that should has answered. */
  async #untilWell(): Promise<number> {
    const beganAt = performance.now();
    const expected = this.#nodes.filter(({ isUp }) => isUp);
    await Promise.all(expected.map((node) => untilAnswering(node, beganAt + wellMillisecondsMax)));
    return Math.round(performance.now() - beganAt);
  }
}

async function untilAnswering(node: ClusterNode, deadline: number): Promise<void> {
  const Name = `/well/${node.name}`;
  for (;;) {
    try {
      const { ssm } = asRoot(node.vault);
      await ssm.putParameter({ Name, Value: "well", Type: "SecureString", Overwrite: true });
      await ssm.getParameter({ Name, WithDecryption: true });
      return;
    } catch (error) {
      if (performance.now() > deadline) throw await late(node, error);
      await sleep(20);
    }
  }
}

/** With what the node says of itself, and what it logged last. */
async function late({ name, vault }: ClusterNode, error: unknown): Promise<Error> {
  const health = await fetch(`${vault.url}/health`)
    .then((reply) => reply.text())
    .catch((fault) => `no answer (${fault})`);
  const logged = readFileSync(vault.logFile, "utf8").trimEnd().split("\n").slice(-3).join(" | ");
  const what = `${name} was not well within ${wellMillisecondsMax} ms: ${error}`;
  return new Error(`${what}; its health: ${health.trim()}; its log: ${logged}`, { cause: error });
}
