/**
 * Labels: names that a caller gives to versions of a parameter. A label is on one version at a
 * time and moves; a version has ten at most.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html
 */
import { labelLimitExceeded } from "./errors.ts";

/** Label -> version, in the order in which the labels were attached. */
export type Labels = Readonly<Record<string, number>>;

export const labelsPerVersionMax = 10;

/** What is wrong with a label does not fail the request: AWS lists it as invalid. */
export function isLabel(text: string): boolean {
  return /^[A-Za-z_.-][A-Za-z0-9_.-]{0,99}$/.test(text) && !/^(?:aws|ssm)/i.test(text);
}

export function labelsOf(labels: Labels | undefined, version: number): string[] {
  return Object.entries(labels ?? {}).flatMap(([label, on]) => (on === version ? [label] : []));
}

/** The version that has the label. A label named "constructor" would find what is no label. */
export function versionWith(labels: Labels | undefined, label: string): number | undefined {
  return labels !== undefined && Object.hasOwn(labels, label) ? labels[label] : undefined;
}

/** The labels after `given` were attached to the version, and those of them that can't be. */
export function attached(labels: Labels | undefined, version: number, given: readonly string[]) {
  const lawful = new Set(given.filter(isLabel));
  const invalid = given.filter((label) => !lawful.has(label));
  const there = new Set(labelsOf(labels, version));
  const moved = [...lawful].filter((label) => !there.has(label));
  if (there.size + moved.length > labelsPerVersionMax) throw labelLimitExceeded();
  const stay = Object.entries(labels ?? {}).filter(([label]) => !moved.includes(label));
  const after = [...stay, ...moved.map((label): [string, number] => [label, version])];
  return { labels: fromEntries(after), invalid };
}

/** The labels after `given` were taken off the version, and those of them that it didn't have. */
export function detached(labels: Labels | undefined, version: number, given: readonly string[]) {
  const there = new Set(labelsOf(labels, version));
  const asked = [...new Set(given)];
  const removed = asked.filter((label) => there.has(label));
  const stay = Object.entries(labels ?? {}).filter(([label]) => !removed.includes(label));
  return {
    labels: fromEntries(stay),
    removed,
    invalid: asked.filter((label) => !there.has(label)),
  };
}

/** Unlike assignment, this makes "__proto__" a label like any other. */
function fromEntries(entries: readonly (readonly [string, number])[]): Labels | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
