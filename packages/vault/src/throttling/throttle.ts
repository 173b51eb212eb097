/**
 * Admits as many requests a second as the rates say, each by its account, its principal and its
 * operation. A request takes a token of every limit that counts it, or of none.
 */
import type { LimitKind, Rates } from "./rates.ts";
import { isSpent, TokenBuckets, takeFrom } from "./token-buckets.ts";

/** Who asks for what, as the limits count it. */
export interface Asked {
  readonly accountId: string;
  /** One for all sessions of a role, or a role would get round its limit by its sessions' names. */
  readonly principal: string;
  /** "ssm:GetParameter". */
  readonly operation: string;
}

/**
 * A forgotten bucket is a full one, so these bound the memory and not the vault's size: the half
 * that asked last is always remembered.
 */
const accountsMax = 10_000;
const principalsMax = 100_000;

export class Throttle {
  readonly #accounts: TokenBuckets | undefined;
  readonly #principals: TokenBuckets | undefined;
  readonly #operations: ReadonlyMap<string, TokenBuckets>;

  constructor({ account, principal, operations }: Rates) {
    this.#accounts = account === undefined ? undefined : new TokenBuckets(account, accountsMax);
    this.#principals =
      principal === undefined ? undefined : new TokenBuckets(principal, principalsMax);
    this.#operations = new Map(
      [...operations].map(([name, rate]) => [name, new TokenBuckets(rate, accountsMax)]),
    );
  }

  /** Admits the request, or says the first limit that is spent. */
  spent({ accountId, principal, operation }: Asked, now: number): LimitKind | undefined {
    const ofAccount = this.#accounts?.at(accountId, now);
    if (isSpent(ofAccount)) return "account";
    const ofPrincipal = this.#principals?.at(principal, now);
    if (isSpent(ofPrincipal)) return "principal";
    const ofOperation = this.#operations.get(operation)?.at(accountId, now);
    if (isSpent(ofOperation)) return "operation";
    takeFrom(ofAccount);
    takeFrom(ofPrincipal);
    takeFrom(ofOperation);
    return undefined;
  }
}
