/** What retention removes: whole groups of a chain from its beginning, and what led to them. */
import type { Queries } from "../../postgres/database.ts";
import type { Chain, Head, SignedHead } from "../chain.ts";
import { stretchOf, useStride } from "../sightings.ts";
import type { Write } from "../store.ts";
import { keepingCheckpoint } from "./heads.ts";
import {
  oldestGroups,
  retireGroups,
  retireHeads,
  retireMoments,
  retireSightings,
  retireUses,
} from "./statements.ts";

const groupsRetiredMax = 200;

/** How long before the events around it an event's request may have arrived. */
const arrivedBeforeMax = 3_600_000;

interface GroupTimes extends Head {
  readonly committedAt: number;
  readonly from: number;
  readonly until: number;
}

/** When the oldest group that is kept was committed; undefined while there is none. */
export async function oldestCommittedAt(
  queries: Queries,
  chain: Chain,
): Promise<number | undefined> {
  return (await groupsBehind(queries, chain, 0, 1))[0]?.committedAt;
}

/** The last of the oldest groups, a bounded number, that were all committed before then. */
export async function expired(
  queries: Queries,
  chain: Chain,
  before: number,
): Promise<Head | undefined> {
  const groups = await groupsBehind(queries, chain, 0, groupsRetiredMax);
  const kept = groups.findIndex(({ committedAt }) => committedAt >= before);
  return groups[(kept === -1 ? groups.length : kept) - 1];
}

/** What removes all up to a checkpoint. */
export async function retiring(
  queries: Queries,
  chain: Chain,
  checkpoint: SignedHead,
): Promise<readonly Write[]> {
  const { number } = checkpoint;
  const [last] = await groupsBehind(queries, chain, number - 1, 1);
  const [kept] = await groupsBehind(queries, chain, number, 1);
  const before =
    kept === undefined ? stretchOf(last?.until ?? 0) + 1 : stretchOf(kept.from - arrivedBeforeMax);
  return [
    { statement: retireMoments, values: [chain, number] },
    { statement: retireGroups, values: [chain, number] },
    { statement: retireHeads, values: [chain, number] },
    { statement: retireSightings, values: [chain, before] },
    { statement: retireUses, values: [chain, before - useStride] },
    keepingCheckpoint(chain, checkpoint),
  ];
}

function groupsBehind(
  queries: Queries,
  chain: Chain,
  number: number,
  limit: number,
): Promise<readonly GroupTimes[]> {
  return queries.all<GroupTimes>(oldestGroups, [chain, number, limit]);
}
