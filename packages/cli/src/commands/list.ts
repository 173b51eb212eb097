/** `claviger list`: the tree of names over both stores. */
import { Command } from "commander";
import { regionInEnvironment } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { printed } from "../stores/reference.ts";
import { type Entry, type Listing, storeOf } from "../stores/store.ts";
import { age } from "../terminal/age.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { clearProgress } from "../terminal/progress.ts";
import { type Row, table } from "../terminal/table.ts";
import { drawTree } from "../terminal/tree.ts";

const services = ["ssm", "secretsmanager"] as const;
type Service = (typeof services)[number];

export const listCommand = new Command("list")
  .description("draw the tree of secrets and parameters, with their owners")
  .argument("[PREFIX]", "how names begin, as /app/prod, ssm:/app or secretsmanager:prod/", "")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (typed: string, flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const { entries, notes } = await listAll(typed);
    if (format === "json") printJson(entries.map(asJson));
    else process.stdout.write(asText(entries, typed));
    for (const note of notes) process.stderr.write(`note: not shown: ${note}\n`);
  });

/** One store that is denied does not hide the other. */
async function listAll(typed: string): Promise<Listing> {
  const { asked, prefix } = readPrefix(typed);
  const listings: Listing[] = [];
  const denials: unknown[] = [];
  try {
    for (const service of asked) {
      try {
        listings.push(await storeOf({ service }).list(prefix));
      } catch (error) {
        if (!isOneOf(error, "AccessDeniedException")) throw error;
        denials.push(error);
        listings.push({ entries: [], notes: [`${nouns[service]}: ${actions[service]} is denied`] });
      }
    }
  } finally {
    clearProgress();
  }
  if (denials.length === asked.length) throw denials[0];
  return {
    entries: listings.flatMap(({ entries }) => entries),
    notes: listings.flatMap(({ notes }) => notes),
  };
}

const nouns: Readonly<Record<Service, string>> = { ssm: "parameters", secretsmanager: "secrets" };
const actions: Readonly<Record<Service, string>> = {
  ssm: "ssm:DescribeParameters",
  secretsmanager: "secretsmanager:ListSecrets",
};

function readPrefix(typed: string): { asked: readonly Service[]; prefix: string } {
  const [, service = "", prefix = ""] = /^(?:(\w+):)?(.*)$/s.exec(typed) ?? [];
  if (!/^[\w/+=.@-]*$/.test(prefix)) {
    throw new CommandFailure(
      `no name begins with '${prefix}'`,
      "give /app, ssm:/app or secretsmanager:app",
      2,
    );
  }
  if (service === "") return { asked: prefix.startsWith("/") ? ["ssm"] : services, prefix };
  const asked = services.filter((each) => each === service);
  if (asked.length > 0) return { asked, prefix };
  throw new CommandFailure(`'${service}' is no store`, "give ssm: or secretsmanager:", 2);
}

function asText(entries: readonly Entry[], typed: string): string {
  if (entries.length === 0) {
    const region = regionInEnvironment();
    const where = region ? ` in ${region} (each region has its own)` : "";
    return typed === ""
      ? `There is nothing yet${where}.\n`
      : `Nothing begins with ${typed}${where}\n`;
  }
  const rows = services.flatMap((service): Row[] => {
    const own = entries.filter(({ reference }) => reference.service === service);
    if (own.length === 0) return [];
    const leaves = own.map((item) => ({ name: item.reference.name, item }));
    return [
      [{ text: service, style: "bold" }],
      ...drawTree(leaves).map(({ branch, text, item }) => [
        { text, style: "reset" as const, branch },
        ...(item ? cellsOf(item) : []),
      ]),
    ];
  });
  return table(["NAME", "TYPE", "OWNER", "AGE"], rows);
}

function cellsOf({ type, owner, date, isDeleted }: Entry): Row {
  return [
    isDeleted ? { text: `${type}, deleted`, style: "yellow" } : type,
    owner ?? "-",
    date === undefined ? "-" : age(date),
  ];
}

function asJson({ reference, type, description, owner, date, isDeleted }: Entry) {
  return {
    reference: printed(reference),
    type,
    description: description ?? null,
    owner: owner ?? null,
    date: date ?? null,
    isDeleted,
  };
}
