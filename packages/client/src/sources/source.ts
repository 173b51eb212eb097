/** Where values come from: one look-up, no caching. */

export interface Source<Raw> {
  /** Rejects with TransportError or SecretsError, and soon once `signal` is aborted. */
  fetch(wish: FetchWish): Promise<Fetched<Raw>>;
}

export interface FetchWish {
  readonly signal: AbortSignal;
  /** Somebody waits who has nothing older: worth more than one attempt. */
  readonly isPatient: boolean;
}

export interface Fetched<Raw> {
  readonly raw: Raw;
  /** Parameter Store's version number or Secrets Manager's version id. */
  readonly version: string;
  /** As the service has it; another name for the same thing. */
  readonly arn?: string | undefined;
  /** From when it was asked for, of what ends by itself: such lives by this, not by the TTL. */
  readonly expiresInMilliseconds?: number | undefined;
  /** Where versions only ever grow: an answer that is behind comes from a lagging replica. */
  readonly order?: Order | undefined;
}

export interface Order {
  /** Milliseconds: a parameter that was deleted and made anew begins again at version 1. */
  readonly modifiedAt: number;
  readonly version: number;
}

/** What Secrets Manager keeps: text or bytes. */
export type SecretRaw = string | Uint8Array;
