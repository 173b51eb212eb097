/**
 * What a command starts with: who it is, and its values, as they are in the store; in an outage, as
 * they were in the sealed copy, if there is one that is good.
 */
import { createSecrets, type Secrets, type SecretsOptions } from "@claviger/client";
import { awsFailure, isOutage } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { readManyWith, Unavailable, type Values } from "../stores/read-many.ts";
import type { Reference } from "../stores/reference.ts";
import { assumed, assumedLater, type RoleFlags } from "../workload-role.ts";
import type { Fallback } from "./fallback.ts";
import { type Identity, ownIdentity, roleIdentity } from "./identity.ts";

export interface StartOptions {
  readonly role: string | undefined;
  readonly flags: RoleFlags;
  readonly references: readonly Reference[];
  readonly fallback: Fallback | undefined;
  readonly caching: Pick<SecretsOptions, "push" | "ttlSeconds">;
}

export interface Start {
  readonly identity: Identity;
  readonly values: Values;
  /** For looking at them again; undefined where there are none. */
  readonly secrets: Secrets | undefined;
  /** They come from the copy. */
  readonly areOld: boolean;
}

/** Throws where anything is missing: nothing is started with less than all of it. */
export async function start(options: StartOptions): Promise<Start> {
  const { role, flags, references, fallback } = options;
  let identity: Identity | undefined;
  let secrets: Secrets | undefined;
  try {
    identity =
      role === undefined
        ? ownIdentity(flags.region)
        : await roleIdentity(await assumed(role, flags));
    if (references.length === 0) return { identity, values: new Map(), secrets, areOld: false };
    const access = await identity.access();
    secrets = createSecrets({ ...access, ...options.caching });
    // What is missing altogether is told in the SDK's words.
    await access.credentials();
    const values = await readManyWith(secrets, references);
    await fallback?.saveOrWarn(values, identity.roleArn);
    return { identity, values, secrets, areOld: false };
  } catch (error) {
    try {
      if (fallback === undefined || !isForFallback(error)) throw error;
      warn(said(error));
      const copy = await fallback.open(references);
      warn(`the command has the values of ${copy.savedAt.toISOString()}, from the fallback copy`);
      identity ??= await roleIdentity(await assumedLater(copy.roleArn ?? "", flags));
      secrets ??= createSecrets({ ...(await identity.access()), ...options.caching });
      return { identity, values: copy.values, secrets, areOld: true };
    } catch (failure) {
      secrets?.close();
      await identity?.close();
      throw failure;
    }
  }
}

/** Only where nothing was decided: a denial or a deletion stands, whatever a file still holds. */
function isForFallback(error: unknown): boolean {
  return error instanceof Unavailable || isOutage(error);
}

function said(error: unknown): string {
  if (error instanceof CommandFailure) return error.message;
  return awsFailure(error)?.message ?? String(error);
}

function warn(text: string): void {
  process.stderr.write(`warning: ${text}\n`);
}
