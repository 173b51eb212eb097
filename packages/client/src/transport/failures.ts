/** What a service's error means for whoever asked: AWS's codes and statuses in the three kinds. */
import { type FailureKind, TransportError } from "./transport.ts";

export interface ServiceFailure extends ErrorOptions {
  /** AWS's code: "ThrottlingException". */
  readonly code: string;
  readonly message: string;
  /** The HTTP status; undefined where no reply came. */
  readonly status: number | undefined;
  readonly retryAfter?: string | null | undefined;
  readonly isExhausted?: boolean | undefined;
}

/** As the AWS SDKs know them. */
const throttlingCodes = new Set([
  "BandwidthLimitExceeded",
  "PriorRequestNotComplete",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/** What services also say with a status of 400. */
const outageCodes = new Set([
  "InternalFailure",
  "InternalServerError",
  "InternalServiceError",
  "RequestTimeout",
  "RequestTimeoutException",
  "ServiceUnavailable",
]);

const endedCodes = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
]);

/** They have expired, or were taken away while their source may already have others. */
export function isOfEndedCredentials(code: string): boolean {
  return endedCodes.has(code);
}

/** What is refused whatever is asked for: it is the caller who can't be known, or not yet. */
const callerCodes = new Set([
  ...endedCodes,
  "AuthFailure",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "Misconfigured",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "NoCredentials",
  "OptInRequired",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

export function isAboutTheCaller(code: string): boolean {
  return callerCodes.has(code);
}

const messageLengthMax = 1000;

export function serviceFailure(failure: ServiceFailure): TransportError {
  const { code, message, retryAfter, isExhausted, cause } = failure;
  return new TransportError(code, message.slice(0, messageLengthMax), {
    kind: kindOf(failure),
    retryAfterMilliseconds: waitOf(retryAfter),
    isExhausted,
    ...(cause !== undefined && { cause }),
  });
}

function kindOf({ code, status = 0 }: ServiceFailure): FailureKind {
  if (throttlingCodes.has(code) || status === 429) return "throttled";
  return status >= 500 || outageCodes.has(code) ? "outage" : "refused";
}

/** Longer than this nobody is kept waiting by a header. */
const waitMillisecondsMax = 300_000;

/** Retry-After is a number of seconds or a date. */
function waitOf(retryAfter: string | null | undefined): number | undefined {
  if (retryAfter === undefined || retryAfter === null) return undefined;
  const milliseconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return milliseconds >= 0 ? Math.min(milliseconds, waitMillisecondsMax) : undefined;
}
