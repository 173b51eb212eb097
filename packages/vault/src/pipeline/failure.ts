/** What a request fails with: faults of ours turned into a reply, denials with their reasons sealed. */
import { traceOf } from "../authorization/access-denied.ts";
import { ApiError, serviceUnavailable } from "../errors.ts";
import { Conflict, Unavailable } from "../storage/storage.ts";
import type { PipelineParts, Progress } from "./progress.ts";

/** Only an ApiError may speak to the caller; all else is a fault of ours, told to the log. */
export function asApiError(
  thrown: unknown,
  { requestId }: Progress,
  parts: PipelineParts,
): ApiError {
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
export async function encodeDenial(
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

/** The denial as its caller gets it, with what DecodeAuthorizationMessage takes. */
export function withEncodedMessage(failure: ApiError, { encodedAuthorizationMessage }: Progress) {
  const { code, message, fault } = failure;
  // What can't be written to the trail is no longer the denial that it was.
  if (encodedAuthorizationMessage === undefined || code !== "AccessDenied") return failure;
  return new ApiError(
    code,
    `${message}. Encoded authorization failure message: ${encodedAuthorizationMessage}`,
    { fault, ...(failure.detail && { detail: failure.detail }) },
  );
}
