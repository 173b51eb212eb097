/** `claviger keys list`: a user's access keys, when each was made and last used. */
import type { IAM } from "@aws-sdk/client-iam";
import { Command } from "commander";
import { isOneOf } from "../aws-failure.ts";
import { iamAt } from "../identity/clients.ts";
import { profileFailure } from "../identity/profile-failure.ts";
import { chosenProfile } from "../profiles/chosen-profile.ts";
import { type Profile, userNameOf } from "../profiles/profile.ts";
import { age } from "../terminal/age.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";

export const keysListCommand = new Command("list")
  .description("list the access keys of a profile's user")
  .option("--profile <NAME>", "a profile of claviger login (default AWS_PROFILE)")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (flags: { readonly profile?: string; readonly format: string }) => {
    const format = readFormat(flags.format);
    const profile = chosenProfile(flags.profile);
    const keys = await keysOf(profile).catch((error: unknown) => {
      throw profileFailure(profile, error);
    });
    if (format === "json") return printJson(keys);
    const rows = keys.map(({ accessKeyId, status, created, lastUsed, isInUse }) => [
      accessKeyId,
      status,
      created === null ? "-" : age(created),
      lastUsed === undefined ? "?" : lastUsed === null ? "never" : age(lastUsed),
      isInUse ? "this profile" : "",
    ]);
    process.stdout.write(table(["KEY", "STATUS", "AGE", "LAST USED", "KEPT FOR"], rows));
  });

async function keysOf(profile: Profile) {
  const iam = await iamAt(profile, profile.key);
  const { AccessKeyMetadata = [] } = await iam.listAccessKeys({ UserName: userNameOf(profile) });
  return Promise.all(
    AccessKeyMetadata.map(async ({ AccessKeyId = "", Status = "", CreateDate }) => ({
      accessKeyId: AccessKeyId,
      status: Status,
      created: CreateDate ?? null,
      lastUsed: await lastUseOf(iam, AccessKeyId),
      isInUse: AccessKeyId === profile.key.accessKeyId,
    })),
  );
}

/** null for never; undefined for whoever may not ask. */
async function lastUseOf(iam: IAM, AccessKeyId: string): Promise<Date | null | undefined> {
  try {
    const { AccessKeyLastUsed } = await iam.getAccessKeyLastUsed({ AccessKeyId });
    return AccessKeyLastUsed?.LastUsedDate ?? null;
  } catch (error) {
    if (isOneOf(error, "AccessDenied")) return undefined;
    throw error;
  }
}
