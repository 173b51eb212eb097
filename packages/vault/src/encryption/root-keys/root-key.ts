/**
 * The root key: everything at rest is sealed under it, directly or through keys that are. It
 * never leaves the process and never encrypts anything itself: each purpose has a key of its own,
 * derived by HKDF-SHA256, so that what was sealed for one can't be opened as another.
 */
import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { open, seal } from "../seal.ts";

export interface RootKey {
  /** Names this root key without revealing it: backups and the canary record it. */
  readonly fingerprint: string;
  /** One more with every rekey; a root key by itself is the first. */
  readonly generation: number;
  seal(purpose: string, plaintext: Uint8Array, aad: string): Buffer;
  /** The plaintext, or `OpenFailed`. */
  open(purpose: string, sealed: Uint8Array, aad: string): Buffer;
}

export const rootKeyBytes = 32;

/** The root key can't be had or isn't the right one; the vault must not start. */
export class RootKeyError extends Error {
  override readonly name = "RootKeyError";
  /** What the operator can do about it. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** The root key that `bytes` (32, uniformly random) are. The caller may wipe them afterwards. */
export function rootKeyFrom(bytes: Buffer): RootKey {
  if (bytes.length !== rootKeyBytes) {
    throw new RootKeyError(
      `A root key has ${rootKeyBytes} bytes; this one has ${bytes.length}.`,
      "Restore the root key from its backup: what is sealed opens with no other.",
    );
  }
  const root = createSecretKey(bytes);
  const derived = new Map<string, KeyObject>();

  /** Purposes are words in our own code, so the map stays small. */
  function keyFor(purpose: string): KeyObject {
    let key = derived.get(purpose);
    if (key === undefined) {
      key = createSecretKey(derive(root, `seal/${purpose}`, rootKeyBytes));
      derived.set(purpose, key);
    }
    return key;
  }

  return {
    fingerprint: derive(root, "fingerprint", 16).toString("hex"),
    generation: 1,
    seal: (purpose, plaintext, aad) => seal(keyFor(purpose), plaintext, aad),
    open: (purpose, sealed, aad) => open(keyFor(purpose), sealed, aad),
  };
}

/** The root key is uniform, so HKDF needs no salt (RFC 5869, 3.1). */
function derive(root: KeyObject, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", root, "", `claviger/root-key/1/${info}`, bytes));
}
