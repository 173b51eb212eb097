/**
 * The way of every request, in one place: read this first.
 *
 *   name the operation → authenticate → throttle → decode and validate → permit → run → audit → encode
 *
 * The order is part of the wire (tests/golden/order-of-checks.test.ts holds it), and no reply
 * leaves before its audit event is durable, refusals included (`audit/coalesced-failures.ts` bounds
 * what strangers can make it write). On one of many nodes it may be gone twice
 * (`pipeline/freshness.ts`).
 */
import { eventIdAt } from "./audit/event-id.ts";
import { claimedIdentity } from "./authentication/authenticate.ts";
import { type ApiError, serviceUnavailable } from "./errors.ts";
import { EventStream } from "./event-stream.ts";
import type { HttpReply, HttpRequest } from "./message.ts";
import type { Output } from "./operations/operation.ts";
import { admit } from "./pipeline/admission.ts";
import { callOf } from "./pipeline/call.ts";
import { appendAll, auditEvents, regionOfNone } from "./pipeline/events.ts";
import { asApiError, encodeDenial, withEncodedMessage } from "./pipeline/failure.ts";
import { type Around, freshAnswer } from "./pipeline/freshness.ts";
import { Inputs } from "./pipeline/inputs.ts";
import {
  type Answer,
  begunAgain,
  emptyNotes,
  type PipelineParts,
  type Progress,
} from "./pipeline/progress.ts";
import { Stale } from "./storage/storage.ts";
import { encodeError, encodeOutput } from "./wire/encode.ts";
import { createRouter } from "./wire/route.ts";

/** Answers requests. The returned function never rejects. */
export type Pipeline = (request: HttpRequest) => Promise<HttpReply>;

export function createPipeline(parts: PipelineParts): Pipeline {
  const route = createRouter(parts.services);
  const services = new Map(parts.services.map((service) => [service.name, service]));
  const operations = new Map(
    parts.services.map(({ name, operations }) => [
      name,
      new Map(operations.map((operation) => [operation.name, operation])),
    ]),
  );

  const inputs = new Inputs(parts.services.flatMap((service) => service.operations));

  return async function handle(request) {
    const named = route(request);
    const now = parts.clock.now();
    const requestId = parts.randomness.uuid();
    const begun: Progress = {
      requestId,
      eventId: eventIdAt(now, requestId),
      now,
      startedAt: performance.now(),
      route: named,
      service: services.get(named.service),
      operation: operations.get(named.service)?.get(named.operation),
      notes: emptyNotes(),
      isThrottled: undefined,
      authenticated: undefined,
      requestParameters: undefined,
      encodedAuthorizationMessage: undefined,
    };
    const { progress, output, failure } =
      parts.freshness === undefined
        ? await conclude(request, begun, parts, inputs)
        : await freshAnswer(
            parts.freshness,
            begun,
            (before) => {
              parts.metrics.countRerun();
              return begunAgain(before, parts.randomness);
            },
            (progress, around) => conclude(request, progress, parts, inputs, around),
          );
    parts.metrics.countReply(progress.operation, failure, performance.now() - progress.startedAt);
    return failure === undefined
      ? encodeOutput(named, output, requestId)
      : encodeError(named, withEncodedMessage(failure, progress), requestId);
  };
}

/** The answer, with its audit event durable. Throws only Stale, having recorded nothing. */
async function conclude(
  request: HttpRequest,
  progress: Progress,
  parts: PipelineParts,
  inputs: Inputs,
  around?: Around,
): Promise<Answer> {
  let output: Output;
  let failure: ApiError | undefined;
  try {
    output =
      around === undefined
        ? await answer(request, progress, parts, inputs)
        : await around(() => answer(request, progress, parts, inputs));
  } catch (thrown) {
    if (thrown instanceof Stale) throw thrown;
    // What the listener couldn't take is a refusal, though it asks to come back: no fault of ours.
    const isRefusal = request.problem !== undefined && thrown === request.problem;
    failure = isRefusal ? request.problem : asApiError(thrown, progress, parts);
    await encodeDenial(failure, progress, parts);
  }
  const events = auditEvents(request, progress, failure, parts);
  try {
    await appendAll(events, parts.auditLog);
  } catch (fault) {
    parts.onFault(fault, progress.requestId);
    failure = serviceUnavailable(fault);
    if (output instanceof EventStream) output.close();
  }
  return { progress, output, failure };
}

async function answer(
  request: HttpRequest,
  progress: Progress,
  parts: PipelineParts,
  inputs: Inputs,
): Promise<Output> {
  const { authenticator, webIdentities, auditLog } = parts;
  const { route, operation } = progress;
  const sealed = parts.sealed();
  if (sealed !== undefined) throw serviceUnavailable(new Error(sealed));
  if (request.problem !== undefined) throw request.problem;
  if (route.problem !== undefined) throw route.problem;
  if (operation === undefined) throw new Error("the router named an operation that is not there");

  const known = inputs.known(request, operation);
  const { webIdentity } = operation;
  if (webIdentity === undefined) {
    progress.authenticated = await authenticator.authenticate(
      request,
      route.service,
      known?.payloadHash,
    );
    admit(progress.authenticated, progress, parts);
  }
  const { input, requestParameters } = known ?? inputs.read(route, request, operation);
  progress.requestParameters = requestParameters;
  if (webIdentity !== undefined) {
    // A signature that comes along all the same counts for nothing, as on AWS.
    const { accountId, token } = webIdentity(input);
    const identified = await webIdentities.authenticate(accountId, token, request.sourceAddress);
    const region = claimedIdentity(request).region || regionOfNone;
    progress.authenticated = { ...identified, region, accessKeyId: "" };
    admit(progress.authenticated, progress, parts);
  }
  const { authenticated } = progress;
  if (authenticated === undefined) throw new Error("nobody was authenticated");

  // A reply can be held back for its event; what was changed can't be undone for it.
  if (!operation.isReadOnly && auditLog.trouble !== undefined) {
    throw serviceUnavailable(new Error(auditLog.trouble));
  }
  const call = callOf(request, progress, authenticated, parts);
  const granted = await operation.permit(input, call);
  return await operation.run(input, granted, call);
}
