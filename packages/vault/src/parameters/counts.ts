/**
 * How many parameters an account has in a region, by tier: exact, and changed in the commit that
 * makes or removes a parameter. Those who make parameters at the same time don't wait for one
 * another, so a limit may be overshot by as many as are being made at that moment.
 */
import type { Scope } from "../scope.ts";
import { type Add, type Storage, table } from "../storage/storage.ts";
import { advancedLimitExceeded, standardLimitExceeded } from "./errors.ts";
import { type ParameterTier, scopeKey } from "./records.ts";

type Counts = Readonly<Record<ParameterTier, number>>;

/** How many there may be of each tier. */
export type ParameterLimits = Counts;

/** AWS's quotas. */
export const awsLimits: ParameterLimits = { Standard: 10_000, Advanced: 100_000 };

/** Key: `account/region/TIER`. */
const countTable = table<number>("counts");

export async function countParameters(storage: Storage, scope: Scope): Promise<Counts> {
  const keys = [countKey(scope, "Standard"), countKey(scope, "Advanced")];
  const [standard, advanced] = await storage.getMany(countTable, keys);
  return { Standard: standard?.body ?? 0, Advanced: advanced?.body ?? 0 };
}

export function checkLimit(counts: Counts, limits: ParameterLimits, tier: ParameterTier): void {
  if (counts[tier] < limits[tier]) return;
  throw tier === "Standard"
    ? standardLimitExceeded(limits.Standard)
    : advancedLimitExceeded(limits.Advanced);
}

/** The changes that keep the counts right when a parameter's tier goes from one to the other. */
export function recount(
  scope: Scope,
  { from, to }: { from: ParameterTier | undefined; to: ParameterTier | undefined },
): Add[] {
  if (from === to) return [];
  const add = (tier: ParameterTier, amount: number): Add => {
    return { type: "add", table: countTable, key: countKey(scope, tier), amount };
  };
  return [...(from ? [add(from, -1)] : []), ...(to ? [add(to, 1)] : [])];
}

export function countKey(scope: Scope, tier: ParameterTier): string {
  return `${scopeKey(scope)}/${tier}`;
}
