/** What the trail keeps of a request. */
import type { AuditEvent, AuditIdentity, AuditLog } from "../audit/event.ts";
import { eventIdAt } from "../audit/event-id.ts";
import { type Authenticated, claimedIdentity } from "../authentication/authenticate.ts";
import type { Principal } from "../authorization/types.ts";
import type { ApiError } from "../errors.ts";
import { type HttpRequest, header } from "../message.ts";
import type { AuditedPart } from "../operations/operation.ts";
import { errorCodeInTrail } from "../wire/encode.ts";
import { asApiError } from "./failure.ts";
import type { PipelineParts, Progress } from "./progress.ts";

/** Where the trail keeps, as on AWS, what belongs to no region: else nobody would ever find it. */
export const regionOfNone = "us-east-1";

/** The event of the request, and one for each part that it was made of. */
export function auditEvents(
  request: HttpRequest,
  progress: Progress,
  failure: ApiError | undefined,
  parts: PipelineParts,
): readonly AuditEvent[] {
  const event = auditEvent(request, progress, failure, parts);
  return [event, ...progress.notes.parts.map((part) => partEvent(event, part, progress, parts))];
}

/** Resolves when all of them are durable. */
export function appendAll(events: readonly AuditEvent[], log: AuditLog): Promise<unknown> {
  const [event, ...others] = events;
  // Nearly every request has one.
  return event !== undefined && others.length === 0
    ? log.append(event)
    : Promise.all(events.map((each) => log.append(each)));
}

/** The event of one part of a batch: the same caller and request, and what the part itself did. */
function partEvent(
  whole: AuditEvent,
  { service, operation, requestParameters, notes, failure }: AuditedPart,
  progress: Progress,
  parts: PipelineParts,
): AuditEvent {
  const error = failure === undefined ? undefined : asApiError(failure, progress, parts);
  return {
    ...whole,
    eventId: eventIdAt(progress.now, parts.randomness.uuid()),
    service: service ?? whole.service,
    operation,
    requestParameters,
    resources: notes.resources,
    versionId: notes.versionId,
    errorCode: error && errorCodeInTrail(progress.route, error),
    errorMessage: error?.message,
    encodedAuthorizationMessage: undefined,
  };
}

function auditEvent(
  request: HttpRequest,
  progress: Progress,
  failure: ApiError | undefined,
  { firstAccountId }: PipelineParts,
): AuditEvent {
  const { route, service, operation, authenticated, notes } = progress;
  const claimed = authenticated ?? claimedIdentity(request);
  return {
    eventId: progress.eventId,
    requestId: progress.requestId,
    time: progress.now,
    service: route.service,
    operation: route.operation,
    isReadOnly: operation?.isReadOnly ?? true,
    accountId: authenticated?.principal.accountId ?? firstAccountId,
    region: service?.globalRegion ?? (claimed.region || regionOfNone),
    identity: authenticated && identityOf(authenticated),
    accessKeyId: claimed.accessKeyId,
    sourceAddress: request.sourceAddress,
    userAgent: header(request, "user-agent") ?? "",
    resources: notes.resources,
    requestParameters: progress.requestParameters,
    responseElements: failure === undefined ? notes.responseElements : null,
    errorCode: failure && errorCodeInTrail(route, failure),
    errorMessage: failure?.message,
    encodedAuthorizationMessage: progress.encodedAuthorizationMessage,
    versionId: notes.versionId,
    latencyMicroseconds: Math.round((performance.now() - progress.startedAt) * 1000),
    count: 1,
  };
}

/** A caller is the same object until something about it changes. */
const identities = new WeakMap<Principal, AuditIdentity>();

function identityOf(authenticated: Authenticated): AuditIdentity {
  const { principal, webIdentity } = authenticated;
  if (webIdentity !== undefined) return newIdentity(authenticated);
  let identity = identities.get(principal);
  if (identity === undefined) {
    identity = newIdentity(authenticated);
    identities.set(principal, identity);
  }
  return identity;
}

function newIdentity({ principal, webIdentity }: Authenticated): AuditIdentity {
  return {
    type: principal.type === "WebIdentity" ? "WebIdentityUser" : principal.type,
    arn: principal.arn,
    principalId: principal.principalId,
    accountId: principal.accountId,
    sessionIssuerArn: principal.roleArn,
    sessionIssuedAt: principal.tokenIssuedAt,
    sessionExpiresAt: principal.tokenExpiresAt,
    isRotation: principal.isRotation,
    webIdentitySubject: webIdentity?.subject,
    sourceIdentity: webIdentity?.sourceIdentity ?? principal.sessionKeys["aws:sourceidentity"],
  };
}
