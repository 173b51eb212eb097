/** What has to be judged again of a denied request that only its event in the trail tells of. */
import { aws } from "../aws.ts";
import { readDenial } from "./denial.ts";
import { needsOf } from "./event-needs.ts";
import type { Question } from "./judge-again.ts";
import { isText, keyNeeds } from "./key-needs.ts";
import type { TrailEvent } from "./trail.ts";

/**
 * What the event's message says was denied, or else everything that the request needed. Secrets
 * Manager says no more than that access to KMS was denied: its key is looked up.
 */
export async function questionsOf(event: TrailEvent): Promise<Question[]> {
  const { errorMessage = "", userIdentity } = event;
  const said = readDenial(errorMessage);
  if (said !== undefined) {
    const keys = needsOf(event).find(({ action }) => action === said.action)?.keys ?? {};
    return [{ ...said, keys }];
  }
  const needs = [
    ...needsOf(event),
    ...(/KMS/.test(errorMessage) ? await secretKeyNeeds(event) : []),
  ];
  return needs.map(({ action, resource, keys }) => ({
    principalArn: userIdentity.arn ?? "",
    action,
    resource,
    keys,
  }));
}

async function secretKeyNeeds(event: TrailEvent) {
  const { secretId } = event.requestParameters ?? {};
  if (event.eventSource !== "secretsmanager.amazonaws.com" || !isText(secretId)) return [];
  const { ARN, KmsKeyId } = await (await aws.secretsManager()).describeSecret({
    SecretId: secretId,
  });
  if (ARN === undefined || KmsKeyId === undefined) return [];
  const { KeyMetadata } = await (await aws.kms()).describeKey({ KeyId: KmsKeyId });
  if (KeyMetadata?.Arn === undefined) return [];
  const needs = keyNeeds(event, "secretsmanager", [KeyMetadata.Arn], [ARN]);
  // Secrets are encrypted under data keys.
  return needs.filter(({ action }) => action !== "kms:Encrypt");
}
