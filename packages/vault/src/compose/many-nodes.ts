/** One node of many over a PostgreSQL database: nothing is invented here, all is given. */
import type { DatabaseParts, Databases } from "./databases.ts";

export async function openManyNodes(_parts: DatabaseParts): Promise<Databases> {
  throw new Error("not joined yet");
}
