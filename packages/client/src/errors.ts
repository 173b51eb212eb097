/** The library's one error class and the closed union of its codes. */
import { TransportError } from "./transport/transport.ts";

export type ClientErrorCode =
  /** There is no such secret, parameter, version or field, or it is being deleted. */
  | "NotFound"
  /** The credentials may not read or decrypt it, or are not valid. */
  | "AccessDenied"
  /** The store can't be reached, fails, or throttles. Asking again later may help. */
  | "Unavailable"
  /** It can't be asked for so: a name, a version or a stage that can't be, or no region. */
  | "Invalid"
  /** `peek()` before the first fetch, or after the value became too old to serve. */
  | "NotLoaded"
  /** A binary secret was asked for as text. */
  | "NotText"
  /** A text secret was asked for as binary. */
  | "NotBinary"
  /** The value is no JSON, or not what its schema asks for. */
  | "Malformed"
  /** The caller's own signal ended its wait; `cause` is the signal's reason. */
  | "Aborted";

/** Never holds a value: the message names the reference, `cause` is the transport's error. */
export class SecretsError extends Error {
  override readonly name = "SecretsError";
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** InvalidRequestException is what GetSecretValue says of a secret that is marked for deletion. */
const codes = new Map<string, ClientErrorCode>([
  ["InvalidRequestException", "NotFound"],
  ["ParameterNotFound", "NotFound"],
  ["ParameterVersionLabelNotFound", "NotFound"],
  ["ParameterVersionNotFound", "NotFound"],
  ["ResourceNotFoundException", "NotFound"],
  ["InvalidParameterException", "Invalid"],
  ["Misconfigured", "Invalid"],
  ["UnknownOperationException", "Invalid"],
  ["ValidationException", "Invalid"],
]);

const phrases: Partial<Record<ClientErrorCode, string>> = {
  NotFound: "does not exist",
  AccessDenied: "may not be read",
  Invalid: "can't be asked for in this way",
  Unavailable: "could not be fetched",
};

/**
 * What a failed attempt means for whoever asked for `reference`, and why: AWS says which permission
 * is missing on what, the transport which host can't be reached.
 */
export function asSecretsError(error: unknown, reference: string): SecretsError {
  if (error instanceof SecretsError) return error;
  const code = codeOf(error);
  const isExplained = error instanceof TransportError && !/NotFound/.test(error.code);
  const why = isExplained ? `: ${error.message}` : "";
  return new SecretsError(code, `${reference} ${phrases[code]}${why}`, { cause: error });
}

/** What a service refuses without one of the codes above is a matter of keys and permissions. */
function codeOf(error: unknown): ClientErrorCode {
  if (!(error instanceof TransportError) || error.kind !== "refused") return "Unavailable";
  return codes.get(error.code) ?? "AccessDenied";
}
