/**
 * Keeps an access key for a profile, once it has shown that it works the way the profile will use
 * it. Nothing is written before that.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { roleArnOf } from "@claviger/agent";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { checkConfig, writeConfig } from "../profiles/aws-config.ts";
import { type AccessKey, type Profile, readProfile, writeProfile } from "../profiles/profile.ts";
import { type Place, stsAt } from "./clients.ts";
import { newSession } from "./kept-session.ts";

export interface LogIn extends Place {
  readonly profileName: string;
  /** The name or the ARN of the role to work as. */
  readonly role: string | undefined;
  readonly vault: string | undefined;
  /** Whether a profile of somebody else may be replaced. */
  readonly isForced: boolean;
}

/** Rejects with CommandFailure or the SDK's error. */
export async function logIn(key: AccessKey, given: LogIn): Promise<Profile> {
  const { profileName: name, endpointUrl, region, role, vault, isForced } = given;
  checkConfig(name, isForced);
  const sts = await stsAt(given, key);
  const { Arn: userArn = "" } = await sts.getCallerIdentity().catch(notTaken(given));
  if (userArn.endsWith(":root")) throw isRoot();
  const before = readProfile(name);
  if (before !== undefined && !isForced && !isSame(before, userArn, given)) throw isTaken(before);
  const roleArn = role === undefined ? undefined : await roleArnOf(sts, role).catch(notARole(role));
  const profile: Profile = {
    name,
    userArn,
    key,
    endpointUrl,
    region,
    roleArn,
    vault: vault ?? (before && isSame(before, userArn, given) ? before.vault : undefined),
    nextKey: undefined,
    formerKeyId: undefined,
  };
  await untilTrusted(profile);
  writeProfile(profile);
  writeConfig(profile);
  return profile;
}

/** A role knows a user that was just made only after some seconds, on AWS. */
const trustedSecondsMax = 30;

async function untilTrusted(profile: Profile): Promise<void> {
  for (let second = 0; ; second++) {
    try {
      await newSession(profile);
      return;
    } catch (error) {
      const isNew = profile.roleArn !== undefined && isOneOf(error, "AccessDenied");
      if (!isNew || second >= trustedSecondsMax) throw error;
      await sleep(1000);
    }
  }
}

function isSame(before: Profile, userArn: string, { endpointUrl }: LogIn): boolean {
  return before.userArn === userArn && before.endpointUrl === endpointUrl;
}

function isTaken({ name, userArn, endpointUrl }: Profile): CommandFailure {
  return new CommandFailure(
    `the profile ${name} is ${userArn} at ${endpointUrl ?? "AWS"}, whose key is kept nowhere else`,
    "give another --profile, or --force to lose that one",
  );
}

function isRoot(): CommandFailure {
  return new CommandFailure(
    "that is the account root's key, which nobody should work with",
    "make an administrator: claviger setup; on AWS, an IAM user",
  );
}

function notTaken({ endpointUrl }: Place) {
  return (error: unknown): never => {
    const isRefused = isOneOf(error, "InvalidClientTokenId", "SignatureDoesNotMatch");
    if (!isRefused) throw error;
    throw new CommandFailure(
      `${endpointUrl ?? "AWS"} does not take this access key`,
      "check its id and its secret, and that this is the place that it is of (--endpoint-url)",
      exitCodes.failed,
      { cause: error },
    );
  };
}

function notARole(role: string) {
  return (error: unknown): never => {
    if (!(error instanceof RangeError)) throw error;
    throw new CommandFailure(`'${role}' is not a role`, "give its name or its ARN", 2);
  };
}
