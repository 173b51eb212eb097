/**
 * Why a profile's key can't be worked with, for whoever may never have seen that key: they look at
 * another program's error, or at one of ours that asked in its name.
 */
import { isOneOf } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import type { Profile } from "../profiles/profile.ts";
import { endpointOf } from "./clients.ts";

/** Whether STS or IAM does not know the key, or not with this secret. */
export function isKeyRefused(error: unknown): boolean {
  return isOneOf(error, "InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch");
}

/** The error itself where it is of another kind. */
export function profileFailure(
  profile: Profile,
  error: unknown,
  service: "STS" | "IAM" = "IAM",
): unknown {
  const { name, userArn, vault } = profile;
  const place = endpointOf(service, profile) ?? "AWS";
  const cause = { cause: error };
  if (isKeyRefused(error)) {
    return new CommandFailure(
      `${place} does not take the access key of profile ${name} (${userArn})`,
      `log in with one that it takes: claviger login --profile ${name}`,
      exitCodes.failed,
      cause,
    );
  }
  const { $metadata, code, message } = error as Partial<
    Error & { readonly $metadata: { readonly httpStatusCode?: number }; readonly code: string }
  >;
  if ($metadata === undefined || $metadata.httpStatusCode !== undefined) return error;
  const moved = "if it listens elsewhere now,";
  return new CommandFailure(
    `nothing answers at ${place} for profile ${name}: ${code ?? message}`,
    vault === undefined
      ? `check the network; ${moved} log in there: claviger login --profile ${name} --endpoint-url URL`
      : `start the vault; ${moved} the profile follows it by: claviger setup`,
    exitCodes.failed,
    cause,
  );
}
