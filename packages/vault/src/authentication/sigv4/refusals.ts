/**
 * Why a request's signature is refused, in AWS's words. Of what the caller sent, nothing is
 * repeated that could hold a secret pasted into the wrong place: AWS shows a hash there.
 */
import { hash } from "node:crypto";
import { ApiError } from "../../errors.ts";

/** Query services have kept the older of AWS's two sentences. */
const queryServices: ReadonlySet<string> = new Set(["sts", "iam"]);

export function missingAuthenticationToken(service: string): ApiError {
  return new ApiError(
    "MissingAuthenticationToken",
    queryServices.has(service)
      ? "Request is missing Authentication Token"
      : "Missing Authentication Token",
  );
}

export function incompleteSignature(message: string): ApiError {
  return new ApiError("IncompleteSignature", message);
}

const mismatch =
  "The request signature we calculated does not match the signature you provided. " +
  "Check your AWS Secret Access Key and signing method. " +
  "Consult the service documentation for details.";

/**
 * AWS appends the canonical request for some services. It is left out here: it repeats every
 * signed header, the session token among them, into a reply and the audit trail.
 */
export function signatureDoesNotMatch(message: string = mismatch): ApiError {
  return new ApiError("SignatureDoesNotMatch", message);
}

export function invalidClientTokenId(): ApiError {
  return new ApiError(
    "InvalidClientTokenId",
    "The security token included in the request is invalid.",
  );
}

export function expiredToken(): ApiError {
  return new ApiError("ExpiredToken", "The security token included in the request is expired");
}

export function requestExpired(): ApiError {
  return new ApiError("RequestExpired", "Request has expired.");
}

export function malformedQueryString(): ApiError {
  return new ApiError("MalformedQueryString", "The query string contains a syntax error.");
}

/** How AWS shows what it may not repeat. */
export function hashed(value: string): string {
  return hash("sha256", value, "base64");
}
