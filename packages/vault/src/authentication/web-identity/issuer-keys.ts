/**
 * The keys that issuers sign with, found by OpenID Connect discovery and kept for a while. An
 * issuer is asked again when a token names a key that isn't known, but however many such tokens
 * strangers send, only so often.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from "jose";
import type { Clock } from "../../clock.ts";
import { BoundedCache } from "../../encryption/bounded-cache.ts";
import type { OidcProvider } from "../../principals/identity-providers/oidc-providers.ts";
import { fetchJson } from "./fetch-json.ts";
import { noVerificationKey } from "./refusals.ts";

type FindKey = ReturnType<typeof createLocalJWKSet>;
type Token = Parameters<FindKey>[1];

interface Held {
  readonly askedAt: number;
  readonly finding: Promise<FindKey>;
  isFailed: boolean;
}

const issuersMax = 256;
const freshMilliseconds = 600_000;
/** Between two questions to an issuer, whether or not it answered. */
const coolDownMilliseconds = 15_000;

export class IssuerKeys {
  readonly #clock: Clock;
  readonly #held = new BoundedCache<Held>(issuersMax);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The key of `provider` that a token's header names. Throws as `fetchJson` does. */
  async find(provider: OidcProvider, header: JWSHeaderParameters, token: Token) {
    const held = this.#current(provider);
    try {
      return await (await held.finding)(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.#age(held) < coolDownMilliseconds) {
        throw error;
      }
      const newer = await this.#ask(provider).finding;
      return newer(header, token);
    }
  }

  #current(provider: OidcProvider): Held {
    const held = this.#held.get(placeOf(provider));
    if (held === undefined) return this.#ask(provider);
    const isKept = this.#age(held) < (held.isFailed ? coolDownMilliseconds : freshMilliseconds);
    return isKept ? held : this.#ask(provider);
  }

  /** One question at a time: whoever comes meanwhile finds this one. */
  #ask(provider: OidcProvider): Held {
    const finding = discover(provider);
    const held: Held = { askedAt: this.#clock.now(), finding, isFailed: false };
    finding.catch(() => {
      held.isFailed = true;
    });
    this.#held.set(placeOf(provider), held);
    return held;
  }

  #age({ askedAt }: Held): number {
    return this.#clock.now() - askedAt;
  }
}

/** Whom one account trusts by its thumbprint, another account must not find in the cache. */
function placeOf({ url, thumbprints }: OidcProvider): string {
  return [url, ...thumbprints].join(" ");
}

async function discover({ url, thumbprints }: OidcProvider): Promise<FindKey> {
  const base = `https://${url.replace(/\/$/, "")}`;
  const document = await fetchJson(
    new URL(`${base}/.well-known/openid-configuration`),
    thumbprints,
  );
  const { issuer, jwks_uri } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  const keysUrl = typeof jwks_uri === "string" ? URL.parse(jwks_uri) : null;
  // Discovery's own rule: a document speaks for the issuer that it names, and for no other.
  if (issuer !== `https://${url}` || keysUrl?.protocol !== "https:") throw noVerificationKey();
  const keys = await fetchJson(keysUrl, thumbprints);
  try {
    return createLocalJWKSet(keys as JSONWebKeySet);
  } catch (error) {
    throw noVerificationKey(error);
  }
}
