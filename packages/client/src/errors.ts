/** The library's one error class and the closed union of its codes. */

export type ClientErrorCode =
  /** There is no such secret, parameter or version. */
  | "NotFound"
  /** The credentials may not read it, or are not valid. */
  | "AccessDenied"
  /** The store could not be reached or failed. */
  | "Unavailable"
  /** `peek()` before the first fetch. */
  | "NotLoaded"
  /** A binary secret was asked for as text. */
  | "NotText";

/** Never holds a value: the message names the reference, `cause` is the SDK's error. */
export class SecretsError extends Error {
  override readonly name = "SecretsError";
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const notFound = new Set([
  "ParameterNotFound",
  "ParameterVersionNotFound",
  "ResourceNotFoundException",
]);
const denied = new Set([
  "AccessDeniedException",
  "ExpiredTokenException",
  "InvalidSignatureException",
  "UnrecognizedClientException",
]);

/** An SDK error in the library's words. */
export function asSecretsError(error: unknown, reference: string): SecretsError {
  if (error instanceof SecretsError) return error;
  const name = error instanceof Error ? error.name : "";
  if (notFound.has(name)) {
    return new SecretsError("NotFound", `${reference} does not exist`, { cause: error });
  }
  if (denied.has(name)) {
    return new SecretsError("AccessDenied", `${reference} may not be read`, { cause: error });
  }
  return new SecretsError("Unavailable", `${reference} could not be fetched`, { cause: error });
}
