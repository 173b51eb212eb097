/**
 * `claviger import FILE...`: takes the values of `.env` and other such files into the vault, and
 * with `--replace` leaves references in their places. No value is ever shown.
 */
import { Command } from "commander";
import { readFormatName } from "../env-files/env-file.ts";
import { CommandFailure } from "../failure.ts";
import { asJson } from "../importing/as-json.ts";
import type { Target } from "../importing/destination.ts";
import { stateOf, takeIn, verify } from "../importing/intake.ts";
import { assertReplaceable, replaceFile } from "../importing/replace-file.ts";
import { rewritten } from "../importing/rewritten.ts";
import { shown } from "../importing/show.ts";
import { readSources, type Source } from "../importing/source.ts";
import { type Survey, surveyOf } from "../importing/survey.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { printJson, readFormat } from "../terminal/format.ts";

interface ImportFlags {
  readonly app: string;
  readonly env: string;
  readonly to: string;
  readonly owner?: string;
  readonly key?: string;
  readonly syntax?: string;
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
    const survey = await surveyOf(sources, target);
    const contents = isReplacing ? newContents(survey) : new Map<Source, Uint8Array>();
    const { owner, dryRun: isDryRun = false } = flags;
    // Data stands alone on standard output.
    const stream = format === "json" ? process.stderr : process.stdout;
    if (format === "text" || !isDryRun) stream.write(shown(survey, owner, isReplacing));
    const isDone = !isDryRun && (await isAgreed(survey, contents, flags));
    const replaced = isDone ? await run(survey, contents, flags) : [];
    if (format === "json") printJson(asJson(survey, { owner, isDryRun: !isDone, replaced }));
    else if (isDone) process.stderr.write(summary(survey, replaced));
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

/** Nothing is asked where nothing would change. */
async function isAgreed(
  { plan, held }: Survey,
  contents: ReadonlyMap<Source, Uint8Array>,
  { yes }: ImportFlags,
): Promise<boolean> {
  const states = plan.items.map((item) => stateOf(item, held));
  const count = states.filter((state) => state !== "unchanged").length;
  if (count === 0 && contents.size === 0) return true;
  const over = states.filter((state) => state === "changed").length;
  const parts = [
    `Write ${counted(count, "value")}`,
    ...(over === 0 ? [] : [`${over} of them over another one`]),
    ...(contents.size === 0 ? [] : [`and rewrite ${counted(contents.size, "file")}`]),
  ];
  return isConfirmed(`${parts.join(", ")}?`, yes ?? false);
}

/** The files change last, and only when every value was read back. */
async function run(
  { plan, held }: Survey,
  contents: ReadonlyMap<Source, Uint8Array>,
  { owner, key }: ImportFlags,
): Promise<readonly string[]> {
  await takeIn(plan.items, held, { owner, key });
  await verify(plan.items);
  for (const [source, content] of contents) await replaceFile(source, source.bytes, content);
  return [...contents.keys()].map(({ path }) => path);
}

function summary({ plan, held, sources }: Survey, replaced: readonly string[]): string {
  if (plan.items.length === 0) return "";
  const count = (wanted: string) =>
    plan.items.filter((item) => stateOf(item, held) === wanted).length;
  const states = ["new", "changed", "unchanged"].map((state) => `${count(state)} ${state}`);
  return [
    `${states.join(", ")}; each was read back.\n`,
    ...replaced.map((path) => `${path} holds references now.\n`),
    ...(replaced.length > 0
      ? []
      : [
          `note: the values stand in ${sources.map(({ path }) => path).join(", ")} still: --replace\n`,
        ]),
  ].join("");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
