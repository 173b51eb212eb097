/**
 * Old versions go: beyond 100 the oldest ones that have no label, but none within a day of its
 * making, because whoever just put it may still be about to label it.
 */
import type { Storage } from "../storage/storage.ts";
import { type SecretRecord, type VersionRow, versionsPrefix, versionTable } from "./records.ts";
import { labelsOf, stagesMax } from "./versions.ts";

const versionsKept = 100;
const youngMilliseconds = 86_400_000;
/** More than one put can leave behind, so that a backlog shrinks without a put becoming slow. */
const prunedAtOnce = 10;

/** The versions to remove together with the change that makes `record` what it is. */
export async function prunable(
  storage: Storage,
  record: SecretRecord,
  now: number,
): Promise<readonly VersionRow[]> {
  const excess = Math.min(record.versionCount - versionsKept, prunedAtOnce);
  if (excess <= 0) return [];
  // Labelled versions may be the oldest; there are never more of them than labels.
  const range = { prefix: versionsPrefix(record), limit: excess + stagesMax };
  const oldest = await storage.listByIndex(versionTable, "created-date", range);
  return oldest
    .filter(({ body }) => body.createdDate <= now - youngMilliseconds)
    .filter(({ body }) => labelsOf(record.stages, body.versionId).length === 0)
    .slice(0, excess);
}
