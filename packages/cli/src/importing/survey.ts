/** Everything that is known before an import changes anything. */
import { storeOf } from "../stores/store.ts";
import type { Tags } from "../stores/tags.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import type { Target } from "./destination.ts";
import { type Elsewhere, findElsewhere } from "./elsewhere.ts";
import type { GitFindings } from "./git.ts";
import { chunks, type Held, printedWhole, readHeld } from "./held.ts";
import { askAboutAll } from "./history.ts";
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
