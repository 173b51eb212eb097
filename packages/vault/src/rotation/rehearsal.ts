/**
 * A secret whose tag `claviger:rehearse-on` names another one rotates only after that has, by the
 * same rotator and not long ago.
 */

import type { Clock } from "../clock.ts";
import { ApiError } from "../errors.ts";
import { type SecretRecord, secretKey, secretTable } from "../secrets/records.ts";
import { parseSecretId } from "../secrets/secret-id.ts";
import type { Storage } from "../storage/storage.ts";
import { rotationKey, rotationTable } from "./run.ts";

export const rehearsalTag = "claviger:rehearse-on";

const freshMilliseconds = 30 * 86_400_000;

/** What is missing, in words for whoever wants to rotate; undefined where nothing is. */
export async function missingRehearsal(
  { storage, clock }: { readonly storage: Storage; readonly clock: Clock },
  secret: SecretRecord,
  rotator: string,
): Promise<string | undefined> {
  const stage = secret.tags[rehearsalTag];
  if (stage === undefined) return undefined;
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
    `Run claviger rotate secretsmanager:${secret.name} --rehearse, or remove the tag ${rehearsalTag}.`
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
