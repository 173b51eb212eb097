/** Which nodes write to the trail now: every one that serves holds a chain, and beats. */
import { setTimeout as elapsed } from "node:timers/promises";
import type { Queries } from "../../postgres/database.ts";
import { type Chain, chainName } from "../chain.ts";
import { beatMilliseconds } from "./slot.ts";

interface Held {
  readonly chain: Chain;
  readonly holder: string;
  readonly beat: number;
}

const heldChains = {
  name: "audit_held_chains",
  text: `SELECT "chain", "holder", "beat" FROM "audit_chains" WHERE "holder" IS NOT NULL`,
};

/** A beat may be late where the database is busy. */
const waitMilliseconds = 1.5 * beatMilliseconds;
const lookMilliseconds = 500;

/**
 * The names of the chains of nodes that live. A node that was stopped has let go of its chain; one
 * that was killed has not, so where there are any this listens to whether they beat, for a quarter
 * of a minute at most.
 */
export async function liveNodes(queries: Queries): Promise<readonly string[]> {
  const before = await queries.all<Held>(heldChains);
  const until = performance.now() + waitMilliseconds;
  while (before.length > 0 && performance.now() < until) {
    await elapsed(lookMilliseconds);
    const now = await queries.all<Held>(heldChains);
    const alive = now.filter(
      ({ chain, holder, beat }) =>
        !before.some(
          (held) => held.chain === chain && held.holder === holder && held.beat === beat,
        ),
    );
    if (alive.length > 0) return alive.map(({ chain }) => chainName(chain));
  }
  return [];
}
