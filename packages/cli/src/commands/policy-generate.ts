/** `claviger policy generate`: the least policy for what a role has to do, as JSON. */
import { Command } from "commander";
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { parseDocument, printDocument } from "../policy/document.ts";
import { findTarget } from "../policy/find-targets.ts";
import { leastPolicy, type Purpose } from "../policy/least-policy.ts";
import { policyNameFor } from "../policy/policy-name.ts";
import { readTarget, type Target } from "../policy/target.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { diff } from "../terminal/diff.ts";

interface GenerateFlags {
  readonly role: string;
  readonly for: readonly string[];
  readonly actions: string;
  readonly attach?: true;
  readonly yes?: true;
}

export const generateCommand = new Command("generate")
  .description("write the least policy with which a role reads, writes or rotates something")
  .requiredOption("--role <ROLE>", "the role's name")
  .requiredOption(
    "--for <WHAT...>",
    "ssm:/path/name, ssm:/path/* for all below a path, or secretsmanager:name; may be repeated",
  )
  .option("--actions <PURPOSE>", "read, write or rotate", "read")
  .option("--attach", "put it on the role as an inline policy, after showing what changes")
  .option("--yes", "attach it without asking")
  .action(async (flags: GenerateFlags) => {
    const purpose = readPurpose(flags.actions);
    const targets = flags.for.map(readTarget);
    const caller = await aws.caller();
    const found = [];
    for (const target of targets) found.push(await findTarget(target, caller, note));
    const document = printDocument(leastPolicy(purpose, found));
    // Who attaches it at a terminal sees it below, as what changes.
    if (!flags.attach || !process.stdout.isTTY) process.stdout.write(`${document}\n`);
    if (flags.attach) await attach(flags, purpose, targets, document);
  });

/** Standard output is the policy alone. */
function note(text: string): void {
  process.stderr.write(`note: ${text}\n`);
}

function readPurpose(typed: string): Purpose {
  if (typed === "read" || typed === "write" || typed === "rotate") return typed;
  throw new CommandFailure(`'${typed}' is not a purpose`, "give read, write or rotate", 2);
}

async function attach(
  { role, yes = false }: { readonly role: string; readonly yes?: boolean },
  purpose: Purpose,
  targets: readonly Target[],
  document: string,
): Promise<void> {
  const iam = await aws.iam();
  const PolicyName = policyNameFor(purpose, targets);
  const before = await currentPolicy(role, PolicyName);
  if (before === document) return note(`role ${role} has it already, as ${PolicyName}.`);
  process.stderr.write(
    `\nrole ${role}, inline policy ${PolicyName}:\n${diff(before, document, process.stderr)}\n`,
  );
  if (!(await isConfirmed(`Put it on role ${role}?`, yes))) return note("nothing was changed.");
  await iam.putRolePolicy({ RoleName: role, PolicyName, PolicyDocument: document });
  note(`role ${role} has it now, as ${PolicyName}.`);
}

/** The inline policy of that name as this command would print it; empty where there is none. */
async function currentPolicy(RoleName: string, PolicyName: string): Promise<string> {
  const iam = await aws.iam();
  await iam.getRole({ RoleName });
  try {
    const { PolicyDocument = "" } = await iam.getRolePolicy({ RoleName, PolicyName });
    return printDocument(parseDocument(decodeURIComponent(PolicyDocument)));
  } catch (error) {
    if ((error as Error).name !== "NoSuchEntityException") throw error;
    return "";
  }
}
