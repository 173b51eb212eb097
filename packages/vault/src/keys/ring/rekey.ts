/**
 * Changes the root key of a vault that goes on serving: the ring is given to the new root key in
 * one commit, then everything under it is sealed anew (`resealing.ts`).
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import { RootKeyError } from "../../encryption/root-keys/root-key.ts";
import type { RootKeySource } from "../../encryption/root-keys/source.ts";
import { Work } from "../../storage/work.ts";
import type { KeyRing } from "./key-ring.ts";
import { invalidRootKey } from "./rekey-errors.ts";
import type { Resealing } from "./resealing.ts";

/** The vault's root key: it belongs to the first account. */
export interface RootKeyResource extends Resource {
  readonly isRootKey: true;
}

export interface NewSource {
  /** As CLAVIGER_ROOT_KEY names it; paths are the server's. */
  readonly source: string;
  readonly passphraseFile: string | undefined;
}

export interface RekeyState {
  readonly isResealing: boolean;
  readonly source: string;
  /** Of the root key, which it doesn't reveal. */
  readonly fingerprint: string;
  /** Since when the root key is the vault's, in milliseconds since the epoch. */
  readonly since: number;
  readonly generation: number;
  readonly totalRows: number;
  readonly resealedRows: number;
}

export class Rekey {
  readonly #ring: KeyRing;
  readonly #resealing: Resealing;
  readonly #accountId: string;
  readonly #sourceOf: (given: NewSource) => RootKeySource;
  readonly #onFault: (fault: unknown) => void;

  constructor(
    ring: KeyRing,
    resealing: Resealing,
    parts: {
      readonly accountId: string;
      sourceOf(given: NewSource): RootKeySource;
      onFault(fault: unknown): void;
    },
  ) {
    this.#ring = ring;
    this.#resealing = resealing;
    this.#accountId = parts.accountId;
    this.#sourceOf = parts.sourceOf;
    this.#onFault = parts.onFault;
  }

  resource(): RootKeyResource {
    const accountId = this.#accountId;
    return { arn: `arn:aws:claviger::${accountId}:root-key`, accountId, tags: {}, isRootKey: true };
  }

  /**
   * Resolves once only the new root key opens the vault. Throws InvalidRootKeyException where it
   * can't be had, and RekeyInProgressException while the one before is still under way.
   */
  async start(
    _permit: Permit<"claviger:StartRekey", RootKeyResource>,
    given: NewSource,
  ): Promise<RekeyState> {
    try {
      await this.#ring.changeRootKey(this.#sourceOf(given));
    } catch (error) {
      throw error instanceof RootKeyError ? invalidRootKey(error) : error;
    }
    // It goes on long after the request.
    Work.outside(() => this.#resealing.run()).catch(this.#onFault);
    return this.#state();
  }

  describe(_permit: Permit<"claviger:DescribeRekey", RootKeyResource>): RekeyState {
    return this.#state();
  }

  #state(): RekeyState {
    const { source, rootKey: fingerprint, since } = this.#ring.body;
    return {
      isResealing: this.#ring.hasOlderGenerations,
      source,
      fingerprint,
      since,
      generation: this.#ring.generation,
      ...this.#resealing.progress,
    };
  }
}
