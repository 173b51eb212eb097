/** `claviger policy unused`: which grants nobody used, and the policies without them. */

import { Command } from "commander";
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { fetchAccount } from "../policy/account.ts";
import { announce, applyNarrowing } from "../policy/apply-narrowing.ts";
import { printDocument } from "../policy/document.ts";
import { type Findings, findUnused } from "../policy/find-unused.ts";
import { coloured } from "../terminal/colour.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { diff } from "../terminal/diff.ts";
import { readFormat } from "../terminal/format.ts";
import { lineWidth, table, wrapped } from "../terminal/table.ts";

interface UnusedFlags {
  readonly days: string;
  readonly role?: string;
  readonly apply?: true;
  readonly yes?: true;
  readonly format: string;
}

export const unusedCommand = new Command("unused")
  .description(
    "say which grants nobody used, from the audit trail, and offer policies without them",
  )
  .option("--days <DAYS>", "how far back the trail is read, 90 at most", "30")
  .option("--role <ROLE>", "only this role's policies, narrowed and tried out on the trail")
  .option("--apply", "put the narrowed policies in place")
  .option("--yes", "apply them without asking")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (flags: UnusedFlags) => {
    const format = readFormat(flags.format);
    const days = readDays(flags.days);
    if (flags.apply && flags.role === undefined) {
      throw new CommandFailure("--apply changes one role at a time", "give its --role too", 2);
    }
    const account = await fetchAccount();
    const asked = flags.role === undefined ? account.entities : [account.role(flags.role)];
    const entities = asked.filter((entity) => entity !== undefined);
    if (entities.length === 0) {
      throw new CommandFailure(`there is no role ${flags.role}`, "list them: aws iam list-roles");
    }
    const from = new Date(Date.now() - days * 86_400_000);
    const findings = await findUnused(account, entities, await aws.caller(), from);
    const refusal = flags.role === undefined ? undefined : refusalOf(findings, days);
    process.stdout.write(
      format === "json"
        ? `${JSON.stringify(asJson(findings, days, refusal), undefined, 2)}\n`
        : asText(findings, days, flags.role, refusal),
    );
    if (flags.apply) await apply(findings, refusal, flags.yes ?? false);
  });

function readDays(typed: string): number {
  const days = Number(typed);
  if (Number.isInteger(days) && days >= 1 && days <= 90) return days;
  throw new CommandFailure(
    `'${typed}' is no number of days`,
    "give 1 to 90, as far as the trail goes",
    2,
  );
}

/** Why no narrowed policy is offered, or undefined if one is. */
function refusalOf(
  { requests, narrowings, replay, isWhole }: Findings,
  days: number,
): string | undefined {
  if (narrowings.length === 0) return undefined;
  if (!isWhole) return "the trail is longer than what is read of it: give fewer --days";
  if (requests === 0) {
    return `it made no request in ${days} days: nothing tells what it needs, or that anybody needs it`;
  }
  const [unexplained] = replay.unexplained;
  if (unexplained !== undefined) {
    return `${replay.unexplained.length} kinds of requests were allowed that today's policies don't explain, as ${unexplained}: give fewer --days`;
  }
  const [lost] = replay.lost;
  if (lost === undefined) return undefined;
  return `${replay.lost.length} kinds of requests would be denied, as ${lost}`;
}

function asText(
  { requests, idle, narrowings, replay, regions }: Findings,
  days: number,
  role: string | undefined,
  refusal: string | undefined,
): string {
  const who = role === undefined ? "users and roles" : `role ${role}`;
  const where = regions.join(", ");
  const parts = [`${requests} requests of ${who} in the last ${days} days, in ${where}.\n`];
  if (narrowings.length === 0) parts.push("Every grant was used.\n");
  for (const { policy, unused } of narrowings) {
    const rows = unused.map(({ statementIndex, sid = "", grant, used }) => [
      `${statementIndex + 1} ${sid}`.trimEnd(),
      grant,
      used.join(", "),
    ]);
    const hasUsed = unused.some(({ used }) => used.length > 0);
    const titles = ["STATEMENT", "NOT USED", ...(hasUsed ? ["BUT FOR"] : [])];
    parts.push(`${heading(policy.name)}${table(titles, rows)}`);
  }
  if (role === undefined) {
    if (idle.length > 0) {
      parts.push(
        `No request at all: ${idle.map(({ type, name }) => `${type} ${name}`).join(", ")}\n`,
      );
    }
    if (narrowings.length > 0)
      parts.push("See what a role is left with: claviger policy unused --role ROLE\n");
  } else if (refusal !== undefined) {
    parts.push(`No narrowed policy is offered: ${refusal}.\n`);
  } else if (narrowings.length > 0) {
    for (const { policy, before, after } of narrowings) {
      const left = after.Statement.length === 0 ? "" : printDocument(after);
      parts.push(`${heading(policy.name)}${diff(printDocument(before), left, process.stdout)}\n`);
    }
    parts.push(
      `Replayed against them: ${replay.requests} requests, all allowed as before.\n` +
        "Requests in other regions were not seen.\n",
    );
  }
  return parts.join("\n");
}

function heading(text: string): string {
  return wrapped(text, lineWidth())
    .map((line) => `${coloured("bold", line)}\n`)
    .join("");
}

function asJson(
  { requests, idle, narrowings, replay, regions, isWhole }: Findings,
  days: number,
  refusal: string | undefined,
) {
  return {
    days,
    regions,
    requests,
    isWholeTrail: isWhole,
    idle: idle.map(({ arn }) => arn),
    policies: narrowings.map(({ policy, unused, after }) => ({
      policy: policy.name,
      unused,
      narrowed: after.Statement.length === 0 ? null : after,
    })),
    replay,
    refusal: refusal ?? null,
  };
}

async function apply(
  { narrowings }: Findings,
  refusal: string | undefined,
  isYes: boolean,
): Promise<void> {
  if (refusal !== undefined) {
    throw new CommandFailure(`no narrowed policy is offered: ${refusal}`, "nothing was changed");
  }
  if (narrowings.length === 0) return;
  const steps = narrowings.map(({ policy, after }) => `  ${announce(policy, after)}\n`);
  process.stderr.write(`\nThis will\n${steps.join("")}`);
  if (!(await isConfirmed("Go on?", isYes))) {
    process.stderr.write("note: nothing was changed.\n");
    return;
  }
  for (const { policy, after } of narrowings) {
    await applyNarrowing(policy, after);
    process.stderr.write(`note: done: ${announce(policy, after)}\n`);
  }
}
