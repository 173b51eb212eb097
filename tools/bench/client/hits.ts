/** What one contender's hits cost. Nothing else may have been measured in the process before. */
import { getHeapStatistics } from "node:v8";
import { type ContenderName, contenders } from "./contenders.ts";
import type { FarSide } from "./far-side.ts";

export interface HitCosts {
  readonly nanoseconds: number;
  readonly bytes: number;
}

export interface Hits {
  readonly peek: HitCosts | undefined;
  readonly get: HitCosts;
  /** The machine's own: whoever looks each time whether a value is still fresh pays at least this. */
  readonly clock: HitCosts;
}

const operations = 100_000;
/** As many rounds as fit into so long, and these at least: the first ones warm the compiler up. */
const roundsMin = 5;
const roundsMilliseconds = 250;

export async function measureHits(name: ContenderName, { url }: FarSide): Promise<Hits> {
  const contender = contenders[name]({
    endpoint: url,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none is checked" },
    ttlSeconds: 300,
    name: "/bench/hit",
  });
  await contender.get();
  const { peek } = contender;
  const peeks = async () => {
    for (let count = 0; count < operations; count++) peek?.();
  };
  const gets = async () => {
    for (let count = 0; count < operations; count++) await contender.get();
  };
  const clocks = async () => {
    for (let count = 0; count < operations; count++) performance.now();
  };
  const hits = {
    peek: peek && (await measured(peeks)),
    get: await measured(gets),
    clock: await measured(clocks),
  };
  contender.close();
  return hits;
}

/** The best of several processes: now and then V8 keeps the slower of two compilations in one. */
export function bestHits(all: readonly Hits[]): Hits {
  const best = (of: (hits: Hits) => HitCosts | undefined) => {
    const costs = all.flatMap((hits) => of(hits) ?? []);
    return {
      nanoseconds: Math.min(...costs.map(({ nanoseconds }) => nanoseconds)),
      bytes: Math.min(...costs.map(({ bytes }) => bytes)),
    };
  };
  const hasPeek = all.some(({ peek }) => peek !== undefined);
  return {
    peek: hasPeek ? best(({ peek }) => peek) : undefined,
    get: best(({ get }) => get),
    clock: best(({ clock }) => clock),
  };
}

/** The best round's, as whatever else runs on the machine only ever adds to it. */
async function measured(round: () => Promise<void>): Promise<HitCosts> {
  let [nanoseconds, bytes] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const endsAt = performance.now() + roundsMilliseconds;
  for (let count = 0; count < roundsMin || performance.now() < endsAt; count++) {
    const allocated = getHeapStatistics().total_allocated_bytes;
    const startedAt = performance.now();
    await round();
    const elapsed = performance.now() - startedAt;
    nanoseconds = Math.min(nanoseconds, (elapsed * 1e6) / operations);
    const allocatedSince = getHeapStatistics().total_allocated_bytes - allocated;
    bytes = Math.min(bytes, allocatedSince / operations);
  }
  return { nanoseconds, bytes };
}
