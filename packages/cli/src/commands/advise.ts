/** `claviger advise`: which store suits a secret, what it costs, and what is wrong with it. */
import { Command } from "commander";
import { explain } from "../advice/explain.ts";
import { gatherAll, gatherOne } from "../advice/gather.ts";
import { Notes } from "../advice/notes.ts";
import { type Finding, findingsOf } from "../advice/rules.ts";
import { chooseStore } from "../advice/store-choice.ts";
import type { Subject } from "../advice/subject.ts";
import { readAsAdvice, trailReads } from "../advice/trail-reads.ts";
import { withValues } from "../advice/values.ts";
import { CommandFailure } from "../failure.ts";
import { dollars, prices } from "../prices.ts";
import { printed, readWhole, referenceForms } from "../stores/reference.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";

interface AdviseFlags {
  readonly all?: true;
  readonly days: string;
  /** Commander's of `--no-values`. */
  readonly values: boolean;
  readonly format: string;
}

export const adviseCommand = new Command("advise")
  .description("say which store suits a secret, what it costs, and what is wrong with it")
  .argument("[REF]", referenceForms)
  .option("--all", "of every secret and parameter of the region")
  .option("--days <DAYS>", "what is younger may be unread and unrotated, 0 to 90", "90")
  .option("--no-values", "read no value: then none is compared, and no size is known")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nValues are read to be compared, in memory; the trail shows who did. Whatever you may not" +
      "\nask for is left out, and named.",
  )
  .action(async (typed: string | undefined, flags: AdviseFlags) => {
    const format = readFormat(flags.format);
    const days = readDays(flags.days);
    if ((typed === undefined) === (flags.all === undefined)) {
      throw new CommandFailure("advice is about one, or about all", "give a REF, or --all", 2);
    }
    readAsAdvice();
    const notes = new Notes();
    const gathered =
      typed === undefined ? await gatherAll(notes) : [await gatherOne(readWhole(typed), notes)];
    const now = new Date();
    const lastRead = await trailReads(
      new Date(now.getTime() - (days || trailDaysMax) * 86_400_000),
      notes,
    );
    const subjects = flags.values ? await withValues(gathered, notes) : gathered;
    const findings = findingsOf(subjects, { now, days, lastRead });
    if (format === "json") printJson(asJson(subjects, findings, notes));
    else process.stdout.write(asText(subjects, findings, typed === undefined));
    for (const note of notes.all) process.stderr.write(`note: ${note}\n`);
  });

/** CloudTrail goes back so far; for `--days 0` all of it is looked at. */
const trailDaysMax = 90;

function readDays(typed: string): number {
  const days = Number(typed);
  if (/^\d{1,2}$/.test(typed) && days <= 90) return days;
  throw new CommandFailure(`'${typed}' is no number of days`, "give 0 to 90", 2);
}

function asText(
  subjects: readonly Subject[],
  findings: readonly Finding[],
  isAll: boolean,
): string {
  const [only] = subjects;
  if (!isAll && only !== undefined) return explain(only, findings);
  const count = `${subjects.length} secrets and parameters, ${findings.length} findings.\n`;
  if (findings.length === 0) return count;
  const rows = findings.map(({ rule, reference, says }) => [rule, reference, says]);
  return `${table(["RULE", "SECRET OR PARAMETER", "FINDING"], rows)}\n${count}${costsOf(subjects)}What to do about one: claviger advise REF\n`;
}

/** With the arithmetic. */
function costsOf(subjects: readonly Subject[]): string {
  const costs = subjects.map((each) => chooseStore(each).costs[each.reference.service]);
  const total = costs.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0);
  const by = Map.groupBy(
    subjects.filter((_, at) => (costs[at]?.dollarsPerMonth ?? 0) > 0),
    ({ type }) => (type === "secret" ? "secret" : "advanced parameter"),
  );
  const parts = [...by].map(
    ([what, { length }]) => `${length} ${length === 1 ? what : `${what}s`}`,
  );
  return `On AWS ${dollars(total)} a month${parts.length > 0 ? ` for ${parts.join(" and ")}` : ""}, and the rest is free (prices of ${prices.date}).\n`;
}

function asJson(subjects: readonly Subject[], findings: readonly Finding[], notes: Notes) {
  return {
    pricesOf: prices.date,
    subjects: subjects.map((subject) => {
      const { store, reasons, costs } = chooseStore(subject);
      return {
        reference: printed(subject.reference),
        type: subject.type,
        owner: subject.owner ?? null,
        store,
        reasons,
        costs,
      };
    }),
    findings,
    notes: notes.all,
  };
}
