/** Whether nodes serve a PostgreSQL database: what they write later would not move with it. */
import { liveNodes } from "../audit/postgres/live-nodes.ts";
import { openPostgresDatabase } from "../postgres/database.ts";
import { type Place, placeName, requireVaultOn } from "./place.ts";
import { SnapshotError } from "./snapshot-error.ts";

/** Throws SnapshotError while nodes live, and where there is no vault. */
export async function requireUnserved(place: Place & { readonly type: "postgres" }): Promise<void> {
  const database = await openPostgresDatabase(place);
  try {
    await requireVaultOn(place, database);
    const nodes = await liveNodes(database);
    if (nodes.length === 0) return;
    throw new SnapshotError(
      `${placeName(place)} is being served, by ${nodes.length === 1 ? "a node" : `${nodes.length} nodes`} at least`,
      "stop all of them first; --while-served moves what is committed by now, and later writes stay behind",
    );
  } finally {
    await database.close();
  }
}
