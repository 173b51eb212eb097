/** `claviger accounts`: the accounts of a vault, or of an AWS organization. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Account, CreateAccountStatus, Organizations } from "@aws-sdk/client-organizations";
import { Command } from "commander";
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { readFormat } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";

const roleName = "OrganizationAccountAccessRole";
const pollMilliseconds = 2000;
/** AWS takes minutes. */
const waitMillisecondsMax = 15 * 60_000;

const addCommand = new Command("add")
  .description("create an account with a role in it that the first account may assume")
  .argument("<NAME>", "what the account is called")
  .option("--email <ADDRESS>", "its owner's address; AWS needs a real one, a vault none")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (name: string, flags: { email?: string; format: string }) => {
    const format = readFormat(flags.format);
    const organizations = await aws.organizations();
    const { id, isNew } = await added(
      organizations,
      name,
      flags.email ?? (await standIn(organizations, name)),
    );
    const { partition } = await aws.caller();
    const role = `arn:${partition}:iam::${id}:role/${roleName}`;
    process.stdout.write(
      format === "json"
        ? `${JSON.stringify({ Id: id, Name: name, RoleArn: role })}\n`
        : `Account ${id} (${name}) ${isNew ? "was created" : "was there already"}.\nThe first account enters it as ${role}\n`,
    );
  });

const listCommand = new Command("list")
  .description("list the accounts")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (flags: { format: string }) => {
    const format = readFormat(flags.format);
    const accounts = await allAccounts(await aws.organizations());
    process.stdout.write(
      format === "json"
        ? `${JSON.stringify(accounts)}\n`
        : table(
            ["ID", "NAME", "EMAIL"],
            accounts.map(({ Id = "", Name = "", Email = "" }) => [Id, Name, Email]),
          ),
    );
  });

export const accountsCommand = new Command("accounts")
  .description("the accounts of the vault, each with data and identities of its own")
  .addCommand(addCommand)
  .addCommand(listCommand);

/** An address is an account's key, so running the command again finds what it made before. */
async function added(
  organizations: Organizations,
  AccountName: string,
  Email: string,
): Promise<{ id: string; isNew: boolean }> {
  const { CreateAccountStatus } = await organizations.createAccount({ AccountName, Email });
  const status = await settled(organizations, CreateAccountStatus?.Id);
  if (status.State === "SUCCEEDED") return { id: status.AccountId ?? "", isNew: true };
  if (status.FailureReason !== "EMAIL_ALREADY_EXISTS") {
    throw new CommandFailure(
      `the account could not be created: ${status.FailureReason}`,
      "see AWS Organizations' CreateAccountStatus for what this reason means",
    );
  }
  const there = (await allAccounts(organizations)).find(
    (account) => account.Email?.toLowerCase() === Email.toLowerCase(),
  );
  if (there?.Name === AccountName) return { id: there.Id ?? "", isNew: false };
  throw new CommandFailure(
    `the address ${Email} belongs to another account`,
    "give another --email",
  );
}

async function settled(organizations: Organizations, CreateAccountRequestId: string | undefined) {
  const until = Date.now() + waitMillisecondsMax;
  let status: CreateAccountStatus = { State: "IN_PROGRESS" };
  while (Date.now() < until) {
    const described = await organizations.describeCreateAccountStatus({ CreateAccountRequestId });
    status = described.CreateAccountStatus ?? status;
    if (status.State !== "IN_PROGRESS") return status;
    await sleep(pollMilliseconds);
  }
  throw new CommandFailure(
    `the account is still being created (${CreateAccountRequestId})`,
    "run the same command again later: it finds the account",
  );
}

async function allAccounts(organizations: Organizations): Promise<readonly Account[]> {
  const accounts: Account[] = [];
  let NextToken: string | undefined;
  do {
    const page = await organizations.listAccounts({ NextToken });
    accounts.push(...(page.Accounts ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return accounts;
}

/** On AWS somebody has to get the account's mail; a vault sends none. */
async function standIn({ config }: Organizations, name: string): Promise<string> {
  if ((await config.serviceConfiguredEndpoint?.()) === undefined) {
    throw new CommandFailure("AWS needs an address for the account", "give --email", 2);
  }
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
  return `${word}@claviger.invalid`;
}
