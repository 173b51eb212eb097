/**
 * Every operation, in turn on each subject within a round, so that the machine's noise falls on all
 * alike; the report has the medians of the rounds.
 */
import { load, type Measured, medians } from "./load.ts";
import { type Operation, requestsOf } from "./operations.ts";
import { type Subject, startBareTwin, type VaultSubject } from "./subjects.ts";

export interface BenchSize {
  readonly rounds: number;
  readonly secondsPerRound: number;
}

export interface OperationReport {
  readonly operation: Operation;
  readonly bare: Measured;
  /** In the order of the subjects. */
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

/** `vaults` first; the bare server answers as the first of them does. */
export async function measureOperation(
  operation: Operation,
  vaults: readonly [VaultSubject, ...VaultSubject[]],
  moto: Subject | undefined,
  size: BenchSize,
): Promise<OperationReport> {
  const [first] = vaults;
  const bare = await startBareTwin(first, operation.request(first.caller, 0));
  const all = [
    { name: "bare node:http", ...bare, caller: first.caller },
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
    const slowest = Math.min(
      ...subjects.slice(0, vaults.length).map(({ measured }) => measured.requestsPerSecond),
    );
    const paced: { name: string; measured: Measured }[] = [];
    for (const subject of all.slice(0, 1 + vaults.length)) {
      const requests = requestsOf(operation, subject.caller);
      const plan = { requests, connections, seconds, ratePerSecond: Math.round(slowest / 2) };
      paced.push({ name: subject.name, measured: await load(subject, plan) });
    }
    return { operation, bare: ofBare.measured, subjects, paced };
  } finally {
    await bare.stop();
  }
}
