/** What an import is about to change, as a question, and what it has changed. */
import { linesLeft } from "./rewritten.ts";
import type { Source } from "./source.ts";
import type { Survey } from "./survey.ts";

type Contents = ReadonlyMap<Source, Uint8Array>;

/** undefined where nothing would change. */
export function question({ states }: Survey, contents: Contents): string | undefined {
  const { new: made, changed: over, "new owner": owned } = countsOf(states);
  const parts = [
    ...(made + over === 0 ? [] : [`write ${counted(made + over, "value")}`]),
    ...(over === 0 ? [] : [`${over} of them over another one`]),
    ...(owned === 0 ? [] : [`give ${owned} a new owner`]),
    ...(contents.size === 0 ? [] : [`rewrite ${counted(contents.size, "file")}`]),
  ];
  if (parts.length === 0) return undefined;
  const text = parts.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}?`;
}

export function summary({ plan, states, sources }: Survey, contents: Contents): string {
  if (plan.items.length === 0) return "";
  const { new: made, changed, unchanged, "new owner": owned } = countsOf(states);
  const ofOwners = owned === 0 ? "" : `, ${owned} of them with a new owner`;
  return [
    `${made} new, ${changed} changed, ${unchanged + owned} unchanged${ofOwners}; each was read back.\n`,
    ...[...contents].map(([source, content]) => {
      const lines = linesLeft(source, content);
      const left = lines.length === 0 ? "" : `; ${inWords(lines)} before it is committed`;
      return `${source.path} holds references now${left}.\n`;
    }),
    ...(contents.size > 0
      ? []
      : [
          `note: the values stand in ${sources.map(({ path }) => path).join(", ")} still: --replace\n`,
        ]),
  ].join("");
}

/** With `--overwrite` a conflict is a change. */
function countsOf(states: Survey["states"]) {
  const counts = { new: 0, changed: 0, unchanged: 0, "new owner": 0 };
  for (const state of states.values()) counts[state === "conflict" ? "changed" : state]++;
  return counts;
}

function inWords(lines: readonly number[]): string {
  return `look at line${lines.length === 1 ? "" : "s"} ${lines.join(", ")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
