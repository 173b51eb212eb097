/**
 * Every operation, in turn on each subject within a round, so that the machine's noise falls on all
 * alike; the report has the medians of the rounds.
 */
import { load, type Measured, medians } from "./load.ts";
import { type Operation, requestsOf } from "./operations.ts";
import {
  type Rival,
  type Subject,
  startBareTwin,
  startFloor,
  type VaultSubject,
} from "./subjects.ts";

export interface BenchSize {
  readonly rounds: number;
  readonly secondsPerRound: number;
  /** Whether the least that such a read can cost is measured beside it. */
  readonly hasFloor?: boolean;
}

export interface OperationReport {
  readonly operation: Operation;
  readonly bare: Measured;
  /** All else: the floor where there is one, the vaults, moto_server where it is installed. */
  readonly subjects: readonly { readonly name: string; readonly measured: Measured }[];
  /** Reads and writes at half of what the slowest vault does, for all alike: p99 without a queue. */
  readonly paced: readonly { readonly name: string; readonly measured: Measured }[];
}

export const connections = 64;

/** V8 compiles what is hot for about so long: some 35,000 requests. */
const warmUpSecondsMin = 4;

/** Round 0 warms up. */
export function secondsOf(round: number, { secondsPerRound }: BenchSize): number {
  return round === 0 ? Math.max(warmUpSecondsMin, secondsPerRound) : secondsPerRound;
}

export const floorName = "the floor";

/** The bare server answers as the first of the vaults does, and so does the floor. */
export async function measureOperation(
  operation: Operation,
  vaults: readonly [VaultSubject, ...VaultSubject[]],
  moto: Subject | undefined,
  size: BenchSize,
): Promise<OperationReport> {
  const [{ caller }] = vaults;
  const rivals = await startRivals(operation, vaults[0], size);
  const all = [
    ...rivals.map((rival) => ({ ...rival, caller })),
    ...vaults,
    ...(moto === undefined ? [] : [moto]),
  ];
  const rounds = all.map((): Measured[] => []);
  const seconds = size.secondsPerRound;
  try {
    // One round warms up and is thrown away.
    for (let round = 0; round <= size.rounds; round++) {
      for (const [at, subject] of all.entries()) {
        const requests = requestsOf(operation, subject.caller);
        const plan = { requests, connections, seconds: secondsOf(round, size) };
        const measured = await load(subject, plan);
        if (round > 0) rounds[at]?.push(measured);
      }
    }
    const named = all.map(({ name }, at) => ({ name, measured: medians(rounds[at] ?? []) }));
    const [ofBare, ...subjects] = named as [(typeof named)[0], ...typeof named];
    const ofVaults = subjects.filter(({ name }) => vaults.some((vault) => vault.name === name));
    const slowest = Math.min(...ofVaults.map(({ measured }) => measured.requestsPerSecond));
    const paced: { name: string; measured: Measured }[] = [];
    for (const subject of all.filter((each) => each !== moto)) {
      const requests = requestsOf(operation, subject.caller);
      const plan = { requests, connections, seconds, ratePerSecond: Math.round(slowest / 2) };
      paced.push({ name: subject.name, measured: await load(subject, plan) });
    }
    return { operation, bare: ofBare.measured, subjects, paced };
  } finally {
    for (const { stop } of rivals) await stop();
  }
}

async function startRivals(
  operation: Operation,
  vault: VaultSubject,
  { hasFloor = false }: BenchSize,
): Promise<readonly (Rival & { readonly name: string })[]> {
  const request = operation.request(vault.caller, 0);
  const bare = { name: "bare node:http", ...(await startBareTwin(vault, request)) };
  if (!hasFloor || operation.name !== "GetSecretValue") return [bare];
  return [bare, { name: floorName, ...(await startFloor(vault, request)) }];
}
