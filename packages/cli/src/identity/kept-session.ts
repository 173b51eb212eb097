/**
 * The session that a profile works by, kept until shortly before it expires: programs ask for it at
 * each start, as every `aws` does, and STS need not be asked each time. The AWS CLI keeps its own so
 * too, in ~/.aws/cli/cache.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { home } from "../profiles/home.ts";
import { checkProfileName, type Profile } from "../profiles/profile.ts";
import { replacePrivateFile } from "../profiles/replace-file.ts";
import { endpointOf } from "./clients.ts";
import {
  durationSeconds,
  type SessionCredentials,
  sessionCredentials,
} from "./session-credentials.ts";

/** botocore asks anew for what has less left: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
const leftSecondsMin = 15 * 60;

/** The one that is kept, or a new one. Rejects with the SDK's error. */
export async function keptSession(profile: Profile): Promise<SessionCredentials> {
  return sessionIn(profile) ?? newSession(profile);
}

/** Asked for now, and kept. Rejects with the SDK's error. */
export async function newSession(profile: Profile): Promise<SessionCredentials> {
  const session = await sessionCredentials(profile);
  try {
    const text = JSON.stringify({ of: sourceOf(profile), ...session });
    replacePrivateFile(sessionFile(profile.name), text);
  } catch {
    // Without a folder to write to each use costs a request, and no more.
  }
  return session;
}

function sessionIn(profile: Profile): SessionCredentials | undefined {
  try {
    const { of, accessKeyId, secretAccessKey, sessionToken, expiration } = JSON.parse(
      readFileSync(sessionFile(profile.name), "utf8"),
    );
    if (of !== sourceOf(profile) || !accessKeyId || !secretAccessKey || !sessionToken) {
      return undefined;
    }
    const expires = new Date(expiration);
    const leftSeconds = (expires.getTime() - Date.now()) / 1000;
    // One that seems to last longer than any can is looked at with a clock that was set back.
    const isGood = leftSeconds > leftSecondsMin && leftSeconds <= durationSeconds;
    return isGood ? { accessKeyId, secretAccessKey, sessionToken, expiration: expires } : undefined;
  } catch {
    // None yet, or half of one: a new one takes its place.
    return undefined;
  }
}

/** What a session came from: another key, role or place makes another. */
function sourceOf(profile: Profile): string {
  const { key, roleArn = "", vault = "" } = profile;
  const source = [endpointOf("STS", profile) ?? "AWS", key.accessKeyId, roleArn, vault];
  return createHash("sha256").update(JSON.stringify(source)).digest("hex");
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function sessionFile(name: string): string {
  const base = process.env.XDG_CACHE_HOME || join(home(), ".cache");
  return join(base, "claviger", "sessions", `${checkProfileName(name)}.json`);
}
