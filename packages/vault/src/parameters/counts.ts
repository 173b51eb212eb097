/**
 * How many parameters an account has in a region, by tier: exact, and changed in the commit that
 * makes or removes a parameter. The count is spread over many rows by the parameter's path, so
 * that callers who make parameters at the same time seldom wait for one another; a limit may be
 * overshot by as many as are being made at that moment.
 */
import type { Scope } from "../scope.ts";
import { type Put, type Storage, table } from "../storage/storage.ts";
import { advancedLimitExceeded, standardLimitExceeded } from "./errors.ts";
import { type ParameterTier, scopeKey } from "./records.ts";

type Counts = Readonly<Record<ParameterTier, number>>;

/** How many there may be of each tier. */
export type ParameterLimits = Counts;

/** AWS's quotas. */
export const awsLimits: ParameterLimits = { Standard: 10_000, Advanced: 100_000 };

const countTable = table<Counts>("parameters");
const shards = Array.from({ length: 64 }, (_, shard) => shard);
const none: Counts = { Standard: 0, Advanced: 0 };

export async function countParameters(storage: Storage, scope: Scope): Promise<Counts> {
  const rows = await storage.getMany(
    countTable,
    shards.map((shard) => countKey(scope, shard)),
  );
  return rows.reduce((sum, row) => added(sum, row?.body ?? none), none);
}

export function checkLimit(counts: Counts, limits: ParameterLimits, tier: ParameterTier): void {
  if (counts[tier] < limits[tier]) return;
  throw tier === "Standard"
    ? standardLimitExceeded(limits.Standard)
    : advancedLimitExceeded(limits.Advanced);
}

/** The change that keeps the count right when a parameter's tier goes from one to the other. */
export async function recount(
  storage: Storage,
  scope: Scope,
  path: string,
  { from, to }: { from: ParameterTier | undefined; to: ParameterTier | undefined },
): Promise<Put<Counts>[]> {
  if (from === to) return [];
  const key = countKey(scope, shardOf(path));
  const row = await storage.get(countTable, key);
  const body = added(row?.body ?? none, {
    Standard: Number(to === "Standard") - Number(from === "Standard"),
    Advanced: Number(to === "Advanced") - Number(from === "Advanced"),
  });
  return [{ type: "put", table: countTable, key, body, expect: row?.revision ?? "absent" }];
}

/** No parameter's key has a "#", and none of a scope's keys starts without its "/". */
function countKey(scope: Scope, shard: number): string {
  return `${scopeKey(scope)}#count/${shard}`;
}

/** FNV-1a: spreads, and is the same for the parameter's whole life. */
function shardOf(path: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(path)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % shards.length;
}

function added(one: Counts, other: Counts): Counts {
  return {
    Standard: one.Standard + other.Standard,
    Advanced: one.Advanced + other.Advanced,
  };
}
