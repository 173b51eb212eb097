/** JSON Web Tokens signed by hand, so that what verifies them is not tried on its own work. */
import { createHmac, type KeyObject, sign } from "node:crypto";

/** A claim or header that is undefined is left out. */
export type TokenPart = Readonly<Record<string, unknown>>;

export function encodedPart(part: TokenPart): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** RS256 or ES256, as the header's `alg` says. */
export function signedToken(header: TokenPart, claims: TokenPart, privateKey: KeyObject): string {
  const input = `${encodedPart(header)}.${encodedPart(claims)}`;
  const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  return `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`;
}

/** HS256. */
export function tokenByMac(header: TokenPart, encodedClaims: string, secret: string): string {
  const input = `${encodedPart(header)}.${encodedClaims}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}
