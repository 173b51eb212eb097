/** Keys in environment variables: also what a Lambda function has. */
import { type Credentials, expirationOf } from "./credentials.ts";
import type { Environment } from "./shared-files.ts";

/** undefined unless both halves of a key are there. */
export function environmentCredentials(environment: Environment): Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_CREDENTIAL_EXPIRATION: expiration,
  } = environment;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    ...(expiration && { expiration: expirationOf(expiration, "AWS_CREDENTIAL_EXPIRATION") }),
  };
}
