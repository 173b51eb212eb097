/** The administrator of a vault on this machine, made with its root credentials. */
import { type RootCredentials, readRootCredentials } from "@claviger/vault";
import { CommandFailure } from "../failure.ts";
import { checkConfig, isInConfig, writeConfig } from "../profiles/aws-config.ts";
import { listProfiles, type Profile, profileFile, readProfile } from "../profiles/profile.ts";
import { noneRuns, runningUrl, vaultIn } from "../running-vault.ts";
import { administratorRole, makeAccessKey, makeAdministrator } from "./administrator.ts";
import { iamAt, stsAt } from "./clients.ts";
import { logIn } from "./log-in.ts";

export interface SetUp {
  readonly dataDirectory: string;
  readonly profileName: string;
  readonly userName: string;
  /** Where the environment gives them; otherwise the data folder has them. */
  readonly rootCredentials: RootCredentials | undefined;
}

/** The profile that leads to this vault, if `claviger setup` made one. */
export function profileOf(dataDirectory: string): Profile | undefined {
  const vault = vaultIn(dataDirectory);
  if (vault === undefined) return undefined;
  return listProfiles().find((each) => each.vault === vault && isInConfig(each.name));
}

/** A user and its role, an access key, and a profile that was seen to work. */
export async function setUp(given: SetUp): Promise<Profile> {
  const { dataDirectory, profileName, userName } = given;
  const endpointUrl = runningUrl(dataDirectory);
  if (endpointUrl === undefined) throw noneRuns(dataDirectory);
  const root = given.rootCredentials ?? readRootCredentials(dataDirectory);
  if (root === undefined) throw isLocked();
  // The profile is looked at first: a key that can't be kept should not be made.
  checkConfig(profileName, false);
  const taken = readProfile(profileName);
  if (taken !== undefined && taken.vault !== vaultIn(dataDirectory)) throw isTaken(taken);
  if (taken !== undefined) {
    // A setup was killed just before its last step.
    writeConfig(taken);
    return taken;
  }
  // This vault, whatever the shell points at.
  process.env.AWS_ENDPOINT_URL = endpointUrl;
  const place = { endpointUrl, region: process.env.AWS_REGION ?? "us-east-1" };
  const iam = await iamAt(place, root);
  const { Arn = "", Account = "" } = await (await stsAt(place, root)).getCallerIdentity();
  const partition = Arn.split(":")[1] ?? "aws";
  const { roleArn } = await makeAdministrator(iam, { partition, accountId: Account }, userName);
  const key = await makeAccessKey(iam, userName);
  return logIn(key, {
    ...place,
    profileName,
    role: roleArn || administratorRole,
    vault: vaultIn(dataDirectory),
    isForced: false,
  });
}

export function isLocked(): CommandFailure {
  return new CommandFailure(
    "the root credentials are locked away",
    "an administrator gives access (claviger login with their key); or: claviger setup --unlock",
  );
}

function isTaken({ name, userArn, endpointUrl }: Profile): CommandFailure {
  return new CommandFailure(
    `the profile ${name} is taken by ${userArn} at ${endpointUrl ?? "AWS"}`,
    `give another --profile; if that vault is gone for good: rm ${profileFile(name)}`,
  );
}
