/**
 * An audit event as the record that CloudTrail would have kept: its field names, their order and
 * their absences. Rendered when somebody looks, never on the way of a request.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import type { AuditEvent, AuditIdentity } from "./event.ts";
import { usernameOf } from "./line.ts";
import { resourceTypeOf } from "./resource-type.ts";

/** JSON as CloudTrail writes it; what does not apply is left out, as there. */
export type CloudTrailRecord = Readonly<Record<string, unknown>>;

export function renderRecord(event: AuditEvent): CloudTrailRecord {
  const isOfService = event.identity?.type === "AWSService";
  return {
    eventVersion: "1.11",
    userIdentity: renderIdentity(event),
    eventTime: renderTime(event.time),
    eventSource: eventSourceOf(event),
    eventName: event.operation,
    awsRegion: event.region,
    sourceIPAddress: event.sourceAddress,
    userAgent: event.userAgent,
    ...(event.errorCode !== undefined && { errorCode: event.errorCode }),
    ...(event.errorMessage !== undefined && { errorMessage: event.errorMessage }),
    requestParameters: isOfService ? null : nullIfEmpty(event.requestParameters),
    responseElements: event.responseElements ?? null,
    ...(isOfService
      ? { additionalEventData: event.requestParameters }
      : additionalEventData(event)),
    requestID: event.requestId,
    eventID: event.eventId,
    readOnly: event.isReadOnly,
    ...(event.resources.length > 0 && { resources: event.resources.map(renderResource) }),
    // What a service does by itself has no request.
    eventType: isOfService ? "AwsServiceEvent" : "AwsApiCall",
    managementEvent: true,
    recipientAccountId: event.accountId,
    eventCategory: "Management",
  };
}

/** "secretsmanager.amazonaws.com"; empty where the request named no service. */
export function eventSourceOf({ service }: AuditEvent): string {
  return service === "" ? "" : `${service}.amazonaws.com`;
}

/** What CloudTrail has no field for. */
function additionalEventData(event: AuditEvent): CloudTrailRecord | undefined {
  const { versionId, count, encodedAuthorizationMessage } = event;
  const data = {
    ...(versionId !== undefined && { versionId }),
    ...(count > 1 && { count }),
    ...(encodedAuthorizationMessage !== undefined && { encodedAuthorizationMessage }),
  };
  return Object.keys(data).length > 0 ? { additionalEventData: data } : undefined;
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
function renderIdentity({ identity, accessKeyId }: AuditEvent): CloudTrailRecord {
  const key = accessKeyId === "" ? undefined : { accessKeyId };
  if (identity === undefined) return { type: "Unknown", ...key };
  const { type, principalId, arn, accountId } = identity;
  if (type === "AWSService") return { accountId, invokedBy: usernameOf(identity) };
  if (type === "WebIdentityUser") {
    return { type, principalId, userName: usernameOf(identity), identityProvider: arn };
  }
  return {
    type,
    principalId,
    arn,
    accountId,
    ...key,
    ...(type === "IAMUser" && { userName: usernameOf(identity) }),
    ...sessionContext(identity),
  };
}

/** Of temporary credentials: a role's name the role, those of a user or the root nobody else. */
function sessionContext(identity: AuditIdentity): CloudTrailRecord | undefined {
  const { type, principalId, sessionIssuerArn = "", sessionIssuedAt, sourceIdentity } = identity;
  const isRole = type === "AssumedRole";
  if (!isRole && sessionIssuedAt === undefined) return undefined;
  const sessionIssuer = {
    type: "Role",
    principalId: principalId.slice(0, principalId.indexOf(":")),
    arn: sessionIssuerArn,
    accountId: sessionIssuerArn.split(":")[4] ?? "",
    userName: sessionIssuerArn.slice(sessionIssuerArn.lastIndexOf("/") + 1),
  };
  return {
    sessionContext: {
      ...(isRole && { sessionIssuer }),
      attributes: {
        ...(sessionIssuedAt !== undefined && { creationDate: renderTime(sessionIssuedAt) }),
        mfaAuthenticated: "false",
      },
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
  };
}

function renderResource(arn: string): CloudTrailRecord {
  const type = resourceTypeOf(arn);
  return { accountId: arn.split(":")[4] ?? "", ...(type !== undefined && { type }), ARN: arn };
}

/** Whole seconds, as CloudTrail: "2018-05-31T23:23:41Z". */
function renderTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** A request that gave nothing has null, not an empty object. */
function nullIfEmpty(parameters: unknown): unknown {
  const isEmpty = typeof parameters === "object" && Object.keys(parameters ?? {}).length === 0;
  return isEmpty ? null : (parameters ?? null);
}
