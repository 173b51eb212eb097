/**
 * A mixed load for a long time on two vaults side by side, one process on SQLite and three nodes on
 * PostgreSQL, with rotation of keys and of the root key, and with faults.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Trouble } from "../harness/answers.ts";
import { type Cluster, ClusterNode, makeCluster, newRootKey } from "../harness/cluster.ts";
import { Faults } from "../harness/faults.ts";
import { unexplained } from "../harness/injections.ts";
import { until } from "../harness/until.ts";
import { cleanEnvironment, temporaryFolder } from "../harness/vault-process.ts";
import { callSteadily, prepare, rotateKey } from "./calls.ts";
import { fillCaches } from "./fill.ts";
import { type Fifth, fifths, type MemorySample, type Span, sampleMemory } from "./memory.ts";
import { Streams } from "./streams.ts";
import { World } from "./world.ts";

export interface SoakSize {
  readonly seconds: number;
  readonly callsPerSecond: { readonly sqlite: number; readonly postgres: number };
  /** Readers of the change feed, of each vault. */
  readonly streams: number;
  readonly keyRotationSeconds: number;
  /** Whether the caches are filled before the time begins: that takes minutes. */
  readonly fillsCaches: boolean;
  /** In order; each when that share of the time has passed, or when the one before it is over. */
  readonly steps: readonly (readonly [share: number, step: StepName])[];
}

export type StepName = keyof typeof steps;

export interface VaultReport {
  readonly world: World;
  readonly strange: readonly Trouble[];
  /** By process. */
  readonly memory: ReadonlyMap<string, readonly (Fifth | undefined)[]>;
  readonly streams: { readonly opened: number; readonly events: number };
  readonly missed: readonly string[];
  /** What `claviger audit verify` said at the end. */
  readonly trail: string;
}

export interface SoakReport {
  readonly seconds: number;
  readonly vaults: readonly VaultReport[];
  /** What filled the caches before the time began. */
  readonly fillings: readonly string[];
  /** What was done, with how many seconds had passed and what was observed. */
  readonly steps: readonly { readonly second: number; readonly what: string }[];
}

const suspendedMilliseconds = 20_000;

interface Stage {
  readonly root: string;
  readonly cluster: Cluster;
  readonly sqlite: { readonly world: World; readonly faults: Faults };
  readonly postgres: { readonly world: World; readonly faults: Faults };
}

/** Nodes 1 and 2 live on, and the process on SQLite until shortly before the end: their memory is watched. */
const steps = {
  "kill sqlite": ({ sqlite }: Stage) => sqlite.faults.kill(nodeOf(sqlite.world, 0)),
  "kill node": ({ postgres }: Stage) => postgres.faults.kill(nodeOf(postgres.world, 2)),
  "suspend node": ({ postgres }: Stage) =>
    postgres.faults.suspend(nodeOf(postgres.world, 2), suspendedMilliseconds),
  "kill database": ({ postgres, cluster }: Stage) => postgres.faults.killDatabase(cluster),
  "cut connections": ({ postgres, cluster }: Stage) => postgres.faults.cutConnections(cluster),
  "rekey sqlite": ({ root, sqlite }: Stage) => rekey(root, sqlite.world),
  "rekey postgres": ({ root, postgres }: Stage) => rekey(root, postgres.world),
} as const satisfies Record<string, (stage: Stage) => Promise<string>>;

export async function soak(
  root: string,
  size: SoakSize,
  print: (line: string) => void,
): Promise<SoakReport> {
  const cluster = await makeCluster({ root, nodes: 3 });
  const dataDirectory = join(temporaryFolder("soak"), "sqlite");
  const single = new ClusterNode("sqlite", { root, dataDirectory });
  try {
    await Promise.all([single.start(), cluster.startAll()]);
    const stageOf = (name: string, nodes: readonly ClusterNode[]) => ({
      world: new World(name, nodes),
      faults: new Faults(nodes),
    });
    const stage: Stage = {
      root,
      cluster,
      sqlite: stageOf("SQLite, one process", [single]),
      postgres: stageOf("PostgreSQL, three nodes", cluster.nodes),
    };
    return await run(stage, size, print);
  } finally {
    await single.kill();
    await cluster.stop();
  }
}

async function run(
  stage: Stage,
  size: SoakSize,
  print: (line: string) => void,
): Promise<SoakReport> {
  const { sqlite, postgres, cluster, root } = stage;
  const worlds = [sqlite.world, postgres.world];
  await Promise.all(worlds.map(prepare));
  const fillings = size.fillsCaches ? await Promise.all(worlds.map(fillCaches)) : [];
  for (const filling of fillings) print(filling);
  const end = new AbortController();
  const onSqlite = new Soaking(sqlite, size.callsPerSecond.sqlite, size, end.signal);
  const onPostgres = new Soaking(postgres, size.callsPerSecond.postgres, size, end.signal);
  const beganAt = performance.now();
  try {
    const observed = await takeSteps(stage, size, print);
    await until(beganAt + size.seconds * 1000);
    end.abort();
    const span = { beganAt, endedAt: performance.now() };
    const database = { CLAVIGER_DATABASE: cluster.database };
    const vaults = await Promise.all([
      onSqlite.report(span, () => verified(root, sqlite.world, {})),
      onPostgres.report(span, () => verified(root, postgres.world, database)),
    ]);
    return { seconds: (span.endedAt - beganAt) / 1000, vaults, fillings, steps: observed };
  } finally {
    end.abort();
    await Promise.all([onSqlite.streams.close(), onPostgres.streams.close()]);
  }
}

async function takeSteps(
  stage: Stage,
  size: SoakSize,
  print: (line: string) => void,
): Promise<SoakReport["steps"]> {
  const beganAt = performance.now();
  const observed: SoakReport["steps"][number][] = [];
  for (const [share, name] of size.steps) {
    await until(beganAt + share * size.seconds * 1000);
    const second = Math.round((performance.now() - beganAt) / 1000);
    const what = await steps[name](stage);
    observed.push({ second, what });
    print(`${second} s: ${what}`);
  }
  return observed;
}

/** All that goes on with one vault until the end, and what it says then. */
class Soaking {
  readonly streams: Streams;
  readonly #subject: Stage["sqlite"];
  readonly #memory: readonly Promise<MemorySample[]>[];
  readonly #load: Promise<unknown>;

  constructor(subject: Stage["sqlite"], callsPerSecond: number, size: SoakSize, end: AbortSignal) {
    const { world } = subject;
    this.#subject = subject;
    this.streams = new Streams(world, size.streams);
    this.#memory = world.nodes.map((node) => sampleMemory(node, end));
    this.#load = this.streams
      .begun()
      .then(() =>
        Promise.all([
          callSteadily(world, callsPerSecond, end),
          rotateKeys(world, size.keyRotationSeconds, end),
        ]),
      );
  }

  /** Stops the vault, so that its trail is signed to the end before it is verified. */
  async report(span: Span, verify: () => Promise<string>): Promise<VaultReport> {
    const { world, faults } = this.#subject;
    await this.#load;
    const missed = await this.streams.missed();
    await this.streams.close();
    const samples = await Promise.all(this.#memory);
    await Promise.all(world.nodes.map((node) => node.stop()));
    return {
      world,
      strange: unexplained(world.answers.troubles, faults.injections),
      memory: new Map(world.nodes.map(({ name }, at) => [name, fifths(samples[at] ?? [], span)])),
      streams: { opened: this.streams.opened, events: this.streams.events },
      missed,
      trail: await verify(),
    };
  }
}

async function rotateKeys(world: World, seconds: number, end: AbortSignal): Promise<void> {
  for (let turn = 0; !end.aborted; turn++) {
    await rotateKey(world, turn);
    await sleep(seconds * 1000, undefined, { signal: end }).catch(() => {});
  }
}

/** As an operator changes the root key: `claviger rekey`. A node that starts later is given it. */
async function rekey(root: string, world: World): Promise<string> {
  const source = newRootKey();
  const { environment } = nodeOf(world, 0).vault;
  const startedAt = performance.now();
  await claviger(root, ["rekey", "--to", source], environment);
  for (const node of world.nodes) node.rootKey = source;
  return `rekey of ${world.name}: ${Math.round(performance.now() - startedAt)} ms`;
}

/** The folder of any node has the key that the heads of the trail are signed with. */
async function verified(
  root: string,
  world: World,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const { dataDirectory } = nodeOf(world, 0);
  const said = await claviger(root, ["audit", "verify", "--data", dataDirectory], environment);
  const whole = [...said.matchAll(/ is whole: (\d+) events/g)].map(([, events]) => Number(events));
  return `${whole.length} whole, ${whole.reduce((sum, each) => sum + each, 0)} events`;
}

async function claviger(
  root: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const command = join(root, "packages/cli/bin/claviger");
  const env = { ...cleanEnvironment(), ...environment };
  return (await promisify(execFile)(command, [...words], { env })).stdout;
}

function nodeOf({ nodes }: World, at: number): ClusterNode {
  const node = nodes[at];
  if (node === undefined) throw new Error(`there is no node ${at + 1}`);
  return node;
}
