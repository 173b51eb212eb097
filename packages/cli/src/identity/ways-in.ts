/**
 * Who one can be at the vault on this machine: apart from how an administrator is made, so that
 * `claviger env`, which each new shell waits for, loads no AWS client.
 */
import { isRootLocked, settings } from "@claviger/vault/data-folder";
import { CommandFailure } from "../failure.ts";
import { isInConfig } from "../profiles/aws-config.ts";
import { listProfiles, type Profile } from "../profiles/profile.ts";
import { vaultIn } from "../running-vault.ts";

/** The profile that leads to this vault, if `claviger setup` made one. */
export function profileOf(dataDirectory: string): Profile | undefined {
  const vault = vaultIn(dataDirectory);
  if (vault === undefined) return undefined;
  return listProfiles().find((each) => each.vault === vault && isInConfig(each.name));
}

/** Why the root can't be worked as: locked away, or given to another environment than this one. */
export function noRoot(dataDirectory: string): CommandFailure {
  if (isRootLocked(dataDirectory)) return isLocked();
  return new CommandFailure(
    "the vault's root credentials were given by its environment, and this one has none",
    `set ${settings.rootAccessKeyId.variable} and ${settings.rootSecretAccessKey.variable} here too`,
  );
}

function isLocked(): CommandFailure {
  return new CommandFailure(
    "the root credentials are locked away",
    "an administrator gives access (claviger login with their key); or: claviger setup --unlock",
  );
}
