/**
 * Which permissions a request needed, told from its event in the trail. The vault's events name
 * every resource that was authorised; AWS's have them in their parameters, and sometimes not at
 * all: such a need is of an unknown resource, and keeps every grant of its action.
 */
import type { ConditionKeys } from "@claviger/vault/authorization";
import { isText, keyNeeds, kmsNeeds } from "./key-needs.ts";
import type { TrailEvent } from "./trail.ts";

export interface Need {
  readonly action: string;
  /** An ARN, or a secret's name; undefined where the event doesn't tell. */
  readonly resource: string | undefined;
  readonly keys: ConditionKeys;
  /** False for what the request may have needed: an event doesn't tell how a key was used. */
  readonly isCertain: boolean;
}

/** Services all of whose requests are in the trail that LookupEvents shows. */
export const tracedServices: ReadonlySet<string> = new Set([
  "claviger",
  "cloudtrail",
  "iam",
  "kms",
  "organizations",
  "secretsmanager",
  "ssm",
  "sts",
]);

export function needsOf(event: TrailEvent): Need[] {
  const { eventName, requestParameters } = event;
  const service = event.eventSource.split(".")[0] ?? "";
  const arns = (event.resources ?? []).flatMap(({ ARN }) => ARN ?? []);
  if (unasked.has(eventName)) return [];
  switch (service) {
    case "ssm":
      return parameterNeeds(event, arns);
    case "secretsmanager":
      return secretNeeds(event, arns);
    case "kms":
      return orUnknown(event, kmsNeeds(event, arns));
    case "sts": {
      const { roleArn } = requestParameters ?? {};
      return [certain(`sts:${eventName}`, isText(roleArn) ? roleArn : "*")];
    }
    case "cloudtrail":
      return [certain(`cloudtrail:${eventName}`, "*")];
    default:
      return orUnknown(
        event,
        arns.map((arn) => certain(`${service}:${eventName}`, arn)),
      );
  }
}

/** Nobody needs a permission for these, or it is another policy's than the caller's. */
const unasked = new Set([
  "AssumeRoleWithWebIdentity",
  "GetAccessKeyInfo",
  "GetCallerIdentity",
  "GetSessionToken",
]);

function parameterNeeds(event: TrailEvent, arns: readonly string[]): Need[] {
  const { eventName, requestParameters } = event;
  const { name, names, path, recursive, resourceId, overwrite, tags } = requestParameters ?? {};
  const start = `arn:${partitionOf(event)}:ssm:${event.awsRegion}:${event.recipientAccountId}`;
  if (eventName === "DescribeParameters") return [certain(`ssm:${eventName}`, `${start}:*`)];
  const arnOf = (given: string) =>
    given.startsWith("arn:")
      ? given
      : `${start}:parameter${given.replace(/:[^:/]*$/, "").replace(/^\/?/, "/")}`;
  const found = arns.filter((arn) => /:ssm:.*:parameter\//.test(arn));
  const keyed = keyNeeds(event, "ssm", arns, found);
  if (eventName === "GetParametersByPath") {
    const keys = { "ssm:Recursive": String(recursive ?? false) };
    return [certain(`ssm:${eventName}`, arnOf(String(path ?? "/")), keys), ...keyed];
  }
  const given = [name, names, resourceId].flat().filter(isText).map(arnOf);
  const isPut = eventName === "PutParameter";
  const keys = isPut ? { "ssm:Overwrite": String(overwrite ?? false) } : {};
  const actions = [eventName, ...(isPut && isFilled(tags) ? ["AddTagsToResource"] : [])];
  const needs = (found.length > 0 ? found : given).flatMap((arn) =>
    actions.map((action) => certain(`ssm:${action}`, arn, keys)),
  );
  return [...orUnknown(event, needs), ...keyed];
}

function secretNeeds(event: TrailEvent, arns: readonly string[]): Need[] {
  const { eventName } = event;
  const { secretId, name, versionId, versionStage, tags } = event.requestParameters ?? {};
  if (eventName === "ListSecrets" || eventName === "GetRandomPassword") {
    return [certain(`secretsmanager:${eventName}`, "*")];
  }
  const found = arns.filter((arn) => /:secretsmanager:.*:secret:/.test(arn));
  const secrets = found.length > 0 ? found : [secretId, name].filter(isText);
  const of = (action: string, keys: ConditionKeys = {}) =>
    secrets.map((secret) => certain(`secretsmanager:${action}`, secret, keys));
  const keyed = keyNeeds(event, "secretsmanager", arns, secrets);
  switch (eventName) {
    case "BatchGetSecretValue":
      return [certain(`secretsmanager:${eventName}`, "*"), ...of("GetSecretValue"), ...keyed];
    case "GetSecretValue": {
      const stage = versionStage ?? (versionId === undefined ? "AWSCURRENT" : undefined);
      const keys = {
        ...(isText(versionId) && { "secretsmanager:VersionId": versionId }),
        ...(isText(stage) && { "secretsmanager:VersionStage": stage }),
      };
      return [...orUnknown(event, of(eventName, keys)), ...keyed];
    }
    case "CreateSecret": {
      const keys = isText(name) ? { "secretsmanager:Name": name } : {};
      const tagged = isFilled(tags) ? of("TagResource", keys) : [];
      return [...orUnknown(event, of(eventName, keys)), ...tagged, ...keyed];
    }
    default:
      return [...orUnknown(event, of(eventName)), ...keyed];
  }
}

function certain(action: string, resource: string | undefined, keys: ConditionKeys = {}): Need {
  return { action, resource, keys, isCertain: true };
}

function orUnknown({ eventSource, eventName }: TrailEvent, needs: readonly Need[]): Need[] {
  const action = `${eventSource.split(".")[0]}:${eventName}`;
  return needs.length > 0 ? [...needs] : [certain(action, undefined)];
}

function partitionOf({ userIdentity }: TrailEvent): string {
  return userIdentity.arn?.split(":")[1] ?? "aws";
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
