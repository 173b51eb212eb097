/** An import on a page: a line for each line of the files, then what to know of them, and the cost. */

import { printed, type Reference } from "../stores/reference.ts";
import { coloured } from "../terminal/colour.ts";
import { fits, type Row, table } from "../terminal/table.ts";
import { visible } from "../terminal/visible.ts";
import { costInWords, costOf } from "./cost.ts";
import { type Line, placeOf } from "./line.ts";
import type { Item } from "./plan.ts";
import { type Exposed, exposedIn, remarksOn } from "./remarks.ts";
import type { State } from "./state.ts";
import type { Survey } from "./survey.ts";

export function shown(survey: Survey, owner: string | undefined, isReplacing: boolean): string {
  const { plan } = survey;
  const lines = [
    ...remarksOn(survey, isReplacing).map((remark) => visible(`note: ${remark}`)),
    ...exposedIn(survey).map((exposed) => coloured("bold", visible(rotation(exposed)))),
    ...(plan.items.length === 0
      ? ["There is nothing to import."]
      : [
          owner === undefined ? "Owner: nobody (give --owner)." : `Owner: ${owner}.`,
          costInWords(costOf(plan.items)),
        ]),
  ];
  return `${page(survey)}${lines.join("\n")}\n`;
}

const titles = ["LINE", "VARIABLE", "WHAT IT IS", "GOES TO", "AS", "STATE"];
const as = titles.indexOf("AS");

/** Where it is too wide for the terminal, what most rows have in common stands below it, once. */
function page(survey: Survey): string {
  const rows = rowsOf(survey, printed);
  if (fits(titles, rows)) return table(titles, rows);
  const { app, environment } = survey.target;
  const parameters = `ssm:/${app}/${environment}`;
  const secrets = `secretsmanager:${environment}`;
  const short = (reference: Reference) =>
    printed(reference).replace(reference.service === "ssm" ? parameters : secrets, "…");
  const narrow = rowsOf(survey, short).map((row) => row.toSpliced(as, 1));
  const isAnyIn = (store: Reference["service"]) =>
    survey.plan.items.some(({ reference }) => reference.service === store);
  return [
    table(titles.toSpliced(as, 1), narrow),
    ...(isAnyIn("ssm")
      ? [`… is ${parameters}: configuration as String, else SecureString.\n`]
      : []),
    ...(isAnyIn("secretsmanager") ? [`… before a # is ${secrets}.\n`] : []),
  ].join("");
}

/** In the order of the files. */
function rowsOf(
  { sources, plan, states }: Survey,
  named: (reference: Reference) => string,
): readonly Row[] {
  const rows = [
    ...plan.items.flatMap((item) => {
      const state = states.get(item) ?? "new";
      return item.lines.map((line) => ({ line, row: rowOf(line, item, state, named) }));
    }),
    ...plan.left.map(({ why, ...line }) => ({
      line,
      row: [
        visible(placeOf(line)),
        visible(line.entry.key),
        why,
        "-",
        "-",
        { text: "left alone", style: "dim" as const },
      ],
    })),
  ];
  return rows
    .toSorted(
      ({ line: one }, { line: other }) =>
        sources.indexOf(one.source) - sources.indexOf(other.source) ||
        one.entry.start - other.entry.start,
    )
    .map(({ row }) => row);
}

const styles = {
  new: "green",
  changed: "yellow",
  unchanged: "dim",
  "new owner": "yellow",
  conflict: "red",
} as const;

function rowOf(
  line: Line,
  { reference, isSecret }: Item,
  state: State,
  named: (reference: Reference) => string,
): Row {
  const type =
    reference.service === "secretsmanager" ? "secret" : isSecret ? "SecureString" : "String";
  return [
    visible(placeOf(line)),
    visible(line.entry.key),
    { text: whatIs(line), style: line.judgement.isDoubtful ? ("yellow" as const) : "reset" },
    named(reference),
    type,
    { text: state, style: styles[state] },
  ];
}

/** `Stripe secret key, live`; `secret? nothing says that it is none`. */
function whatIs({ judgement: { what, why, kind, mode, isDoubtful } }: Line): string {
  if (kind !== undefined) return mode === undefined ? what : `${what}, ${mode}`;
  return `${what}${isDoubtful ? "?" : ":"} ${why}`;
}

const commitsShown = 3;

function rotation({ source, keys, commits }: Exposed): string {
  const some = commits.slice(0, commitsShown).map(({ id, date }) => `${id.slice(0, 12)} (${date})`);
  const more = commits.length - some.length;
  return (
    `rotate: ${keys.join(", ")}: git has ${keys.length === 1 ? "it" : "them"} from ${source.path}` +
    ` in ${some.join(", ")}${more > 0 ? ` and ${more} more` : ""};` +
    " whoever has the repository has the key"
  );
}
