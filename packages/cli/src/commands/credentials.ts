/**
 * `claviger credentials`: what the profiles of `claviger login` run, for the SDK that asks.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
import { Command } from "commander";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { sessionCredentials } from "../identity/session-credentials.ts";
import { chosenProfile } from "../profiles/chosen-profile.ts";
import type { Profile } from "../profiles/profile.ts";

export const credentialsCommand = new Command("credentials")
  .description("print a profile's short-lived credentials, for AWS clients (credential_process)")
  .requiredOption("--profile <NAME>", "a profile of claviger login")
  .action(async (flags: { readonly profile: string }) => {
    const profile = chosenProfile(flags.profile);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await sessionCredentials(
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

/** Whoever reads this looks at another program's error, and knows of no key. */
function explained({ name, userArn, endpointUrl, roleArn }: Profile, error: unknown): unknown {
  const place = process.env.AWS_ENDPOINT_URL || endpointUrl || "AWS";
  const cause = { cause: error };
  if (isOneOf(error, "InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch")) {
    return new CommandFailure(
      `${place} does not take the access key of profile ${name} (${userArn})`,
      `log in with one that it takes: claviger login --profile ${name}`,
      exitCodes.failed,
      cause,
    );
  }
  if (isOneOf(error, "AccessDenied")) {
    return new CommandFailure(
      `${userArn} may not assume ${roleArn}`,
      `log in for another role: claviger login --profile ${name} --role ROLE`,
      exitCodes.failed,
      cause,
    );
  }
  const { $metadata, code, message } = error as Partial<
    Error & { readonly $metadata: { readonly httpStatusCode?: number }; readonly code: string }
  >;
  if ($metadata !== undefined && $metadata.httpStatusCode === undefined) {
    return new CommandFailure(
      `nothing answers at ${place} for profile ${name}: ${code ?? message}`,
      "start the vault; if it listens elsewhere now, set AWS_ENDPOINT_URL",
      exitCodes.failed,
      cause,
    );
  }
  return error;
}
