/**
 * `claviger import FILE...`: takes the values of `.env` and other such files into the vault, and
 * with `--replace` leaves references in their places. No value is ever shown.
 */
import { Command } from "commander";
import { readFormatName } from "../env-files/env-file.ts";
import { CommandFailure } from "../failure.ts";
import { asJson } from "../importing/as-json.ts";
import type { Target } from "../importing/destination.ts";
import { takeIn, verify } from "../importing/intake.ts";
import { question, summary } from "../importing/outcome.ts";
import { assertReplaceable, removeLeftover, replaceFile } from "../importing/replace-file.ts";
import { rewritten } from "../importing/rewritten.ts";
import { shown } from "../importing/show.ts";
import { readSources, type Source } from "../importing/source.ts";
import { type Survey, surveyOf } from "../importing/survey.ts";
import { printed } from "../stores/reference.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { printJson, readFormat } from "../terminal/format.ts";

interface ImportFlags {
  readonly app: string;
  readonly env: string;
  readonly to: string;
  readonly owner?: string;
  readonly key?: string;
  readonly syntax?: string;
  readonly overwrite?: true;
  readonly replace?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly format: string;
}

export const importCommand = new Command("import")
  .description("take the keys of .env and other such files into the vault")
  .argument("<FILE...>", ".env, export lines of a shell, JSON, YAML, docker's or heroku's")
  .requiredOption("--app <NAME>", "the application, as in /myapp/production/stripe/api_key")
  .requiredOption("--env <NAME>", "the environment, as production")
  .option("--to <STORE>", "where secrets go: ssm or secretsmanager", "ssm")
  .option("--owner <OWNER>", "who answers for what is new or changed: the tag owner")
  .option("--key <KEY>", "the KMS key that encrypts secrets: id, ARN or alias/NAME")
  .option("--overwrite", "write over what is another application's, or was not imported")
  .option("--replace", "put references into the files, in the values' places")
  .option("--syntax <SYNTAX>", "dotenv, shell, docker, heroku, json or yaml, if not by itself")
  .option("--dry-run", "show what would be done, and do nothing")
  .option("--yes", "do it without asking")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nProviders are known by the shapes of their keys. What is unchanged stays as it is," +
      "\nso the same command again changes nothing, or goes on after a failure.",
  )
  .action(async (paths: readonly string[], flags: ImportFlags) => {
    const format = readFormat(flags.format);
    const target = readTarget(flags);
    const syntax = flags.syntax === undefined ? undefined : readFormatName(flags.syntax);
    const sources = await readSources(paths, syntax);
    const isReplacing = flags.replace ?? false;
    if (isReplacing) for (const source of sources) await assertReplaceable(source);
    const survey = await surveyOf(sources, target, flags.owner);
    const contents = isReplacing ? newContents(survey) : new Map<Source, Uint8Array>();
    const { owner, dryRun: isDryRun = false } = flags;
    // Data stands alone on standard output.
    const stream = format === "json" ? process.stderr : process.stdout;
    if (format === "text" || !isDryRun) stream.write(shown(survey, owner, isReplacing));
    if (!isDryRun && !flags.overwrite) refuseConflicts(survey);
    const isDone = !isDryRun && (await isAgreed(survey, contents, flags));
    const replaced = isDone ? await run(survey, contents, flags) : [];
    if (format === "json") printJson(asJson(survey, { owner, isDryRun: !isDone, replaced }));
    else if (isDone) process.stderr.write(summary(survey, contents));
    else if (!isDryRun) process.stderr.write("note: nothing was changed.\n");
  });

function readTarget({ app, env: environment, to: store }: ImportFlags): Target {
  for (const [flag, name] of [
    ["--app", app],
    ["--env", environment],
  ] as const) {
    if (!/^[\w.-]+$/.test(name) || /^(aws|ssm)/i.test(name)) {
      throw new CommandFailure(
        `${flag} '${name}' is no part of a name`,
        "give Latin letters, digits and . _ -; AWS keeps names that begin with aws or ssm",
        2,
      );
    }
  }
  if (store === "ssm" || store === "secretsmanager") return { app, environment, store };
  throw new CommandFailure(`'${store}' is no store`, "give ssm or secretsmanager", 2);
}

/** Made before anything is written, so that a format that can't hold references fails in time. */
function newContents({ sources, plan }: Survey): Map<Source, Uint8Array> {
  const contents = new Map<Source, Uint8Array>();
  for (const source of sources) {
    const content = rewritten(source, plan.items);
    if (content !== undefined) contents.set(source, content);
  }
  return contents;
}

/** A yes is to what the table says is this application's; what isn't takes a word of its own. */
function refuseConflicts({ states, target }: Survey): void {
  const places = [...states].flatMap(([{ reference }, state]) =>
    state === "conflict" ? [printed(reference)] : [],
  );
  if (places.length === 0) return;
  throw new CommandFailure(
    `another value stands at ${places.join(", ")}, and was not put there for this application`,
    target.store === "ssm"
      ? "see who put it there: claviger history; --overwrite writes over it"
      : "--overwrite writes over it; --to ssm keeps applications apart, by their names",
  );
}

/** Nothing is asked where nothing would change. */
async function isAgreed(
  survey: Survey,
  contents: ReadonlyMap<Source, Uint8Array>,
  { yes }: ImportFlags,
): Promise<boolean> {
  const asked = question(survey, contents);
  return asked === undefined || isConfirmed(asked, yes ?? false);
}

/** The files change last, and only when every value was read back. */
async function run(
  survey: Survey,
  contents: ReadonlyMap<Source, Uint8Array>,
  { owner, key, overwrite }: ImportFlags,
): Promise<readonly string[]> {
  for (const source of survey.sources) await removeLeftover(source);
  await takeIn(survey, { owner, key, isOverwriting: overwrite ?? false });
  await verify(survey.plan.items);
  for (const [source, content] of contents) await replaceFile(source, source.bytes, content);
  return [...contents.keys()].map(({ path }) => path);
}
