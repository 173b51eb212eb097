/**
 * Where a root key comes from. Each source makes one for a new vault and brings the same one back
 * at every start, with what it asked to be kept beside the data: nothing of it is secret.
 */
import { type RootKey, RootKeyError } from "./root-key.ts";

export interface RootKeySource {
  /** As CLAVIGER_ROOT_KEY names it. */
  readonly name: string;
  /** A root key for a vault that has none, or that gives up its old one. */
  create(vaultId: string): Promise<NewRootKey>;
  /** The root key that `create` made. Throws RootKeyError if it can't be had. */
  open(kept: KeptRootKey, vaultId: string): Promise<RootKey>;
}

export interface NewRootKey {
  readonly rootKey: RootKey;
  readonly kept: KeptRootKey;
}

/** What is kept beside the data, as JSON; bytes are base64. */
export type KeptRootKey =
  | { readonly type: "file" }
  | {
      readonly type: "passphrase";
      readonly salt: string;
      readonly cost: { readonly N: number; readonly r: number; readonly p: number };
    }
  | { readonly type: "aws-kms" | "gcp-kms"; readonly ciphertext: string };

/** What this source kept; RootKeyError where the vault's root key comes from another one. */
export function keptBy<Type extends KeptRootKey["type"]>(
  type: Type,
  kept: KeptRootKey,
): KeptRootKey & { readonly type: Type } {
  if (kept.type === type) return kept as KeptRootKey & { readonly type: Type };
  throw new RootKeyError(
    `This vault's root key comes from ${kept.type}:, and the setting says ${type}:.`,
    `Set CLAVIGER_ROOT_KEY to its ${kept.type}: source; claviger rekey changes it on a running vault.`,
  );
}
