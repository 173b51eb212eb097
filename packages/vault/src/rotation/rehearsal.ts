/**
 * A secret of production rotates only after its staging secret has, by the same rotator and not
 * long ago. The tag `claviger:rehearse-on` names that secret, or tells that there is to be no
 * rehearsal. Whatever has such a tag is asked for it, and so is what other tags call production.
 */

import type { Clock } from "../clock.ts";
import { ApiError } from "../errors.ts";
import { type SecretRecord, secretKey, secretTable } from "../secrets/records.ts";
import { revocationOf } from "../secrets/revocation.ts";
import { parseSecretId } from "../secrets/secret-id.ts";
import { current, versionAt } from "../secrets/versions.ts";
import type { Storage } from "../storage/storage.ts";
import { rotationKey, rotationTable } from "./run.ts";

export const rehearsalTag = "claviger:rehearse-on";
/** Of that tag, where somebody has decided to do without. */
const noRehearsal = "none";

const freshMilliseconds = 30 * 86_400_000;

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
  const staging = await stagingSecret(storage, secret, stage);
  const run = staging && (await storage.get(rotationTable, rotationKey(staging)))?.body;
  const hasPassed =
    run !== undefined &&
    run.arn === staging?.arn &&
    run.rotator === rotator &&
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
