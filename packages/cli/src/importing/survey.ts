/** Everything that is known before an import changes anything. */
import { clearProgress } from "../terminal/progress.ts";
import type { Target } from "./destination.ts";
import { askGit, type GitFindings } from "./git.ts";
import { type Elsewhere, findElsewhere, type Held, readHeld } from "./held.ts";
import { type Item, isTelling, type Plan, planOf } from "./plan.ts";
import type { Source } from "./source.ts";

export interface Survey {
  readonly sources: readonly Source[];
  readonly target: Target;
  readonly plan: Plan;
  readonly held: ReadonlyMap<string, Held>;
  readonly elsewhere: Elsewhere;
  /** Of those in a repository. */
  readonly git: ReadonlyMap<Source, GitFindings>;
}

export async function surveyOf(sources: readonly Source[], target: Target): Promise<Survey> {
  const plan = planOf(sources, target);
  try {
    const [held, git] = await Promise.all([
      readHeld(plan.items.map(({ reference }) => reference)),
      askAboutAll(sources, plan.items),
    ]);
    const values = new Set(plan.items.filter(isTelling).map(({ value }) => value));
    const elsewhere = await findElsewhere(values, target.app);
    return { sources, target, plan, held, elsewhere, git };
  } finally {
    clearProgress();
  }
}

async function askAboutAll(
  sources: readonly Source[],
  items: readonly Item[],
): Promise<ReadonlyMap<Source, GitFindings>> {
  const findings = new Map<Source, GitFindings>();
  for (const source of sources) {
    const lines = items.filter(isTelling).flatMap((item) => item.lines);
    const values = lines
      .filter((line) => line.source === source)
      .map(({ entry: { key, value, start, end } }) => {
        return [key, [value, source.file.text.slice(start, end)]] as const;
      });
    const found = await askGit(source.realPath, new Map(values));
    if (found !== undefined) findings.set(source, found);
  }
  return findings;
}
