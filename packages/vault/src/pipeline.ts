/**
 * The way of every request, in one place: read this first.
 *
 *   name the operation → authenticate → decode and validate → permit → run → audit → encode
 *
 * The order is part of the wire (tests/golden/order-of-checks.test.ts holds it), and no reply
 * leaves before its audit event is durable, refusals included (`audit/coalesced-failures.ts` bounds
 * what strangers can make it write).
 */
import type { AuditEvent, AuditIdentity, AuditLog } from "./audit/event.ts";
import { eventIdAt } from "./audit/event-id.ts";
import {
  type Authenticated,
  type Authenticator,
  claimedIdentity,
} from "./authentication/authenticate.ts";
import type { WebIdentities } from "./authentication/web-identity/web-identities.ts";
import { traceOf } from "./authorization/access-denied.ts";
import { authorize, decide } from "./authorization/authorize.ts";
import type { Circumstances } from "./authorization/types.ts";
import type { Clock, Randomness } from "./clock.ts";
import { ApiError, serviceUnavailable } from "./errors.ts";
import { type HttpReply, type HttpRequest, header } from "./message.ts";
import type {
  AnyOperation,
  AuditedPart,
  AuditNotes,
  Call,
  Output,
  Service,
  Vault,
} from "./operations/operation.ts";
import { auditable, validate } from "./shapes/shapes.ts";
import { Conflict, Unavailable } from "./storage/storage.ts";
import { decodeInput } from "./wire/decode.ts";
import { encodeError, encodeOutput, errorCodeInTrail } from "./wire/encode.ts";
import { createRouter, type Route } from "./wire/route.ts";

export interface PipelineParts {
  readonly services: readonly Service[];
  readonly vault: Vault;
  readonly authenticator: Authenticator;
  readonly webIdentities: WebIdentities;
  readonly auditLog: AuditLog;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The account whose trail keeps the requests of strangers. */
  readonly firstAccountId: string;
  /** Told of faults of our own; never of refusals. */
  onFault(fault: unknown, requestId: string): void;
}

/** Answers requests. The returned function never rejects. */
export type Pipeline = (request: HttpRequest) => Promise<HttpReply>;

/** What is known of a request as it goes along; the audit event is made of it. */
interface Progress {
  readonly requestId: string;
  readonly now: number;
  readonly startedAt: number;
  readonly route: Route;
  readonly service: Service | undefined;
  readonly operation: AnyOperation | undefined;
  readonly notes: AuditNotes;
  authenticated: Authenticated | undefined;
  requestParameters: unknown;
  /** Why it was denied, for whoever may decode it. Only the caller's copy of the message has it. */
  encodedAuthorizationMessage: string | undefined;
}

export function createPipeline(parts: PipelineParts): Pipeline {
  const route = createRouter(parts.services);
  const services = new Map(parts.services.map((service) => [service.name, service]));
  const operations = new Map(
    parts.services.map(({ name, operations }) => [
      name,
      new Map(operations.map((operation) => [operation.name, operation])),
    ]),
  );

  return async function handle(request) {
    const named = route(request);
    const progress: Progress = {
      requestId: parts.randomness.uuid(),
      now: parts.clock.now(),
      startedAt: performance.now(),
      route: named,
      service: services.get(named.service),
      operation: operations.get(named.service)?.get(named.operation),
      notes: emptyNotes(),
      authenticated: undefined,
      requestParameters: undefined,
      encodedAuthorizationMessage: undefined,
    };
    let output: Output;
    let failure: ApiError | undefined;
    try {
      output = await answer(request, progress, parts);
    } catch (thrown) {
      failure = asApiError(thrown, progress, parts);
      await encodeDenial(failure, progress, parts);
    }
    const events = auditEvents(request, progress, failure, parts);
    try {
      await Promise.all(events.map((event) => parts.auditLog.append(event)));
    } catch (fault) {
      parts.onFault(fault, progress.requestId);
      failure = serviceUnavailable(fault);
    }
    return failure === undefined
      ? encodeOutput(named, output, progress.requestId)
      : encodeError(named, withEncodedMessage(failure, progress), progress.requestId);
  };
}

async function answer(
  request: HttpRequest,
  progress: Progress,
  { authenticator, webIdentities, auditLog, vault }: PipelineParts,
): Promise<Output> {
  const { route, operation } = progress;
  if (request.problem !== undefined) throw request.problem;
  if (route.problem !== undefined) throw route.problem;
  if (operation === undefined) throw new Error("the router named an operation that is not there");

  const { webIdentity } = operation;
  if (webIdentity === undefined) {
    progress.authenticated = await authenticator.authenticate(request, route.service);
  }
  const input = validate(operation.input, decodeInput(route, request, operation.input));
  progress.requestParameters = auditable(operation.input, input, route.service === "ssm");
  if (webIdentity !== undefined) {
    // A signature that comes along all the same counts for nothing, as on AWS.
    const { accountId, token } = webIdentity(input);
    const identified = await webIdentities.authenticate(accountId, token);
    const region = claimedIdentity(request).region || regionOfNone;
    progress.authenticated = { ...identified, region, accessKeyId: "" };
  }
  const { authenticated } = progress;
  if (authenticated === undefined) throw new Error("nobody was authenticated");

  // A reply can be held back for its event; what was changed can't be undone for it.
  if (!operation.isReadOnly && auditLog.trouble !== undefined) {
    throw serviceUnavailable(new Error(auditLog.trouble));
  }
  const call = callOf(request, progress, authenticated, vault);
  const granted = await operation.permit(input, call);
  return await operation.run(input, granted, call);
}

function callOf(
  request: HttpRequest,
  progress: Progress,
  { principal, webIdentity, region: signedRegion }: Authenticated,
  vault: Vault,
): Call {
  const region = progress.service?.globalRegion ?? signedRegion;
  const circumstances: Circumstances = {
    now: progress.now,
    region,
    sourceAddress: request.sourceAddress,
    isSecureTransport: request.isSecureTransport,
    userAgent: header(request, "user-agent") ?? "",
  };
  const callWith = (notes: AuditNotes): Call => ({
    requestId: progress.requestId,
    scope: { accountId: principal.accountId, region },
    principal,
    webIdentity,
    vault,
    notes,
    authorize(action, resource, keys) {
      const { arn } = resource;
      if (arn !== "*" && !notes.resources.includes(arn)) notes.resources.push(arn);
      return authorize(principal, action, resource, circumstances, keys);
    },
    isAllowed: (action, resource, keys) =>
      decide(principal, action, resource, circumstances, keys).isAllowed,
    async part(operation, requestParameters, run) {
      const own = emptyNotes();
      let failure: unknown;
      try {
        return await run(callWith(own));
      } catch (thrown) {
        failure = thrown;
        throw thrown;
      } finally {
        notes.parts.push({ operation, requestParameters, notes: own, failure });
      }
    },
  });
  return callWith(progress.notes);
}

function emptyNotes(): AuditNotes {
  return { resources: [], versionId: undefined, responseElements: null, parts: [] };
}

/** Only an ApiError may speak to the caller; all else is a fault of ours, told to the log. */
function asApiError(thrown: unknown, { requestId }: Progress, parts: PipelineParts): ApiError {
  if (thrown instanceof ApiError) {
    if (thrown.fault === "server") parts.onFault(thrown, requestId);
    return thrown;
  }
  parts.onFault(thrown, requestId);
  // A write that others kept overtaking, or a database that can't be reached, may be tried again.
  if (thrown instanceof Conflict || thrown instanceof Unavailable)
    return serviceUnavailable(thrown);
  return new ApiError("InternalServiceError", "An error occurred on the server side.", {
    cause: thrown,
    fault: "server",
  });
}

/** A denial that can't be explained is still a denial. */
async function encodeDenial(
  failure: ApiError,
  progress: Progress,
  { vault, onFault }: PipelineParts,
): Promise<void> {
  try {
    const trace = traceOf(failure);
    if (trace === undefined) return;
    progress.encodedAuthorizationMessage = await vault.authorizationMessages.encode(trace);
  } catch (fault) {
    onFault(fault, progress.requestId);
  }
}

function withEncodedMessage(failure: ApiError, { encodedAuthorizationMessage }: Progress) {
  const { code, message, fault } = failure;
  // What can't be written to the trail is no longer the denial that it was.
  if (encodedAuthorizationMessage === undefined || code !== "AccessDenied") return failure;
  return new ApiError(
    code,
    `${message}. Encoded authorization failure message: ${encodedAuthorizationMessage}`,
    { fault, ...(failure.detail && { detail: failure.detail }) },
  );
}

/** Where the trail keeps, as on AWS, what belongs to no region: else nobody would ever find it. */
const regionOfNone = "us-east-1";

function auditEvents(
  request: HttpRequest,
  progress: Progress,
  failure: ApiError | undefined,
  parts: PipelineParts,
): readonly AuditEvent[] {
  const event = auditEvent(request, progress, failure, parts);
  return [event, ...progress.notes.parts.map((part) => partEvent(event, part, progress, parts))];
}

/** The event of one part of a batch: the same caller and request, and what the part itself did. */
function partEvent(
  whole: AuditEvent,
  { operation, requestParameters, notes, failure }: AuditedPart,
  progress: Progress,
  parts: PipelineParts,
): AuditEvent {
  const error = failure === undefined ? undefined : asApiError(failure, progress, parts);
  return {
    ...whole,
    eventId: eventIdAt(progress.now, parts.randomness.uuid()),
    operation,
    requestParameters,
    resources: notes.resources,
    versionId: notes.versionId,
    errorCode: error && errorCodeInTrail(progress.route, error),
    errorMessage: error?.message,
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
    eventId: eventIdAt(progress.now, progress.requestId),
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

function identityOf({ principal, webIdentity }: Authenticated): AuditIdentity {
  return {
    type: principal.type === "WebIdentity" ? "WebIdentityUser" : principal.type,
    arn: principal.arn,
    principalId: principal.principalId,
    accountId: principal.accountId,
    sessionIssuerArn: principal.roleArn,
    sessionIssuedAt: principal.tokenIssuedAt,
    webIdentitySubject: webIdentity?.subject,
    sourceIdentity: webIdentity?.sourceIdentity ?? principal.sessionKeys["aws:sourceidentity"],
  };
}
