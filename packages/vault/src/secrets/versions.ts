/**
 * Staging labels: which version is current, which was before, which is on its way. A label is on
 * one version at a time. A version without labels is deprecated: it may be pruned.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */

/** Staging label -> version id. */
export type Stages = Readonly<Record<string, string>>;

export const current = "AWSCURRENT";
export const previous = "AWSPREVIOUS";
export const pending = "AWSPENDING";

/** AWS's quota: labels attached across all versions of a secret. */
export const stagesMax = 20;

/** The version that has the label, if any. Labels are the caller's: "constructor" is one too. */
export function versionAt(stages: Stages, label: string): string | undefined {
  return Object.hasOwn(stages, label) ? stages[label] : undefined;
}

/** The labels of a version in alphabetical order, as AWS lists them. */
export function labelsOf(stages: Stages, versionId: string): string[] {
  const labels: string[] = [];
  for (const label in stages) if (stages[label] === versionId) labels.push(label);
  return labels.sort();
}

/** Version id -> its labels, for every version that has any. */
export function versionsToStages(stages: Stages): Record<string, string[]> {
  const versionIds = [...new Set(Object.values(stages))];
  return Object.fromEntries(versionIds.map((id) => [id, labelsOf(stages, id)]));
}

/** The labels without one of them. */
export function detach(stages: Stages, label: string): Stages {
  return Object.fromEntries(Object.entries(stages).filter(([name]) => name !== label));
}

/**
 * The labels after `labels` have been moved to a version. The first version of a secret is always
 * the current one. Where AWSCURRENT moves on, AWSPREVIOUS follows to the version that lost it,
 * and that version's AWSPENDING, left over from the rotation that made it current, goes.
 */
export function attach(stages: Stages, versionId: string, labels: readonly string[]): Stages {
  const lost = versionAt(stages, current);
  const moving = lost === undefined ? [...labels, current] : labels;
  const after = new Map(Object.entries(stages));
  for (const label of moving) after.set(label, versionId);
  if (lost !== undefined && after.get(current) !== lost) {
    after.set(previous, lost);
    if (after.get(pending) === lost) after.delete(pending);
  }
  return Object.fromEntries(after);
}
