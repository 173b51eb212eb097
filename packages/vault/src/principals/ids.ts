/**
 * The identifiers that IAM invents: unique ids of users, groups, roles, instance profiles and
 * policies, access key ids, and secret access keys. Never given out twice, so a re-created user
 * inherits nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
import type { Randomness } from "../clock.ts";

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The unique id of a user (AIDA), group (AGPA), role (AROA), instance profile (AIPA) or managed
 * policy (ANPA): 21 characters.
 */
export function uniqueId(
  prefix: "AIDA" | "AGPA" | "AROA" | "AIPA" | "ANPA",
  randomness: Randomness,
): string {
  return prefix + base32Characters(17, randomness);
}

/** A long-term access key id: 20 characters, 80 random bits. */
export function accessKeyId(prefix: "AKIA", randomness: Randomness): string {
  return prefix + base32Characters(16, randomness);
}

/**
 * A temporary access key id. Nothing is stored of a session, so its key's id tells the account
 * itself, in the 40 bits after the first, as AWS's do; 40 more are random.
 */
export function temporaryAccessKeyId(accountId: string, randomness: Randomness): string {
  const random = BigInt(`0x${randomness.bytes(10).toString("hex")}`);
  const bits = (random & ~accountBits) | (BigInt(accountId) << accountShift);
  let id = "";
  for (let shift = 75n; shift >= 0n; shift -= 5n)
    id += base32.charAt(Number((bits >> shift) & 31n));
  return `ASIA${id}`;
}

/** The account that a temporary access key id tells of; undefined for what is none. */
export function accountOfTemporaryKey(accessKeyId: string): string | undefined {
  if (!/^ASIA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined;
  let bits = 0n;
  for (const character of accessKeyId.slice(4)) {
    bits = (bits << 5n) | BigInt(base32.indexOf(character));
  }
  const account = String((bits & accountBits) >> accountShift).padStart(12, "0");
  return account.length === 12 ? account : undefined;
}

const accountShift = 39n;
const accountBits = ((1n << 40n) - 1n) << accountShift;

/** A secret access key: 40 characters, 240 random bits. */
export function secretAccessKey(randomness: Randomness): string {
  return randomness.bytes(30).toString("base64");
}

function base32Characters(count: number, randomness: Randomness): string {
  // 256 is a multiple of 32, so the low five bits of a random byte favour no character.
  return Array.from(randomness.bytes(count), (byte) => base32.charAt(byte & 31)).join("");
}
