/**
 * A vault with very many records beside one with a thousand: how long it takes to start, what a
 * read of a random name costs, what pages cost along its lists, and how much memory it holds.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parameterName, wideFolder } from "../harness/filled-names.ts";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../harness/vault-process.ts";
import { type List, type PageCosts, pageCosts, type Walk, walk } from "./page-costs.ts";
import { cpuMicroseconds, residentMegabytes } from "./process-figures.ts";
import { median, type Question, Requester } from "./requester.ts";

export interface ScaleSize {
  readonly parameters: number;
  readonly secrets: number;
}

export interface ListReport extends Walk {
  readonly name: string;
  /** How many names there should be. */
  readonly expected: number;
  readonly costs: PageCosts;
}

export interface ReadCost {
  readonly p50Milliseconds: number;
  readonly cpuMicroseconds: number;
}

export interface ScaleReport {
  readonly fillSeconds: number;
  /** From the start of the process to its first healthy answer; medians. */
  readonly startMilliseconds: { readonly small: number; readonly large: number };
  readonly read: { readonly small: ReadCost; readonly large: ReadCost };
  readonly lists: readonly ListReport[];
  /** Of the large vault, after all that. */
  readonly residentMegabytes: number;
}

export const smallSize: ScaleSize = { parameters: 1000, secrets: 200 };
const starts = 3;
const readRounds = 10;
const readsPerRound = 400;
/** More than the row cache holds, so that memory is measured with a full one. */
const cachedReads = 40_000;
const connections = 16;

export async function measureScale(root: string, size: ScaleSize): Promise<ScaleReport> {
  const folder = temporaryFolder("scale");
  const small = { root, dataDirectory: join(folder, "small") };
  const large = { root, dataDirectory: join(folder, "large") };
  fill(small.dataDirectory, smallSize);
  const fillSeconds = fill(large.dataDirectory, size);
  const startMilliseconds = {
    small: await measureStart(small),
    large: await measureStart(large),
  };
  const vaults = [await startVaultProcess(small), await startVaultProcess(large)] as const;
  try {
    const read = await measureReads(vaults, size);
    await fillRowCache(vaults[1], size);
    const lists = await measureLists(vaults[1], size);
    const resident = residentMegabytes(vaults[1].pid);
    return { fillSeconds, startMilliseconds, read, lists, residentMegabytes: resident };
  } finally {
    for (const vault of vaults) await vault.stop();
  }
}

/** Returns how many seconds it took. */
function fill(dataDirectory: string, size: ScaleSize): number {
  const startedAt = performance.now();
  const script = fileURLToPath(new URL("../harness/fill-vault.ts", import.meta.url));
  const words = ["--conditions=@claviger/source", script];
  const { status } = spawnSync(
    process.execPath,
    [...words, JSON.stringify({ dataDirectory, ...size })],
    {
      env: { ...cleanEnvironment(), CLAVIGER_STANDARD_PARAMETERS_MAX: String(size.parameters) },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  if (status !== 0) throw new Error(`filling ended with ${status}`);
  return (performance.now() - startedAt) / 1000;
}

async function measureStart(options: Parameters<typeof startVaultProcess>[0]): Promise<number> {
  const milliseconds: number[] = [];
  for (let start = 0; start < starts; start++) {
    const vault = await startVaultProcess(options);
    milliseconds.push(vault.startMilliseconds);
    await vault.stop();
  }
  return median(milliseconds);
}

/** Every read asks for a name at random: no row is hotter than another. */
async function measureReads(
  [small, large]: readonly [VaultProcess, VaultProcess],
  size: ScaleSize,
): Promise<ScaleReport["read"]> {
  const subjects = [
    { vault: small, parameters: smallSize.parameters },
    { vault: large, parameters: size.parameters },
  ].map((subject) => ({ ...subject, times: [] as number[], cpu: 0 }));
  // One round warms up and is thrown away.
  for (let round = 0; round <= readRounds; round++) {
    for (const subject of subjects) {
      const { times, cpu } = await readAtRandom(subject.vault, subject.parameters);
      if (round === 0) continue;
      subject.times.push(...times);
      subject.cpu += cpu;
    }
  }
  const [ofSmall, ofLarge] = subjects.map(({ times, cpu }) => ({
    p50Milliseconds: median(times),
    cpuMicroseconds: cpu / times.length,
  })) as [ReadCost, ReadCost];
  return { small: ofSmall, large: ofLarge };
}

async function readAtRandom(vault: VaultProcess, parameters: number) {
  const requester = new Requester(vault);
  const requests = Array.from({ length: readsPerRound }, () =>
    requester.sign(randomRead(parameters)),
  );
  const times: number[] = [];
  const cpuBefore = cpuMicroseconds(vault.pid);
  for (const request of requests) times.push((await requester.send(request)).milliseconds);
  const cpu = cpuMicroseconds(vault.pid) - cpuBefore;
  requester.close();
  return { times, cpu };
}

async function fillRowCache(vault: VaultProcess, { parameters }: ScaleSize): Promise<void> {
  const requester = new Requester(vault);
  let left = Math.min(cachedReads, parameters);
  const read = async () => {
    while (left-- > 0) await requester.ask(randomRead(parameters));
  };
  await Promise.all(Array.from({ length: connections }, read));
  requester.close();
}

function randomRead(parameters: number): Question {
  const Name = parameterName(Math.floor(Math.random() * parameters));
  return { service: "ssm", operation: "GetParameter", input: { Name, WithDecryption: true } };
}

/** All walks at once, and then what pages cost with nothing else going on. */
async function measureLists(vault: VaultProcess, size: ScaleSize): Promise<ListReport[]> {
  const requester = new Requester(vault);
  const all = lists(size);
  const walks = await Promise.all(all.map(({ list }) => walk(requester, list)));
  const reports: ListReport[] = [];
  for (const [at, { list, expected }] of all.entries()) {
    const walked = walks[at] as Walk;
    const costs = await pageCosts(requester, list, walked);
    reports.push({ name: list.name, expected, ...walked, costs });
  }
  requester.close();
  return reports;
}

function lists({ parameters, secrets }: ScaleSize): { list: List; expected: number }[] {
  const inWideFolder = Math.ceil(parameters / 10);
  return [
    {
      list: parameterList("GetParametersByPath", { Path: "/", Recursive: true }, "recursive"),
      expected: parameters,
    },
    {
      list: parameterList("GetParametersByPath", { Path: wideFolder }, "one level"),
      expected: inWideFolder,
    },
    { list: parameterList("DescribeParameters", {}, "everything"), expected: parameters },
    { list: secretList("created-date"), expected: secrets },
    { list: secretList("name"), expected: secrets },
  ];
}

function parameterList(operation: string, input: Record<string, unknown>, which: string): List {
  return {
    name: `${operation}, ${which}`,
    question: { service: "ssm", operation, input },
    namesOn: ({ Parameters }) => (Parameters as { Name: string }[]).map(({ Name }) => Name),
  };
}

function secretList(SortBy: string): List {
  return {
    name: `ListSecrets by ${SortBy}`,
    question: { service: "secretsmanager", operation: "ListSecrets", input: { SortBy } },
    namesOn: ({ SecretList }) => (SecretList as { Name: string }[]).map(({ Name }) => Name),
  };
}
