/**
 * Our profiles in the AWS configuration file, where every SDK and the AWS CLI find them. Each asks
 * `claviger credentials` for its credentials; a profile that somebody else made is left alone.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "../failure.ts";
import { configHeader, hasSection, settingOf, withSettings } from "./config-text.ts";
import { home } from "./home.ts";
import type { Profile } from "./profile.ts";
import { checkReplaceable, replaceFile } from "./replace-file.ts";

/** Whatever else gives a profile credentials, and might win. */
const otherSources = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "role_arn",
  "source_profile",
  "credential_source",
  "web_identity_token_file",
  "sso_session",
  "sso_account_id",
  "sso_role_name",
  "sso_start_url",
  "login_session",
];

/**
 * Throws CommandFailure where the profile could not be written, and where its name is taken by one
 * that isn't ours.
 */
export function checkConfig(name: string, isForced: boolean): void {
  checkReplaceable(configPath());
  credentialProcess(name);
  const credentials = credentialsPath();
  if (hasSection(textOf(credentials), name)) {
    throw new CommandFailure(
      `${credentials} has a static key for the profile ${name}, which would win`,
      "take it out of there, or give another --profile",
    );
  }
  const config = textOf(configPath());
  if (isForced || !hasSection(config, configHeader(name)) || isOurs(config, name)) return;
  throw new CommandFailure(
    `${configPath()} has a profile ${name} that claviger did not make`,
    "give another --profile, or --force to change that one",
  );
}

/** Makes the profile, or brings one up to date. Returns the file's path. */
export function writeConfig(profile: Profile): string {
  const { name, region, endpointUrl } = profile;
  const path = configPath();
  const settings = {
    credential_process: credentialProcess(name),
    region,
    ...(endpointUrl !== undefined && { endpoint_url: endpointUrl }),
  };
  const text = textOf(path);
  const dropped = [...otherSources, ...(endpointUrl === undefined ? ["endpoint_url"] : [])];
  const written = withSettings(text, configHeader(name), settings, dropped);
  if (written !== text) replaceFile(path, written);
  return path;
}

/** Whether the AWS configuration leads to this profile. */
export function isInConfig(name: string): boolean {
  return isOurs(readableText(), name);
}

/** Where the profile in use sends its requests, if it says so. */
export function endpointOfProfile(): string | undefined {
  const header = configHeader(process.env.AWS_PROFILE || "default");
  return settingOf(readableText(), header, "endpoint_url");
}

function isOurs(config: string, name: string): boolean {
  const command = settingOf(config, configHeader(name), "credential_process");
  return command?.endsWith(wordsFor(name)) ?? false;
}

/**
 * By its path: programs that ask are often started with another PATH than a shell's. SDKs that
 * split it themselves and those that give it to a shell agree on double quotes.
 */
function credentialProcess(name: string): string {
  const command = fileURLToPath(new URL("../../bin/claviger", import.meta.url));
  if (/["$`\\\r\n#;]/.test(command)) {
    throw new CommandFailure(
      `no AWS profile can name ${JSON.stringify(command)}: shells and SDKs read it differently`,
      'install claviger in a folder without any of " $ ` \\ # ; in its path',
    );
  }
  const word = /^[\w@%+=:,./-]+$/.test(command) ? command : `"${command}"`;
  return `${word}${wordsFor(name)}`;
}

function wordsFor(name: string): string {
  return ` credentials --profile ${name}`;
}

function configPath(): string {
  return process.env.AWS_CONFIG_FILE || join(home(), ".aws", "config");
}

function credentialsPath(): string {
  return process.env.AWS_SHARED_CREDENTIALS_FILE || join(home(), ".aws", "credentials");
}

/** Nothing of a file that can't be read, which tells SDKs nothing either. */
function readableText(): string {
  try {
    return textOf(configPath());
  } catch {
    return "";
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
