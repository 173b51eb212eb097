/** Everything that is known before an import changes anything. */
import type { Entry } from "../env-files/env-file.ts";
import { storeOf } from "../stores/store.ts";
import type { Tags } from "../stores/tags.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import type { Target } from "./destination.ts";
import { type Elsewhere, findElsewhere } from "./elsewhere.ts";
import { askGit, type GitFindings } from "./git.ts";
import { chunks, type Held, printedWhole, readHeld } from "./held.ts";
import { type Item, isTelling, type Plan, planOf } from "./plan.ts";
import type { Source } from "./source.ts";
import { type Claim, needsTags, type State, stateOf } from "./state.ts";

export interface Survey {
  readonly sources: readonly Source[];
  readonly target: Target;
  readonly plan: Plan;
  readonly held: Held;
  /** Of what is there, by `printedWhole`; only where they count. */
  readonly tags: ReadonlyMap<string, Tags>;
  readonly states: ReadonlyMap<Item, State>;
  readonly elsewhere: Elsewhere;
  /** Of those in a repository. */
  readonly git: ReadonlyMap<Source, GitFindings>;
}

export async function surveyOf(
  sources: readonly Source[],
  target: Target,
  owner: string | undefined,
): Promise<Survey> {
  const plan = planOf(sources, target);
  const claim = { app: target.app, owner };
  try {
    const [held, git] = await Promise.all([
      readHeld(plan.items.map(({ reference }) => reference)),
      askAboutAll(sources, plan.items),
    ]);
    const tags = await readTags(plan.items, held, claim);
    const states = new Map(
      plan.items.map((item) => [
        item,
        stateOf(item, held, tags.get(printedWhole(item.reference)), claim),
      ]),
    );
    const values = new Set(plan.items.filter(isTelling).map(({ value }) => value));
    const elsewhere = await findElsewhere(values, target.app);
    return { sources, target, plan, held, tags, states, elsewhere, git };
  } finally {
    clearProgress();
  }
}

/** AWS throttles whoever asks for more at a time. */
const atATime = 10;

async function readTags(
  items: readonly Item[],
  held: Held,
  claim: Claim,
): Promise<ReadonlyMap<string, Tags>> {
  const asked = items.filter((item) => needsTags(item, held, claim));
  const references = new Map(asked.map(({ reference }) => [printedWhole(reference), reference]));
  const tags = new Map<string, Tags>();
  for (const some of chunks([...references], atATime)) {
    showProgress(`asking whose they are: ${tags.size} of ${references.size}`);
    const read = some.map(
      async ([whole, reference]) => [whole, await storeOf(reference).tags(reference.name)] as const,
    );
    for (const [whole, each] of await Promise.all(read)) tags.set(whole, each);
  }
  return tags;
}

async function askAboutAll(
  sources: readonly Source[],
  items: readonly Item[],
): Promise<ReadonlyMap<Source, GitFindings>> {
  const findings = new Map<Source, GitFindings>();
  for (const source of sources) {
    const secrets = items.filter(({ isSecret }) => isSecret);
    const lines = secrets.flatMap((item) => item.lines).filter((line) => line.source === source);
    const found = await askGit(
      source.realPath,
      new Map(lines.map(({ entry }) => [entry.key, spellings(source.file.text, entry)])),
    );
    if (found !== undefined) findings.set(source, found);
  }
  return findings;
}

/** A short value tells nothing without the variable before it. */
function spellings(text: string, { key, value, start, end }: Entry): readonly string[] {
  if (isTelling({ isSecret: true, value })) return [value, text.slice(start, end)];
  return [text.slice(text.lastIndexOf(key, start), end)];
}
