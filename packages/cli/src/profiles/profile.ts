/**
 * A person's profile: an AWS profile whose credentials `claviger credentials` gives, and the access
 * key that they come from. The key is kept in a file of its own, mode 0600, so that AWS's files
 * hold none. A rotation of the key is written down here step by step, so that it can be finished.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { CommandFailure } from "../failure.ts";
import { home } from "./home.ts";
import { replacePrivateFile } from "./replace-file.ts";

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Profile {
  readonly name: string;
  /** Of the user that the key belongs to. */
  readonly userArn: string;
  readonly key: AccessKey;
  /** Where the vault is; undefined for AWS itself. */
  readonly endpointUrl: string | undefined;
  readonly region: string;
  /** What the profile works as; undefined for the user itself. */
  readonly roleArn: string | undefined;
  /** Which vault it is, wherever it listens; undefined where `claviger setup` didn't make it. */
  readonly vault: string | undefined;
  /** Of a rotation under way: the key that was made, before it takes the other one's place. */
  readonly nextKey: AccessKey | undefined;
  /** Of a rotation under way: the id of the key before, which is still to be deleted. */
  readonly formerKeyId: string | undefined;
}

/** The preset of `--profile`. */
export const profileName = "claviger";

const nameForm = /^\w[\w.+@-]{0,63}$/;

export function checkProfileName(name: string): string {
  if (nameForm.test(name)) return name;
  throw new CommandFailure(
    `'${name}' is no name of a profile`,
    "give letters, digits and any of . _ + @ -",
    2,
  );
}

/**
 * undefined where there is none. Throws CommandFailure for a file that isn't one of ours, and for
 * one that others may read: its key is no secret any more.
 */
export function readProfile(name: string): Profile | undefined {
  const path = profileFile(name);
  let text: string;
  let mode: number;
  try {
    text = readFileSync(path, "utf8");
    mode = statSync(path).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  // Windows keeps no such modes: its access lists guard the file.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new CommandFailure(
      `${path} is open to others (mode ${mode.toString(8)})`,
      `chmod 600 ${path}, and if somebody may have read it: claviger keys rotate --profile ${name}`,
    );
  }
  try {
    const kept: Profile = JSON.parse(text);
    const { accessKeyId, secretAccessKey } = kept.key;
    if (accessKeyId && secretAccessKey && kept.region) return { ...kept, name };
  } catch {
    // Told below, without quoting the file.
  }
  throw new CommandFailure(`${path} does not hold a profile`, "remove it, then: claviger login");
}

/** By name. */
export function listProfiles(): Profile[] {
  return names().flatMap((name) => readProfile(name) ?? []);
}

/** Durable and whole: the profile from before, or this one. */
export function writeProfile(profile: Profile): void {
  replacePrivateFile(profileFile(profile.name), `${JSON.stringify(profile, undefined, 2)}\n`);
}

/** Who the user is called: the last part of its ARN. */
export function userNameOf({ userArn }: Pick<Profile, "userArn">): string {
  return userArn.slice(userArn.lastIndexOf("/") + 1);
}

function names(): string[] {
  try {
    return readdirSync(folder())
      .filter((file) => file.endsWith(".json"))
      .map((file) => basename(file, ".json"))
      .filter((name) => nameForm.test(name))
      .sort();
  } catch (error) {
    // A home that isn't one's own, as containers have it, holds no profile of one's own.
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(code)) return [];
    throw error;
  }
}

/** Where it is kept. */
export function profileFile(name: string): string {
  return join(folder(), `${checkProfileName(name)}.json`);
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function folder(): string {
  const base = process.env.XDG_CONFIG_HOME || join(home(), ".config");
  return join(base, "claviger", "profiles");
}
