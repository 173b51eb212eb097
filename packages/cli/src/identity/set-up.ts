/** The administrator of a vault on this machine, made with its root credentials. */
import {
  isRootLocked,
  type RootCredentials,
  readRootCredentials,
} from "@claviger/vault/data-folder";
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { checkConfig, writeConfig } from "../profiles/aws-config.ts";
import {
  type Profile,
  profileFile,
  readProfile,
  userNameOf,
  writeProfile,
} from "../profiles/profile.ts";
import { noneRuns, runningUrl, vaultIn } from "../running-vault.ts";
import { administratorRole, makeAccessKey, makeAdministrator } from "./administrator.ts";
import { askOnlyAt, iamAt, type Place, stsAt } from "./clients.ts";
import { newSession } from "./kept-session.ts";
import { logIn } from "./log-in.ts";
import { isKeyRefused } from "./profile-failure.ts";
import { noRoot, profileOf } from "./ways-in.ts";

export interface SetUp {
  readonly dataDirectory: string;
  readonly profileName: string;
  readonly userName: string;
  /** Where the environment gives them; otherwise the data folder has them. */
  readonly rootCredentials: RootCredentials | undefined;
}

/**
 * A user and its role, an access key, and a profile that was seen to work. Of one that is there
 * already, what is missing is made, and the profile follows the vault to where it listens now.
 */
export async function setUp(given: SetUp): Promise<Profile> {
  const { dataDirectory } = given;
  const endpointUrl = runningUrl(dataDirectory);
  if (endpointUrl === undefined) throw noneRuns(dataDirectory);
  askOnlyAt(endpointUrl);
  const known = profileOf(dataDirectory) ?? begunProfile(given);
  // The profile is looked at first: a key that can't be kept should not be made.
  const profileName = known?.name ?? given.profileName;
  checkConfig(profileName, false);
  const userName = known === undefined ? given.userName : userNameOf(known);
  const root = rootOf(given);
  const place = { endpointUrl, region: known?.region ?? process.env.AWS_REGION ?? "us-east-1" };
  const roleArn = root && (await administratorMade(root, place, userName));
  if (known !== undefined && (await isWorking(known))) return moved(known, endpointUrl);
  if (root === undefined) throw noRoot(dataDirectory);
  return logIn(await makeAccessKey(await iamAt(place, root), userName), {
    ...place,
    profileName,
    role: roleArn || administratorRole,
    vault: vaultIn(dataDirectory),
    isForced: known !== undefined,
  });
}

/** Of a setup that was killed just before its last step. Throws where it is another vault's. */
function begunProfile({ profileName, dataDirectory }: SetUp): Profile | undefined {
  const found = readProfile(profileName);
  if (found !== undefined && found.vault !== vaultIn(dataDirectory)) throw isTaken(found);
  return found;
}

/** undefined while they are locked away, and where another environment has them. */
function rootOf({ rootCredentials, dataDirectory }: SetUp): RootCredentials | undefined {
  if (rootCredentials !== undefined) return rootCredentials;
  return isRootLocked(dataDirectory) ? undefined : readRootCredentials(dataDirectory);
}

async function administratorMade(root: RootCredentials, place: Place, userName: string) {
  const { Arn = "", Account = "" } = await (await stsAt(place, root)).getCallerIdentity();
  const account = { partition: Arn.split(":")[1] ?? "aws", accountId: Account };
  const { roleArn } = await makeAdministrator(await iamAt(place, root), account, userName);
  return roleArn;
}

/** Nobody should lock the root away behind a key that opens nothing. */
async function isWorking(profile: Profile): Promise<boolean> {
  try {
    await newSession(profile);
    return true;
  } catch (error) {
    if (isKeyRefused(error) || isOneOf(error, "AccessDenied")) return false;
    throw error;
  }
}

function moved(known: Profile, endpointUrl: string): Profile {
  const profile = { ...known, endpointUrl };
  if (known.endpointUrl !== endpointUrl) writeProfile(profile);
  writeConfig(profile);
  return profile;
}

function isTaken({ name, userArn, endpointUrl }: Profile): CommandFailure {
  return new CommandFailure(
    `the profile ${name} is taken by ${userArn} at ${endpointUrl ?? "AWS"}`,
    `give another --profile; if that vault is gone for good: rm ${profileFile(name)}`,
  );
}
