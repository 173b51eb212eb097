/** PostgreSQL killed under a node that serves, and started again. */
import { setTimeout as sleep } from "node:timers/promises";
import { demandAllThere, Writers } from "../../harness/acknowledged-writes.ts";
import { makeCluster } from "../../harness/cluster.ts";
import { demand } from "../claim.ts";
import { type Fault, failuresOf, healthOf, until } from "./fault.ts";

export const killedPostgres: Fault = {
  name: "PostgreSQL killed",
  async run(root, { writeMilliseconds }) {
    const cluster = await makeCluster({ root, nodes: 2 });
    try {
      await cluster.startAll();
      const [one, two] = cluster.nodes.map(({ vault }) => vault);
      if (one === undefined || two === undefined) throw new Error("there are two nodes");
      const writers = new Writers(one.environment, "killed", 8);
      await sleep(writeMilliseconds);
      await cluster.postgres.kill();
      await sleep(2 * writeMilliseconds);
      const health = await healthOf(one.url);
      const before = writers.acknowledged.length;
      await cluster.postgres.start();
      const milliseconds = await until(() => writers.acknowledged.length > before);
      await sleep(writeMilliseconds);
      await writers.stop();
      await demandAllThere(two.environment, writers);
      const failures = failuresOf(writers);
      demand(/ 503/.test(failures), `clients got ${failures} while PostgreSQL was gone`);
      return {
        injected: "kill -9 of every process of PostgreSQL under 8 writers of one of two nodes",
        acknowledged: writers.acknowledged.length,
        found: "all, read through the other node",
        clients: failures,
        health: `${health}; then ${await healthOf(one.url)}`,
        recovery: `by itself, ${milliseconds} ms after PostgreSQL took connections again`,
      };
    } finally {
      await cluster.stop();
    }
  },
};
