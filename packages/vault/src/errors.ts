/**
 * The one error that becomes a reply. The domain throws it by named makers
 * (`resourceNotFound(id)`); only `wire` turns it into bytes and knows an HTTP status. Anything
 * else that is thrown reaches the caller as InternalServiceError with a request id.
 */

/** Members of an error's reply beside its code and message, such as a KMS key id. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean>>;

export interface ApiErrorOptions {
  /** For the log only; never part of a reply. */
  readonly cause?: unknown;
  /** "server" when the vault is at fault and the caller may try again. */
  readonly fault?: "client" | "server";
  readonly detail?: ErrorDetail;
}

/**
 * An error in AWS's words.
 *
 * `code` is AWS's name without a protocol's spelling for the errors that all services share
 * ("AccessDenied", "ExpiredToken", "ValidationError": `wire/errors.ts` spells them for each
 * protocol), and exactly the model's name for a service's own ("ResourceNotFoundException",
 * "NoSuchEntity"). `message` is for the caller: no values, no internal names.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  readonly fault: "client" | "server";
  readonly detail: ErrorDetail | undefined;

  constructor(code: string, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fault = options.fault ?? "client";
    this.detail = options.detail;
  }
}

/**
 * The caller may not do this. The message is AWS's; see `authorization/authorize.ts`. Where one
 * service passes on that another refused, that refusal is the `cause`, and tells why.
 */
export function accessDenied(message: string, cause?: unknown): ApiError {
  return new ApiError("AccessDenied", message, { cause });
}

/** A constraint of the declared input shape, or a rule stated in AWS's prose, does not hold. */
export function validationError(message: string): ApiError {
  return new ApiError("ValidationError", message);
}

/** More requests than a limit of the configuration admits. SDKs wait and try again by themselves. */
export function throttled(): ApiError {
  return new ApiError("Throttling", "Rate exceeded");
}

/** Storage or the audit log cannot be reached; nothing was changed that was acknowledged. */
export function serviceUnavailable(cause: unknown): ApiError {
  return new ApiError("ServiceUnavailable", "The service is temporarily unavailable. Try again.", {
    cause,
    fault: "server",
  });
}

/** A member that AWS has and this vault cannot honour yet: said by name, never ignored. */
export function notSupported(member: string, reason: string): ApiError {
  return new ApiError("ValidationError", `${member} is not supported by this vault: ${reason}`);
}
