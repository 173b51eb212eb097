/**
 * A short text sealed under a passphrase, for a file that may lie about: whoever has the file can
 * only guess, at scrypt's price for each guess.
 */
import { randomBytes } from "node:crypto";
import { OpenFailed } from "../seal.ts";
import { type Cost, cost, derive, isWithinBounds, longEnough, saltBytes } from "./passphrase.ts";

/** As JSON; bytes are base64. */
export interface PassphraseSealed {
  readonly salt: string;
  readonly cost: Cost;
  readonly sealed: string;
}

/** `bound` must be given again to open it. Throws RootKeyError for a short passphrase. */
export async function sealUnderPassphrase(
  passphrase: string,
  text: string,
  bound: string,
): Promise<PassphraseSealed> {
  const salt = randomBytes(saltBytes);
  const key = await derive(longEnough(passphrase, "The passphrase"), salt, cost);
  const sealed = key.seal(purpose, Buffer.from(text), bound).toString("base64");
  return { salt: salt.toString("base64"), cost, sealed };
}

/** The text, or OpenFailed: for another passphrase, and for what was changed. */
export async function openUnderPassphrase(
  passphrase: string,
  kept: PassphraseSealed,
  bound: string,
): Promise<string> {
  if (!isWithinBounds(kept.cost)) throw new OpenFailed();
  const key = await derive(passphrase, Buffer.from(kept.salt, "base64"), kept.cost);
  return key.open(purpose, Buffer.from(kept.sealed, "base64"), bound).toString();
}

const purpose = "passphrase-sealed-text";
