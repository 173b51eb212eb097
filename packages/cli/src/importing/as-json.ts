/** An import as data for programs; it holds no value either. */
import { printed } from "../stores/reference.ts";
import { costOf } from "./cost.ts";
import { exposedIn, remarksOn } from "./remarks.ts";
import type { Survey } from "./survey.ts";

export interface Outcome {
  readonly owner: string | undefined;
  readonly isDryRun: boolean;
  readonly replaced: readonly string[];
}

export function asJson(survey: Survey, { owner, isDryRun, replaced }: Outcome): object {
  const { plan, states, elsewhere, target } = survey;
  return {
    app: target.app,
    environment: target.environment,
    owner: owner ?? null,
    isDryRun,
    lines: plan.items.flatMap((item) =>
      item.lines.map(({ source, entry, judgement }) => ({
        file: source.path,
        line: entry.firstLine,
        variable: entry.key,
        what: judgement.what,
        why: judgement.why,
        isSecret: judgement.isSecret,
        isDoubtful: judgement.isDoubtful,
        provider: judgement.provider ?? null,
        mode: judgement.mode ?? null,
        warnings: judgement.warnings,
        reference: printed(item.reference),
        state: states.get(item),
        sameAs: (elsewhere.places.get(item.value) ?? []).filter(
          (place) => place !== printed(item.reference),
        ),
      })),
    ),
    leftAlone: plan.left.map(({ source, entry, why }) => ({
      file: source.path,
      line: entry.firstLine,
      variable: entry.key,
      why,
    })),
    committed: exposedIn(survey).map(({ source, keys, commits }) => ({
      file: source.path,
      variables: keys,
      commits,
    })),
    notes: remarksOn(survey, replaced.length > 0),
    cost: costOf(plan.items),
    replaced,
  };
}
