/** What each contender asks of its far side: of many callers, of many names, and in an outage. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Contender, type ContenderName, contenders } from "./contenders.ts";
import type { FarSide } from "./far-side.ts";

export interface Calls {
  /** For 1,000 gets of one cold parameter at once. */
  readonly concurrentGets: number;
  /** For 40 different cold secrets in one tick. */
  readonly differentSecrets: number;
  readonly outage: Outage;
}

/** Of 100 gets, one each 10 ms, after the TTL, of a value that was read before. */
export interface Outage {
  readonly errors: number;
  readonly tries: number;
}

const outageGets = 100;
const outagePauseMilliseconds = 10;
const shortTtlSeconds = 0.3;

export async function measureCalls(name: ContenderName, farSide: FarSide): Promise<Calls> {
  return {
    concurrentGets: await counted(farSide, open(name, farSide, 300), async (contender) => {
      await Promise.all(Array.from({ length: 1000 }, () => contender.get()));
    }),
    differentSecrets: await counted(farSide, open(name, farSide, 300), (contender) =>
      contender.all(Array.from({ length: 40 }, (_, at) => `bench/secret-${at}`)),
    ),
    outage: await measureOutage(open(name, farSide, shortTtlSeconds), farSide),
  };
}

async function measureOutage(contender: Contender, farSide: FarSide): Promise<Outage> {
  await contender.get();
  await sleep(shortTtlSeconds * 1000);
  let errors = 0;
  const tries = await counted(farSide, contender, async () => {
    farSide.fail();
    const gets: Promise<unknown>[] = [];
    for (let count = 0; count < outageGets; count++) {
      const get = contender.get().catch(() => {
        errors++;
      });
      gets.push(get);
      await sleep(outagePauseMilliseconds);
    }
    await Promise.all(gets);
  });
  return { errors, tries };
}

async function counted(
  farSide: FarSide,
  contender: Contender,
  ask: (contender: Contender) => Promise<unknown>,
): Promise<number> {
  farSide.reset();
  try {
    await ask(contender);
    return farSide.calls;
  } finally {
    contender.close();
    farSide.reset();
  }
}

function open(name: ContenderName, { url }: FarSide, ttlSeconds: number): Contender {
  return contenders[name]({
    endpoint: url,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none is checked" },
    ttlSeconds,
    name: "/bench/parameter",
  });
}
