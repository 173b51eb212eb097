/**
 * The credential of a signature, `keyid/date/region/service/aws4_request`, and what AWS demands
 * of its parts.
 */
import { BoundedCache } from "../../encryption/bounded-cache.ts";
import { hashed, incompleteSignature, signatureDoesNotMatch } from "./refusals.ts";
import type { RequestTime } from "./request-time.ts";

export interface ScopedCredential {
  readonly accessKeyId: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  /** Whether AWS could name a region so. */
  readonly isRegional: boolean;
  readonly service: string;
  readonly terminator: string;
  /** All but the access key id, as in the string to sign. */
  readonly scope: string;
}

/** A client's is the same all day; strangers may fill the cache with short ones. */
const knownCredentials = new BoundedCache<ScopedCredential>(2048);
const knownCredentialCharactersMax = 256;

export function parseCredential(credential: string): ScopedCredential | undefined {
  const known = knownCredentials.get(credential);
  if (known !== undefined) return known;
  const parsed = parse(credential);
  if (parsed !== undefined && credential.length <= knownCredentialCharactersMax) {
    knownCredentials.set(credential, parsed);
  }
  return parsed;
}

function parse(credential: string): ScopedCredential | undefined {
  const [accessKeyId, date, region, service, terminator, ...more] = credential.split("/", 6);
  if (
    accessKeyId === undefined ||
    date === undefined ||
    region === undefined ||
    service === undefined ||
    terminator === undefined ||
    more.length > 0
  ) {
    return undefined;
  }
  const scope = credential.slice(accessKeyId.length + 1);
  const isRegional = isRegion(region);
  return { accessKeyId, date, region, isRegional, service, terminator, scope };
}

/** Throws IncompleteSignature, or SignatureDoesNotMatch with everything that is wrong. */
export function readCredential(
  credential: string,
  service: string,
  time: RequestTime,
): ScopedCredential {
  const parsed = parseCredential(credential);
  if (parsed === undefined) {
    throw incompleteSignature(
      "Credential must have exactly 5 slash-delimited elements, e.g. " +
        "keyid/date/region/service/term, got " +
        `(hashed with SHA-256 and encoded with Base64): '${hashed(credential)}'`,
    );
  }
  let wrong = "";
  if (!parsed.isRegional) wrong += "Credential should be scoped to a valid region. ";
  if (parsed.service !== service) {
    wrong += `Credential should be scoped to correct service: '${service}'. `;
  }
  if (parsed.terminator !== "aws4_request") {
    wrong += "Credential should be scoped with a valid terminator: 'aws4_request'. ";
  }
  if (parsed.date !== time.basic.slice(0, 8)) {
    wrong +=
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.";
  }
  if (wrong !== "") throw signatureDoesNotMatch(wrong);
  return parsed;
}

const regionCharactersMax = 32;
const regionSyntax = /^[a-z]+(?:-[a-z]+)+-[0-9]{1,2}$/;

/** Any region that AWS could name: us-east-1, us-gov-west-1, eusc-de-east-1. */
export function isRegion(region: string): boolean {
  return region.length <= regionCharactersMax && regionSyntax.test(region);
}
