/** Why a web identity is refused, in AWS's words. Nothing of a token is repeated but its issuer. */
import { ApiError } from "../../errors.ts";

export function notAJwt(): ApiError {
  return invalid(
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
  );
}

export function noProvider(issuer: string): ApiError {
  return invalid(
    `No OpenIDConnect provider found in your account for ${issuer.slice(0, issuerCharactersMax)}`,
  );
}

/** Longer than any URL that IAM takes for a provider. */
const issuerCharactersMax = 255;

export function wrongAudience(): ApiError {
  return invalid("Incorrect token audience");
}

export function missingClaim(name: string): ApiError {
  return invalid(`Missing a required claim: ${name}`);
}

export function notYetValid(): ApiError {
  return invalid("The ID Token provided is not valid yet.");
}

export function wrongSignature(): ApiError {
  return invalid("The signature of the ID Token provided could not be verified.");
}

/** The issuer answered, but not with keys that verify the token. The two blanks are AWS's. */
export function noVerificationKey(cause?: unknown): ApiError {
  return invalid(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    cause,
  );
}

export function wrongThumbprint(): ApiError {
  return invalid("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint");
}

export function unreachableIssuer(cause: unknown): ApiError {
  const message = "The identity provider could not be reached to verify the token. Try again.";
  return new ApiError("IDPCommunicationError", message, { cause });
}

/** What the issuer says to be given to the session is nothing that a session can have. */
export function rejectedClaim(name: string): ApiError {
  return new ApiError("IDPRejectedClaim", `The claim ${name} is not valid.`);
}

/** Times in seconds since the epoch. */
export function expired(now: number, expiry: number): ApiError {
  return new ApiError(
    "ExpiredTokenException",
    `Token expired: current date/time ${now} must be before the expiration date/time ${expiry}`,
  );
}

function invalid(message: string, cause?: unknown): ApiError {
  return new ApiError("InvalidIdentityToken", message, { cause });
}
