/** `claviger policy blast-radius`: every secret and parameter that a role can get at. */

import { Command } from "commander";
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { type Account, type Entity, fetchAccount } from "../policy/account.ts";
import { fieldsOf } from "../policy/grouped-fields.ts";
import { type Item, takeInventory } from "../policy/inventory.ts";
import { findOwners, type Owners } from "../policy/owners.ts";
import { Judge, type Reach, type Verdict } from "../policy/reach.ts";
import { isBy, type LastReads, lastReads } from "../policy/reads.ts";
import { coloured } from "../terminal/colour.ts";
import { readFormat } from "../terminal/format.ts";
import { type Cell, table } from "../terminal/table.ts";

interface BlastRadiusFlags {
  readonly fields?: true;
  readonly format: string;
}

/** As far as CloudTrail looks back. */
const days = 90;

export const blastRadiusCommand = new Command("blast-radius")
  .description("list every secret and parameter that a role can read, write or delete")
  .argument("<ROLE>", "the role's name or ARN")
  .option("--fields", "look into the JSON secrets it can read, as you, for fields it may not need")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (name: string, flags: BlastRadiusFlags) => {
    const format = readFormat(flags.format);
    const account = await fetchAccount();
    const role = account.role(name);
    if (role === undefined) {
      throw new CommandFailure(`there is no role ${name}`, "list them: aws iam list-roles");
    }
    const caller = await aws.caller();
    const inventory = await takeInventory(caller, account.asksForTags);
    const judge = new Judge(Date.now());
    const reached = inventory
      .map((item) => judge.reach(role, item))
      .filter(({ read, write, delete: remove }) =>
        [read, write, remove].some((each) => each !== "no"),
      );
    const reads = await lastReads(isBy(role.arn), new Date(Date.now() - days * 86_400_000));
    const owners = await findOwners(reached.map(({ item }) => item));
    const warnings = [
      ...sharedWarnings(role, account, judge, reached),
      ...(flags.fields ? await groupedWarnings(reached) : []),
    ];
    const notes = [
      ...[...judge.problems].map(([policy, why]) => `${policy} is not understood: ${why}`),
      ...reads.notes,
      ...owners.notes,
      ...(flags.fields || !reached.some(({ item, read }) => item.type === "secret" && read !== "no")
        ? []
        : [
            "--fields also looks into JSON secrets, as you: the trail will show that you read them",
          ]),
    ];
    const report = { role, reached, owners, reads, warnings, notes };
    process.stdout.write(
      format === "json"
        ? `${JSON.stringify(asJson(report), undefined, 2)}\n`
        : asText(report, inventory.length, caller.region),
    );
  });

interface Report {
  readonly role: Entity;
  readonly reached: readonly Reach[];
  readonly owners: Owners;
  readonly reads: LastReads;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Roles that read everything are named once, not with each secret. */
function sharedWarnings(
  role: Entity,
  { entities }: Account,
  judge: Judge,
  reached: readonly Reach[],
): string[] {
  const items = reached.filter(({ read }) => read !== "no").map(({ item }) => item);
  const others = entities.filter(({ type, arn }) => type === "role" && arn !== role.arn);
  const readsAny = (each: Entity) => items.some((item) => judge.readsAll(each, item));
  const shared = items.flatMap((item) => {
    const readers = others.filter(
      (other) => !judge.readsAll(other, item) && judge.reach(other, item).read !== "no",
    );
    if (readers.length === 0) return [];
    return [`${typed(item)} is shared: ${listed(readers.map(({ name }) => name))} can read it too`];
  });
  const wide = others.filter(readsAny).map(({ name }) => `role ${name}`);
  return [
    ...(readsAny(role)
      ? [`role ${role.name} is not bound to names: it also reads what is made later`]
      : []),
    ...shared,
    ...(wide.length > 0 ? [`${listed(wide)} can read it all too: not bound to names`] : []),
  ];
}

async function groupedWarnings(reached: readonly Reach[]): Promise<string[]> {
  const secrets = reached.filter(({ item, read }) => item.type === "secret" && read !== "no");
  const warnings: string[] = [];
  for (const { item } of secrets) {
    const fields = await fieldsOf(item);
    if (fields.length === 0) continue;
    warnings.push(
      `${typed(item)} groups ${fields.length} fields (${listed(fields)}): whoever needs one gets them all`,
    );
  }
  return warnings;
}

function asText(
  { role, reached, owners, reads, warnings, notes }: Report,
  total: number,
  region: string,
): string {
  const title = `${coloured("bold", role.name)} reaches ${reached.length} of ${total} secrets and parameters in ${region}.\n`;
  const hasConditions = reached.some(({ conditions }) => conditions.length > 0);
  const rows = reached.map(({ item, read, write, delete: remove, conditions }) => [
    typed(item),
    owners.of(item) ?? "-",
    cellOf(read),
    cellOf(write),
    cellOf(remove),
    reads.of(item)?.slice(0, 10) ?? "not seen",
    ...(hasConditions ? [conditions.join(", ")] : []),
  ]);
  const titles = ["NAME", "OWNER", "READ", "WRITE", "DELETE", "LAST READ"];
  if (hasConditions) titles.push("IF");
  const parts = [
    title,
    ...(rows.length > 0 ? [table(titles, rows)] : []),
    ...(warnings.length > 0
      ? [warnings.map((each) => `${coloured("yellow", "warning:")} ${each}\n`).join("")]
      : []),
    ...(notes.length > 0 ? [notes.map((each) => `note: ${each}\n`).join("")] : []),
  ];
  return parts.join("\n");
}

function asJson({ role: { name, arn }, reached, owners, reads, warnings, notes }: Report) {
  return {
    role: { name, arn },
    reaches: reached.map(({ item, ...verdicts }) => ({
      type: item.type,
      name: item.name,
      arn: item.arn,
      owner: owners.of(item) ?? null,
      ...verdicts,
      lastRead: reads.of(item) ?? null,
    })),
    warnings,
    notes,
  };
}

const styles: Readonly<Record<Verdict, Cell>> = {
  yes: { text: "yes", style: "green" },
  if: { text: "if", style: "yellow" },
  no: { text: "-", style: "dim" },
};

function cellOf(verdict: Verdict): Cell {
  return styles[verdict];
}

/** As `policy generate --for` takes it. */
function typed({ type, name }: Item): string {
  return `${type === "secret" ? "secretsmanager" : "ssm"}:${name}`;
}

const namesMax = 5;

function listed(names: readonly string[]): string {
  const more = names.length - namesMax;
  return more > 0 ? `${names.slice(0, namesMax).join(", ")} and ${more} more` : names.join(", ");
}
