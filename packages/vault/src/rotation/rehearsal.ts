/**
 * A secret of production rotates only after its staging secret has, by the same rotator and not
 * long ago. The tag `claviger:rehearse-on` names that secret, or tells that there is to be no
 * rehearsal. Whatever has such a tag is asked for it, and so is what other tags call production.
 */

import type { Clock } from "../clock.ts";
import { ApiError } from "../errors.ts";
import { type SecretRecord, secretKey, secretTable } from "../secrets/records.ts";
import { revocationOf } from "../secrets/revocation.ts";
import { nextRotationMoment } from "../secrets/rotation.ts";
import { parseSecretId } from "../secrets/secret-id.ts";
import { current, versionAt } from "../secrets/versions.ts";
import type { Storage } from "../storage/storage.ts";
import { mayBegin, rotationKey, rotationTable } from "./run.ts";
import { isUnderWay } from "./steps.ts";

export const rehearsalTag = "claviger:rehearse-on";
/** Of that tag, where somebody has decided to do without. */
const noRehearsal = "none";

const freshMilliseconds = 30 * 86_400_000;
/** A rehearsal that never ends is told of in the end. */
const waitMillisecondsMax = 86_400_000;

/** What is missing, in words for whoever wants to rotate; undefined where nothing is. */
export async function missingRehearsal(
  { storage, clock }: { readonly storage: Storage; readonly clock: Clock },
  secret: SecretRecord,
  rotator: string,
): Promise<string | undefined> {
  const { name, tags } = secret;
  const stage = tags[rehearsalTag];
  if (stage === noRehearsal || hasNoKey(secret)) return undefined;
  if (stage === undefined) return isProduction(tags) ? withoutStaging(name) : undefined;
  const { run } = await rehearsalOn(storage, secret, stage);
  const hasPassed =
    run?.rotator === rotator &&
    run.isTestOnly !== true &&
    run.isTurnedRound !== true &&
    ["overlap", "revokeOld", "succeeded"].includes(run.phase) &&
    clock.now() - (run.finishedAt ?? 0) < freshMilliseconds;
  if (hasPassed) return undefined;
  return (
    `The secret rotates only after a rehearsal on ${stage} that is no older than 30 days. ` +
    `Run claviger rotate secretsmanager:${name} --rehearse, or tag it ${rehearsalTag}=${noRehearsal} to do without.`
  );
}

/**
 * Whether what has fallen due waits for it, since it goes on just now or is about to: a schedule
 * that both secrets have is no reason to leave production out.
 */
export async function isRehearsing(
  { storage, clock }: { readonly storage: Storage; readonly clock: Clock },
  secret: SecretRecord,
): Promise<boolean> {
  const now = clock.now();
  const { opensAt: dueAt = 0 } = nextRotationMoment(secret) ?? {};
  if (now - dueAt > waitMillisecondsMax) return false;
  const { staging, run } = await rehearsalOn(storage, secret, secret.tags[rehearsalTag] ?? "");
  if (run !== undefined && !mayBegin(run)) return isUnderWay(run);
  const next = staging && nextRotationMoment(staging);
  return next !== undefined && next.opensAt <= now;
}

/** An emergency: its key was revoked, and readers are without one until it has rotated. */
function hasNoKey(secret: SecretRecord): boolean {
  const versionId = versionAt(secret.stages, current);
  return versionId !== undefined && revocationOf(secret, versionId) !== undefined;
}

/** As the field says it: `Environment: production`, `env: prod`, `Stage: PROD`. */
function isProduction(tags: SecretRecord["tags"]): boolean {
  return Object.entries(tags).some(
    ([key, value]) =>
      /^(environment|env|stage)$/i.test(key) && /^(prod|production)$/i.test(value.trim()),
  );
}

function withoutStaging(name: string): string {
  return (
    `The secret is of production by its tags and rotates only after a rehearsal. ` +
    `Name its staging secret in the tag ${rehearsalTag} ` +
    `(claviger rotate secretsmanager:${name} --rehearse --on secretsmanager:STAGING rehearses and sets it), ` +
    `or tag it ${rehearsalTag}=${noRehearsal} to do without.`
  );
}

/** The staging secret and its newest rotation, as far as there are such. */
async function rehearsalOn(storage: Storage, secret: SecretRecord, stage: string) {
  const staging = await stagingSecret(storage, secret, stage);
  const run = staging && (await storage.get(rotationTable, rotationKey(staging)))?.body;
  return { staging, run: run?.arn === staging?.arn ? run : undefined };
}

/** undefined where the tag names none of the same account: whoever tags writes what they like. */
async function stagingSecret(storage: Storage, secret: SecretRecord, stage: string) {
  try {
    const { scope, name } = parseSecretId(secret, stage);
    if (scope.accountId !== secret.accountId) return undefined;
    return (await storage.get(secretTable, secretKey(scope, name)))?.body;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
