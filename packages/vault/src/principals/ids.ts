/**
 * The identifiers that IAM invents: unique ids of users, roles and policies, access key ids, and
 * secret access keys. Never given out twice, so a re-created user inherits nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
import type { Randomness } from "../clock.ts";

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The unique id of a user (AIDA), role (AROA) or managed policy (ANPA): 21 characters. */
export function uniqueId(prefix: "AIDA" | "AROA" | "ANPA", randomness: Randomness): string {
  return prefix + base32Characters(17, randomness);
}

/** A long-term (AKIA) or temporary (ASIA) access key id: 20 characters, 80 random bits. */
export function accessKeyId(prefix: "AKIA" | "ASIA", randomness: Randomness): string {
  return prefix + base32Characters(16, randomness);
}

/** A secret access key: 40 characters, 240 random bits. */
export function secretAccessKey(randomness: Randomness): string {
  return randomness.bytes(30).toString("base64");
}

function base32Characters(count: number, randomness: Randomness): string {
  // 256 is a multiple of 32, so the low five bits of a random byte favour no character.
  return Array.from(randomness.bytes(count), (byte) => base32.charAt(byte & 31)).join("");
}
