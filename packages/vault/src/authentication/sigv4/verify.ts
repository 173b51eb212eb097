/** Whether a request was signed with a credential's secret: the cryptographic half of SigV4. */
import { hash, timingSafeEqual } from "node:crypto";
import type { HmacKey } from "../../encryption/hmac.ts";
import { type HttpRequest, header } from "../../message.ts";
import type { SignatureClaim } from "./claim.ts";
import { canonicalHeaders } from "./signed-headers.ts";
import { canonicalQuery } from "./target.ts";

/**
 * The string that the client must have signed; undefined where no key could make it true. The
 * hash of the body that arrived goes in, so UNSIGNED-PAYLOAD never matches, nor does another's
 * hash in X-Amz-Content-Sha256. `payloadHash` need only be given where it is known already.
 */
export function stringToSign(
  request: HttpRequest,
  claim: SignatureClaim,
  payloadHash = hash("sha256", request.body, "hex"),
): string | undefined {
  const headers = canonicalHeaders(request.headers, claim.signedHeaders);
  const claimedHash = header(request, "x-amz-content-sha256");
  if (headers === undefined || (claimedHash !== undefined && claimedHash !== payloadHash)) {
    return undefined;
  }
  const { target, time, credential } = claim;
  const canonicalRequest =
    `${request.method}\n${target.canonicalPath}\n${canonicalQuery(target, claim.isPresigned)}\n` +
    `${headers}\n${claim.signedHeaders}\n${payloadHash}`;
  const requestHash = hash("sha256", bytesOf(canonicalRequest), "hex");
  return `AWS4-HMAC-SHA256\n${time.basic}\n${credential.scope}\n${requestHash}`;
}

/**
 * The listener hands the bytes of headers over one to a character. A text is hashed as UTF-8, which
 * is the same where it is ASCII, as it nearly always is, and spares a copy.
 */
function bytesOf(text: string): string | Buffer {
  return Buffer.byteLength(text, "utf8") === text.length ? text : Buffer.from(text, "latin1");
}

/** In time that depends on no byte of the right signature. */
export function isSignature(key: HmacKey, signed: string, signature: string): boolean {
  expected.write(key.digest(signed), "latin1");
  // In UTF-8, where a character that only ends like a hexadecimal digit takes two bytes.
  const length = signature.length === given.length ? given.write(signature, "utf8") : 0;
  return length === given.length && timingSafeEqual(given, expected);
}

const signatureCharacters = 64;
/** Written anew for each signature. */
const expected = Buffer.alloc(signatureCharacters);
const given = Buffer.alloc(signatureCharacters);
