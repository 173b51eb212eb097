/**
 * How each protocol spells an error: its code, its HTTP status, and which of `message` and
 * `Message` the service sends. The only place where the vault's errors meet HTTP.
 */
import type { ApiError } from "../errors.ts";
import type { Route } from "./route.ts";

/** Codes that all services share, in AWS JSON's spelling; what is not here is spelled as it is. */
const jsonCodes: ReadonlyMap<string, string> = new Map([
  ["AccessDenied", "AccessDeniedException"],
  ["ExpiredToken", "ExpiredTokenException"],
  ["IncompleteSignature", "IncompleteSignatureException"],
  ["InvalidClientTokenId", "UnrecognizedClientException"],
  ["MissingAuthenticationToken", "MissingAuthenticationTokenException"],
  ["ServiceUnavailable", "ServiceUnavailableException"],
  ["SignatureDoesNotMatch", "InvalidSignatureException"],
  ["Throttling", "ThrottlingException"],
  ["UnknownOperation", "UnknownOperationException"],
  ["ValidationError", "ValidationException"],
]);

const queryCodes: ReadonlyMap<string, string> = new Map([
  ["SerializationException", "MalformedInput"],
  ["UnknownOperation", "InvalidAction"],
]);

/** What each service calls a fault of its own; the others say InternalFailure. */
const faultCodes: ReadonlyMap<string, string> = new Map([
  ["secretsmanager", "InternalServiceError"],
  ["ssm", "InternalServerError"],
  ["kms", "KMSInternalException"],
  ["iam", "ServiceFailure"],
]);

/** An error's code as the caller sees it. */
export function errorCodeOnWire(route: Route, error: ApiError): string {
  if (error.code === "InternalServiceError") {
    return faultCodes.get(route.service) ?? "InternalFailure";
  }
  const codes = route.protocol === "aws-query" ? queryCodes : jsonCodes;
  return codes.get(error.code) ?? error.code;
}

/** The errors of IAM's own that CloudTrail knows by their exceptions' names. */
const iamExceptions: ReadonlySet<string> = new Set([
  "ConcurrentModification",
  "DeleteConflict",
  "EntityAlreadyExists",
  "InvalidInput",
  "LimitExceeded",
  "MalformedPolicyDocument",
  "NoSuchEntity",
]);

/** An error's code as CloudTrail records it: a denial is spelled alike for all services. */
export function errorCodeInTrail(route: Route, error: ApiError): string {
  if (error.code === "AccessDenied") return error.code;
  const code = errorCodeOnWire(route, error);
  return route.service === "iam" && iamExceptions.has(code) ? `${code}Exception` : code;
}

/** In both protocols; what is not here is 400 where the caller is at fault, else 500. */
const statuses: ReadonlyMap<string, number> = new Map([
  ["RequestEntityTooLarge", 413],
  ["RequestTimeout", 408],
  ["ServiceUnavailable", 503],
  ["UnsupportedMediaType", 415],
]);

/** AWS JSON says 400 for nearly everything; Query has statuses, as the models state them. */
const queryStatuses: ReadonlyMap<string, number> = new Map([
  ["AccessDenied", 403],
  ["ConcurrentModification", 409],
  ["DeleteConflict", 409],
  ["EntityAlreadyExists", 409],
  ["EntityTemporarilyUnmodifiable", 409],
  ["ExpiredToken", 403],
  ["IDPRejectedClaim", 403],
  ["InvalidClientTokenId", 403],
  ["LimitExceeded", 409],
  ["MissingAuthenticationToken", 403],
  ["NoSuchEntity", 404],
  ["PolicyEvaluation", 500],
  ["RegionDisabledException", 403],
  ["ReportExpired", 410],
  ["ReportNotPresent", 410],
  ["SignatureDoesNotMatch", 403],
]);

/** Where a path is asked, statuses are all that most clients look at. */
const restStatuses: ReadonlyMap<string, number> = new Map([
  ...queryStatuses,
  ["Throttling", 429],
  ["UnknownOperation", 405],
]);

const statusesOf: Readonly<Record<Route["protocol"], ReadonlyMap<string, number>>> = {
  "aws-json": new Map(),
  "aws-query": queryStatuses,
  "rest-json": restStatuses,
};

export function errorStatus({ protocol }: Route, { code, fault }: ApiError): number {
  const status = statuses.get(code) ?? statusesOf[protocol].get(code);
  return status ?? (fault === "server" ? 500 : 400);
}

/**
 * The member that carries the message. Clients read both; AWS's services differ, and within one
 * service the front that authenticates differs from the model of the service's own errors.
 */
export function messageMember(service: string, code: string): "message" | "Message" {
  if (code === "AccessDeniedException" || code === "SerializationException") return "Message";
  if (frontCodes.has(code)) return "message";
  if (service === "secretsmanager" || service === "organizations") return "Message";
  if (service === "ssm") return parameterStoreLowerCase.test(code) ? "message" : "Message";
  return "message";
}

const frontCodes: ReadonlySet<string> = new Set([
  ...[...jsonCodes.values()].filter((code) => code !== "AccessDeniedException"),
  "InternalFailure",
  "RequestExpired",
]);

/** The errors of the ssm model whose member is `message`: Parameter Store's own. */
const parameterStoreLowerCase =
  /^(Parameter|Hierarchy|Policies|UnsupportedParameterType|IncompatiblePolicy|InvalidPolicy|InvalidAllowedPattern|InvalidFilterOption|InvalidKeyId)/;
