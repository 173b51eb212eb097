/**
 * One contender's hits, in a process of its own so that none is measured in code that the compiler
 * has fitted to another: nanoseconds and bytes of an operation, printed as JSON.
 */
import { getHeapStatistics } from "node:v8";
import { type ContenderName, contenders } from "./contenders.ts";

export interface HitCosts {
  readonly nanoseconds: number;
  readonly bytes: number;
}

export interface Hits {
  readonly peek: HitCosts | undefined;
  readonly get: HitCosts;
}

const operations = 200_000;
const rounds = 15;
const [name, endpoint = ""] = process.argv.slice(2);
const contender = contenders[name as ContenderName]({
  endpoint,
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none is checked" },
  ttlSeconds: 300,
  name: "/bench/hit",
});
await contender.get();

const { peek } = contender;
const hits: Hits = {
  peek:
    peek &&
    (await measured(async () => {
      for (let count = 0; count < operations; count++) peek();
    })),
  get: await measured(async () => {
    for (let count = 0; count < operations; count++) await contender.get();
  }),
};
process.stdout.write(JSON.stringify(hits));
contender.close();

/** The best round's, as whatever else runs on the machine only ever adds to it. */
async function measured(round: () => Promise<void>): Promise<HitCosts> {
  let [nanoseconds, bytes] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let count = 0; count < rounds; count++) {
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
