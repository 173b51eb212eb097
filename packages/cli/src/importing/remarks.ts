/** What somebody should know before a yes, a sentence each; nothing of a value stands in them. */
import { printed } from "../stores/reference.ts";
import type { Commit, GitFindings } from "./git.ts";
import { printedWhole } from "./held.ts";
import { type Line, overriddenEntries, placeOf } from "./line.ts";
import type { Item } from "./plan.ts";
import type { Source } from "./source.ts";
import type { Survey } from "./survey.ts";

/** Committed keys are known to all who have the repository, whatever the file says from now on. */
export interface Exposed {
  readonly source: Source;
  /** The variables whose values came with the same commits. */
  readonly keys: readonly string[];
  readonly commits: readonly Commit[];
}

export function exposedIn({ git }: Pick<Survey, "git">): readonly Exposed[] {
  return [...git].flatMap(([source, { leaks }]) => {
    const together = Map.groupBy(leaks, ([, commits]) => commits.map(({ id }) => id).join());
    return [...together.values()].map((alike) => ({
      source,
      keys: alike.map(([key]) => key),
      commits: alike[0]?.[1] ?? [],
    }));
  });
}

export function remarksOn(survey: Survey, isReplacing: boolean): readonly string[] {
  return [
    ...survey.plan.items.flatMap((item) => onItem(item, survey)),
    ...survey.sources.flatMap(onFile),
    ...[...survey.git].flatMap(([source, found]) => onGit(source, found, isReplacing)),
    ...survey.elsewhere.notes,
  ];
}

function onItem(item: Item, survey: Survey): readonly string[] {
  const { elsewhere, target } = survey;
  const [line] = item.lines;
  const own = printed(item.reference);
  const places = (elsewhere.places.get(item.value) ?? []).filter((place) => place !== own);
  const { warnings, mode } = line.judgement;
  const twin = item.twins.map(nameOf).join(", ");
  const sentences = [
    ...onConflict(item, survey),
    ...warnings,
    ...(item.twins.length === 0 ? [] : [`the same value as ${twin}`]),
    ...(places.length === 0 ? [] : [`the same value is at ${places.join(", ")}`]),
    ...(item.isMoved ? [`another value has the first choice of its place; it goes to ${own}`] : []),
    ...(isOutOfPlace(mode, target.environment)
      ? [`a ${mode} key in the environment ${target.environment}`]
      : []),
  ];
  return sentences.map((sentence) => `${nameOf(line)}: ${sentence}`);
}

function onConflict(item: Item, { states, tags }: Survey): readonly string[] {
  if (states.get(item) !== "conflict") return [];
  const holder = tags.get(printedWhole(item.reference))?.app;
  const whose = holder === undefined ? "which no import put there" : `of the application ${holder}`;
  return [`${printed(item.reference)} holds another value, ${whose}`];
}

function isOutOfPlace(mode: "live" | "test" | undefined, environment: string): boolean {
  const isProduction = /^(prod|production|live)$/i.test(environment);
  return (mode === "test" && isProduction) || (mode === "live" && !isProduction);
}

function onFile(source: Source): readonly string[] {
  const overridden = [...overriddenEntries(source.file)].map(([entry, later]) => {
    const name = nameOf({ source, entry });
    return `${name}: line ${later.firstLine} overrides it, and is what counts`;
  });
  const problems = source.file.problems.map(({ line, says }) => `${source.path}:${line}: ${says}`);
  return [...overridden, ...new Set(problems)];
}

function onGit(source: Source, found: GitFindings, isReplacing: boolean): readonly string[] {
  const { isTracked, isIgnored, notes } = found;
  return [
    ...(isTracked && !isReplacing ? [`${source.path}: git tracks it, with its values`] : []),
    ...(isTracked || isIgnored || isReplacing
      ? []
      : [`${source.path}: git does not ignore it, so that a commit takes its values along`]),
    ...notes.map((note) => `${source.path}: ${note}`),
  ];
}

/** `.env:7 STRIPE_KEY` */
export function nameOf(line: Pick<Line, "source" | "entry">): string {
  return `${placeOf(line)} ${line.entry.key}`;
}
