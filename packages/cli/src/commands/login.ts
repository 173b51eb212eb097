/** `claviger login`: an AWS profile with short-lived credentials, from an access key kept once. */
import { Command } from "commander";
import { askOnlyAt } from "../identity/clients.ts";
import { givenKey } from "../identity/given-key.ts";
import { logIn } from "../identity/log-in.ts";
import { checkConfig } from "../profiles/aws-config.ts";
import { checkProfileName, type Profile, profileName } from "../profiles/profile.ts";

interface LoginFlags {
  readonly profile: string;
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly role?: string;
  readonly force?: true;
}

export const loginCommand = new Command("login")
  .description("make an AWS profile whose credentials are short-lived, from your access key")
  .option("--profile <NAME>", "what the profile is called", profileName)
  .option("--endpoint-url <URL>", "the vault (default AWS_ENDPOINT_URL; without either, AWS)")
  .option("--region <REGION>", "the profile's region (default AWS_REGION, or us-east-1)")
  .option("--role <ROLE>", "the role to work as; without one the profile may not call IAM")
  .option("--force", "change a profile that is somebody else's, or another user's")
  .addHelpText(
    "after",
    "\nThe access key is asked for, or read from standard input. It is kept in a file of its" +
      "\nown, never in AWS's files; programs get credentials that last an hour.",
  )
  .action(async (flags: LoginFlags) => {
    const name = checkProfileName(flags.profile);
    checkConfig(name, flags.force ?? false);
    const { AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    const endpointUrl = flags.endpointUrl ?? (AWS_ENDPOINT_URL || undefined);
    if (flags.endpointUrl !== undefined) askOnlyAt(flags.endpointUrl);
    process.stderr.write(`Logging in to ${endpointUrl ?? "AWS"}.\n`);
    const profile = await logIn(await givenKey(), {
      profileName: name,
      endpointUrl,
      region: flags.region ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? "us-east-1",
      role: flags.role,
      vault: undefined,
      isForced: flags.force ?? false,
    });
    process.stderr.write(`${saidOf(profile)}Use it: export AWS_PROFILE=${name}\n`);
  });

export function saidOf({ name, userArn, roleArn }: Profile): string {
  const as = roleArn === undefined ? "" : `, who works as ${roleArn}`;
  return `The profile ${name} is ${userArn}${as}.\n`;
}
