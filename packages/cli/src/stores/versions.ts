/** Versions as they are typed: a number or an id, or a label that one of them has. */
import { CommandFailure } from "../failure.ts";
import { printed, type Reference } from "./reference.ts";
import type { VersionEntry } from "./store.ts";

export function versionNamed(
  reference: Reference,
  history: readonly VersionEntry[],
  typed: string,
): VersionEntry {
  const found = history.find(({ version, labels }) => version === typed || labels.includes(typed));
  if (found !== undefined) return found;
  throw new CommandFailure(
    `${printed(reference)} has no version '${typed}'`,
    `see its versions: claviger history ${printed(reference)}`,
  );
}

export function currentVersion(
  reference: Reference,
  history: readonly VersionEntry[],
): VersionEntry {
  const found = history.find(({ isCurrent }) => isCurrent);
  if (found !== undefined) return found;
  throw new CommandFailure(
    `${printed(reference)} has no value yet`,
    `give it one: claviger put ${printed(reference)}`,
  );
}

/** The one that Secrets Manager labels so, or the next older one. */
export function previousVersion(
  reference: Reference,
  history: readonly VersionEntry[],
): VersionEntry {
  const labelled = history.find(({ labels }) => labels.includes("AWSPREVIOUS"));
  const older = history[history.findIndex(({ isCurrent }) => isCurrent) + 1];
  const found = reference.service === "secretsmanager" ? labelled : older;
  if (found !== undefined) return found;
  throw new CommandFailure(
    `${printed(reference)} has no version before the current one`,
    `see its versions: claviger history ${printed(reference)}`,
  );
}
