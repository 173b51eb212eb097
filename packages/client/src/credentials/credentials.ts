/** What requests are signed with, and how their sources fail. */
import { TransportError } from "../transport/transport.ts";

/** As the AWS SDKs for JavaScript have it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end; undefined where they don't. */
  readonly expiration?: Date | undefined;
}

/** Any provider of the AWS SDK v3 is one. */
export type CredentialProvider = () => Promise<Credentials>;

/** Nothing is configured, or what is configured can't work. */
export function noCredentials(message: string): TransportError {
  return new TransportError("NoCredentials", message, { kind: "refused" });
}

/** A source that is configured has failed: perhaps it works again soon. */
export function sourceFailed(message: string, cause?: unknown): TransportError {
  return new TransportError("NoCredentials", message, {
    kind: "outage",
    ...(cause !== undefined && { cause }),
  });
}

/**
 * The JSON that container endpoints, IMDS and `credential_process` answer with; they differ in the
 * name of the session token only. `source` says in an error whose it was.
 */
export function credentialsIn(text: string, source: string): Credentials {
  const fields = fieldsOf(text);
  const sessionToken = fields.Token ?? fields.SessionToken;
  const { AccessKeyId, SecretAccessKey, Expiration } = fields;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw sourceFailed(`${source} did not answer with credentials`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof sessionToken === "string" && { sessionToken }),
    ...(typeof Expiration === "string" && { expiration: expirationOf(Expiration, source) }),
  };
}

/** Throws where it is no date: credentials of which nobody knows the end would never be renewed. */
export function expirationOf(text: string, source: string): Date {
  const expiration = new Date(text);
  if (Number.isNaN(expiration.getTime())) {
    throw sourceFailed(`${source} answered with an expiration that is no date`);
  }
  return expiration;
}

/** The parser's own error would quote the keys. */
function fieldsOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
