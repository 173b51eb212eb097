/**
 * `claviger credentials`: what the profiles of `claviger login` run, for the SDK that asks.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
import { Command } from "commander";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { keptSession } from "../identity/kept-session.ts";
import { profileFailure } from "../identity/profile-failure.ts";
import { chosenProfile } from "../profiles/chosen-profile.ts";
import type { Profile } from "../profiles/profile.ts";

export const credentialsCommand = new Command("credentials")
  .description("print a profile's short-lived credentials, for AWS clients (credential_process)")
  .requiredOption("--profile <NAME>", "a profile of claviger login")
  .action(async (flags: { readonly profile: string }) => {
    const profile = chosenProfile(flags.profile);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await keptSession(
      profile,
    ).catch((error: unknown) => {
      throw explained(profile, error);
    });
    const printed = {
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration.toISOString(),
    };
    process.stdout.write(`${JSON.stringify(printed)}\n`);
  });

function explained(profile: Profile, error: unknown): unknown {
  if (!isOneOf(error, "AccessDenied")) return profileFailure(profile, error, "STS");
  const { name, userArn, roleArn } = profile;
  return new CommandFailure(
    `${userArn} may not assume ${roleArn}`,
    `log in for another role: claviger login --profile ${name} --role ROLE`,
    exitCodes.failed,
    { cause: error },
  );
}
