/** What requests needed of KMS keys: their own, and those that a service made for them. */
import type { ConditionKeys } from "@claviger/vault/authorization";
import type { Need } from "./event-needs.ts";
import type { TrailEvent } from "./trail.ts";

/**
 * Of a request to Secrets Manager or Parameter Store that the vault's trail shows with its keys.
 * On AWS these are events of KMS.
 */
export function keyNeeds(
  event: TrailEvent,
  service: "ssm" | "secretsmanager",
  arns: readonly string[],
  owners: readonly string[],
): Need[] {
  const isRead = /^(Batch)?Get/.test(event.eventName);
  const actions = isRead ? ["Decrypt"] : ["Decrypt", "Encrypt", "GenerateDataKey"];
  const context = service === "ssm" ? "PARAMETER_ARN" : "SecretARN";
  // Of several values it isn't told which one was under which key.
  const isCertain = isRead && owners.length === 1;
  return keyArnsIn(arns).flatMap((keyArn) =>
    owners.flatMap((owner) => {
      const keys = keysOf(event, service, { [context]: owner });
      return actions.map((action) => ({ ...possible(action, keyArn, keys), isCertain }));
    }),
  );
}

/** Of a request to KMS itself, or on AWS of one that a service made. */
export function kmsNeeds(event: TrailEvent, arns: readonly string[]): Need[] {
  const { eventName, requestParameters, userIdentity } = event;
  const via = /^(ssm|secretsmanager)\.amazonaws\.com$/.exec(userIdentity.invokedBy ?? "")?.[1];
  const given = requestParameters?.encryptionContext;
  const context = typeof given === "object" && given !== null ? given : {};
  const keys = keysOf(event, via, context as Readonly<Record<string, unknown>>);
  if (onEverything.has(eventName)) {
    return [{ action: `kms:${eventName}`, resource: "*", keys, isCertain: true }];
  }
  return keyArnsIn(arns).flatMap((keyArn) =>
    eventName === "ReEncrypt"
      ? ["ReEncryptFrom", "ReEncryptTo"].map((action) => possible(action, keyArn, keys))
      : [{ action: `kms:${eventName}`, resource: keyArn, keys, isCertain: true }],
  );
}

const onEverything = new Set(["CreateKey", "GenerateRandom", "ListAliases", "ListKeys"]);

function possible(action: string, resource: string, keys: ConditionKeys): Need {
  return { action: `kms:${action}`, resource, keys, isCertain: false };
}

function keysOf(
  { awsRegion, recipientAccountId = "" }: TrailEvent,
  service: string | undefined,
  context: Readonly<Record<string, unknown>>,
): ConditionKeys {
  const contexts = Object.entries(context).map(([name, value]) => [
    `kms:EncryptionContext:${name}`,
    String(value),
  ]);
  return {
    "kms:CallerAccount": recipientAccountId,
    "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    ...(service !== undefined && { "kms:ViaService": `${service}.${awsRegion}.amazonaws.com` }),
    ...Object.fromEntries(contexts),
  };
}

function keyArnsIn(arns: readonly string[]): string[] {
  return arns.filter((arn) => /:kms:.*:key\//.test(arn));
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
