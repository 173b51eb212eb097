/** Asks for the uses that were noted. */
import type { Queries } from "../../postgres/database.ts";
import type { LastUse, UseQuery } from "../event.ts";
import { stretchMilliseconds, stretchOf } from "../sightings.ts";
import { lastUse, userOf } from "../uses.ts";
import { lastUses } from "./statements.ts";

interface Found {
  readonly action: string;
  readonly stretch: number | null;
}

export async function lastUsesOf(
  queries: Queries,
  { accountId, userId, until }: UseQuery,
): Promise<readonly LastUse[]> {
  const found = await queries.all<Found>(lastUses, [userOf(accountId, userId), stretchOf(until)]);
  // Every chain that an action was used in notes it, and each tells of all.
  const latest = new Map(found.map(({ action, stretch }) => [action, stretch]));
  return [...latest].flatMap(([action, stretch]) =>
    stretch === null ? [] : [lastUse(action, stretch * stretchMilliseconds)],
  );
}
