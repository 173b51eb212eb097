/** `claviger export`: secrets and parameters as variables, in the form that another tool reads. */
import { appendFile } from "node:fs/promises";
import { Command } from "commander";
import {
  asDotenv,
  asJson,
  asKubernetesSecret,
  asShell,
  asYaml,
  githubMasks,
  githubVariables,
} from "../env-files/exported.ts";
import { gathered, type Variable } from "../env-files/variables.ts";
import { CommandFailure } from "../failure.ts";
import { readReference, referenceForms } from "../stores/reference.ts";
import { collect } from "../terminal/format.ts";

interface ExportFlags {
  readonly envFile?: readonly string[];
  readonly format: string;
  readonly name?: string;
}

const plain = { dotenv: asDotenv, json: asJson, yaml: asYaml, shell: asShell } as const;
const formats = [...Object.keys(plain), "github", "k8s"].join(", ");

export const exportCommand = new Command("export")
  .description("print secrets and parameters as variables for another tool")
  .argument("[REF...]", `${referenceForms}; of a path all that is below, of JSON each field`)
  .option("--env-file <FILE>", "a file of variables and references; may be repeated", collect)
  .option("--format <FORMAT>", formats, "dotenv")
  .option("--name <NAME>", "of the Kubernetes Secret, with --format k8s")
  .addHelpText(
    "after",
    "\nNames come from names: /myapp/production/stripe/api_key is STRIPE_API_KEY." +
      "\ngithub masks each value in the log, then sets it for the steps that follow.",
  )
  .action(async (typed: readonly string[], { envFile = [], format, name }: ExportFlags) => {
    const print = printerFor(format, name);
    if (typed.length + envFile.length === 0) {
      throw new CommandFailure("there is nothing to export", "give a REF or --env-file", 2);
    }
    await print(await gathered(typed.map(readReference), envFile));
  });

type Print = (variables: readonly Variable[]) => Promise<void>;

/** Whatever is wrong with the words is told before anything is read. */
function printerFor(format: string, name: string | undefined): Print {
  if ((name !== undefined) !== (format === "k8s")) {
    throw new CommandFailure("--name and --format k8s go together", "give both, or neither", 2);
  }
  if (name !== undefined) return printer(asKubernetesSecret.bind(undefined, secretName(name)));
  if (format === "github") return githubPrinter();
  if (Object.hasOwn(plain, format)) return printer(plain[format as keyof typeof plain]);
  throw new CommandFailure(`'${format}' is not a format`, `give one of ${formats}`, 2);
}

function printer(form: typeof asJson): Print {
  return async (variables) => {
    process.stdout.write(form(new Map(variables.map(({ name, text }) => [name, text]))));
  };
}

/** First the log learns what to mask; only then a later step can print it. */
function githubPrinter(): Print {
  const file = process.env.GITHUB_ENV;
  if (file === undefined || file === "") {
    throw new CommandFailure(
      "GITHUB_ENV is not set: this is no step of a GitHub workflow",
      "run it in one; elsewhere give another --format",
    );
  }
  return async (variables) => {
    const secrets = variables.filter(({ isFetched }) => isFetched);
    process.stdout.write(githubMasks(secrets.map(({ text }) => text)));
    await appendFile(
      file,
      githubVariables(new Map(variables.map((each) => [each.name, each.text]))),
    );
  };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
function secretName(typed: string): string {
  const isName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(typed);
  if (isName && typed.length <= 253) return typed;
  throw new CommandFailure(
    `'${typed}' is no name for a Secret`,
    "give small letters, digits, - and .",
    2,
  );
}
