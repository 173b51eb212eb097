/**
 * Bounds how often secrets, keys and tokens can be guessed. Only failures are counted: of an
 * address, of what it claims to be (an access key), and of the two together. Whoever has once
 * signed rightly from an address is counted as that pair alone, so that strangers behind the same
 * NAT, or all over the world, can't lock an owner out.
 */
import ipaddr from "ipaddr.js";
import { BoundedCache } from "../encryption/bounded-cache.ts";
import { type ApiError, throttled } from "../errors.ts";
import { isSpent, TokenBuckets, takeFrom } from "./token-buckets.ts";

/** For `GET /metrics`. */
export interface Guesses {
  /** Checked, and wrong. */
  wrong: number;
  /** Refused unseen. */
  limited: number;
}

export interface GuessRate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface GuessRates {
  readonly address: GuessRate;
  readonly claim: GuessRate;
  readonly pair: GuessRate;
}

/**
 * Wide enough for a fleet behind one address whose key was just deactivated, and nothing to
 * somebody who guesses: at these rates a secret of sixteen letters takes longer than there is time.
 */
export const guessRates: GuessRates = {
  address: { perSecond: 10, burst: 300 },
  claim: { perSecond: 10, burst: 300 },
  pair: { perSecond: 1, burst: 100 },
};

/** What is forgotten beyond these is as good as full: they bound the memory, at some 10 MB. */
const addressesMax = 20_000;
const claimsMax = 20_000;
const pairsMax = 40_000;

/** Of a claim; longer than any access key id. */
const claimCharactersMax = 128;

export class GuessLimit {
  readonly #guesses: Guesses;
  readonly #addresses: TokenBuckets;
  readonly #claims: TokenBuckets;
  readonly #pairs: TokenBuckets;
  /** Pairs that have proved themselves. */
  readonly #proven = new BoundedCache<true>(pairsMax);
  /** Of addresses in IPv6, which take a while to read. */
  readonly #networks = new BoundedCache<string>(addressesMax);

  constructor(guesses: Guesses, rates: GuessRates = guessRates) {
    this.#guesses = guesses;
    this.#addresses = bucketsOf(rates.address, addressesMax);
    this.#claims = bucketsOf(rates.claim, claimsMax);
    this.#pairs = bucketsOf(rates.pair, pairsMax);
  }

  /**
   * Before a signature is verified. Throws Throttling. `isProven` where the request holds what
   * nobody can guess, so that only its own failures count.
   */
  admit(address: string, claim: string, now: number, isProven = false): void {
    if (this.#isAdmitted(this.#networkOf(address), claim, now, isProven)) return;
    this.#guesses.limited += 1;
    throw throttled();
  }

  /** It was right. */
  right(address: string, claim: string): void {
    const pair = pairOf(this.#networkOf(address), claim);
    if (this.#proven.get(pair) === undefined) this.#proven.set(pair, true);
  }

  /**
   * It was wrong: what to refuse it with, `refusal` or Throttling. That is for those that were
   * checked side by side beyond the rate: they are told no more than if they had come one by one.
   */
  wrong(address: string, claim: string, now: number, refusal: ApiError): ApiError {
    const network = this.#networkOf(address);
    if (!this.#isAdmitted(network, claim, now, false)) {
      this.#guesses.limited += 1;
      return throttled();
    }
    this.#guesses.wrong += 1;
    spend(this.#addresses, network, now);
    spend(this.#claims, claimKey(claim), now);
    spend(this.#pairs, pairOf(network, claim), now);
    return refusal;
  }

  /** Of IPv6 the /64, all of which one host may have; an address comes in canonical form. */
  #networkOf(address: string): string {
    if (!address.includes(":")) return address;
    let network = this.#networks.get(address);
    if (network === undefined) {
      network = ipaddr.IPv6.parse(address).parts.slice(0, 4).join(":");
      this.#networks.set(address, network);
    }
    return network;
  }

  #isAdmitted(network: string, claim: string, now: number, isProven: boolean): boolean {
    const pair = pairOf(network, claim);
    if (isSpent(this.#pairs.known(pair, now))) return false;
    if (isProven || this.#proven.get(pair) !== undefined) return true;
    if (isSpent(this.#addresses.known(network, now))) return false;
    // However many guess a key from elsewhere, its owner has a try from an address that did not.
    return !isSpent(this.#claims.known(claimKey(claim), now)) || this.#pairs.isFull(pair, now);
  }
}

function bucketsOf({ perSecond, burst }: GuessRate, keysMax: number): TokenBuckets {
  return new TokenBuckets(perSecond, keysMax, burst);
}

function spend(buckets: TokenBuckets, key: string, now: number): void {
  const bucket = buckets.at(key, now);
  if (!isSpent(bucket)) takeFrom(bucket);
}

/** Joined with a blank, so that no key holds on to the whole header that the claim was cut from. */
function pairOf(network: string, claim: string): string {
  return `${network} ${claim.slice(0, claimCharactersMax)}`;
}

function claimKey(claim: string): string {
  return pairOf("", claim);
}
