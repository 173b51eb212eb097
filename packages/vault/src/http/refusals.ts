/** Why a request is refused before the pipeline names its operation, in AWS's codes. */
import { ApiError } from "../errors.ts";

export function bodyTooLarge(bytesMax: number): ApiError {
  return new ApiError("RequestEntityTooLarge", `The request's body exceeds ${bytesMax} bytes.`);
}

export function bodyIncomplete(): ApiError {
  return new ApiError("IncompleteBody", "The request ended before its body was whole.");
}

export function requestTimedOut(): ApiError {
  return new ApiError("RequestTimeout", "The request took too long to arrive.");
}

export function encodedBody(): ApiError {
  return new ApiError(
    "UnsupportedMediaType",
    "Bodies are sent as they are: no Content-Encoding, and no aws-chunked.",
  );
}

export function originRefused(says: string): ApiError {
  return new ApiError("AccessDenied", says);
}

export function draining(): ApiError {
  return new ApiError("ServiceUnavailable", "The vault is shutting down.", { fault: "server" });
}

export function tooBusy(): ApiError {
  return new ApiError("ServiceUnavailable", "Too many requests are under way. Try again.", {
    fault: "server",
  });
}
