/** What the URL of an OpenID Connect provider may be, and the ARN that is made of it. */
import { isIP } from "node:net";
import { ApiError, validationError } from "../../errors.ts";

const scheme = "https://";
const hostLabel = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
const hostCharactersMax = 253;

/**
 * The URL without "https://", or IAM's error: no query, no user, and no other scheme. A port may
 * be in it, which AWS refuses: a private Kubernetes cluster's issuer often has one.
 */
export function urlWithoutScheme(url: string): string {
  if (!url.includes("://")) throw validationError(invalid);
  if (!url.startsWith(scheme)) throw invalidInput(`${invalid}. The URL must begin with https://.`);
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === "") throw validationError(invalid);
  const bare = url.slice(scheme.length);
  const [authority = "", ...path] = bare.split("/");
  // The URL as it was written is the provider's name: nothing may be in it that parsing hides.
  if (!isHost(authority) || /[?#\\]/.test(path.join("/")) || !/^[!-~]*$/.test(bare)) {
    throw invalidInput(`${invalid}.`);
  }
  return bare;
}

const invalid = "Invalid Open ID Connect Provider URL";

function isHost(authority: string): boolean {
  const host = authority.replace(/:[1-9]\d{0,4}$/, "");
  if (isIP(host) !== 0) return true;
  return host.length <= hostCharactersMax && host.split(".").every((part) => hostLabel.test(part));
}

/** An issuer as tokens name it, in the form in which providers are kept. */
export function issuerOf(claim: string): string {
  return claim.startsWith(scheme) ? claim.slice(scheme.length) : claim;
}

/** `arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com` */
export function oidcProviderArn(accountId: string, url: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${url}`;
}

export interface OidcProviderArn {
  readonly accountId: string;
  readonly url: string;
}

const arnPattern = /^arn:aws:iam::(?<accountId>\d{12}):(?<type>[^/]+)\/(?<url>[!-~]+)$/;

/** Throws IAM's error for what is no provider's ARN. */
export function parseOidcProviderArn(arn: string): OidcProviderArn {
  const parts = arnPattern.exec(arn)?.groups;
  if (parts === undefined) throw validationError(`Invalid ARN: ${arn}`);
  const { accountId = "", type, url = "" } = parts;
  if (type !== "oidc-provider") throw validationError("Invalid resource type in ARN");
  return { accountId, url };
}

function invalidInput(message: string): ApiError {
  return new ApiError("InvalidInput", message);
}
