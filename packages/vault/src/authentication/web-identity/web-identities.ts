/**
 * Who holds a web identity token? The OIDC provider that the role's account has registered for the
 * token's issuer says it, by a signature that only that issuer's keys can have made. Decides
 * nothing about roles: that is for their trust policies.
 */
import { compactVerify, decodeJwt, errors, type JWTPayload } from "jose";
import type { Principal } from "../../authorization/types.ts";
import type { Clock } from "../../clock.ts";
import { ApiError } from "../../errors.ts";
import type {
  OidcProvider,
  OidcProviders,
} from "../../principals/identity-providers/oidc-providers.ts";
import { oidcProviderArn } from "../../principals/identity-providers/oidc-url.ts";
import type { WebIdentity } from "../../principals/identity-providers/web-identity.ts";
import type { GuessLimit } from "../../throttling/guess-limit.ts";
import { IssuerKeys } from "./issuer-keys.ts";
import { noProvider, notAJwt, noVerificationKey, wrongSignature } from "./refusals.ts";
import {
  audienceOf,
  checkTimes,
  conditionKeysOf,
  sessionTagsOf,
  sourceIdentityOf,
  subjectOf,
} from "./token-claims.ts";

/** AWS's list. No symmetric algorithm: a public key must never do as a secret. */
const algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"];

export interface IdentifiedByToken {
  readonly principal: Principal;
  readonly webIdentity: WebIdentity;
}

export class WebIdentities {
  readonly #providers: OidcProviders;
  readonly #clock: Clock;
  readonly #guessLimit: GuessLimit;
  readonly #issuerKeys: IssuerKeys;

  constructor(providers: OidcProviders, clock: Clock, guessLimit: GuessLimit) {
    this.#providers = providers;
    this.#clock = clock;
    this.#guessLimit = guessLimit;
    this.#issuerKeys = new IssuerKeys(clock);
  }

  /**
   * The holder of `token`, if a provider of the account vouches for it. Throws InvalidIdentityToken,
   * ExpiredTokenException, IDPCommunicationError or IDPRejectedClaim; Throttling where too many
   * tokens from this address were invalid.
   */
  async authenticate(
    accountId: string,
    token: string,
    sourceAddress: string,
  ): Promise<IdentifiedByToken> {
    this.#guessLimit.admit(sourceAddress, accountId, this.#clock.now());
    try {
      const identified = await this.#identify(accountId, token);
      this.#guessLimit.right(sourceAddress, accountId);
      return identified;
    } catch (refusal) {
      // Of what has expired, or can't be verified now, the vault knows no more than the sender.
      if (!(refusal instanceof ApiError) || refusal.code !== "InvalidIdentityToken") throw refusal;
      throw this.#guessLimit.wrong(sourceAddress, accountId, this.#clock.now(), refusal);
    }
  }

  async #identify(accountId: string, token: string): Promise<IdentifiedByToken> {
    // What is read before the signature is checked only says whose keys to check it with.
    const { iss } = unverifiedClaims(token);
    const provider =
      typeof iss === "string" ? await this.#providers.byIssuer(accountId, iss) : undefined;
    if (provider === undefined) throw noProvider(String(iss));
    const claims = await this.#verifiedClaims(token, provider);
    checkTimes(claims, this.#clock.now());
    const webIdentity = webIdentityOf(claims, provider);
    return { principal: principalOf(webIdentity), webIdentity };
  }

  async #verifiedClaims(token: string, provider: OidcProvider): Promise<JWTPayload> {
    try {
      await compactVerify(token, (header, jws) => this.#issuerKeys.find(provider, header, jws), {
        algorithms,
      });
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) throw wrongSignature();
      if (error instanceof errors.JWKSNoMatchingKey) throw noVerificationKey();
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw noVerificationKey();
      if (error instanceof errors.JOSEError) throw notAJwt();
      throw error instanceof ApiError ? error : noVerificationKey(error);
    }
    return unverifiedClaims(token);
  }
}

function unverifiedClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw notAJwt();
  }
}

function webIdentityOf(
  claims: JWTPayload,
  { accountId, url, clientIds }: OidcProvider,
): WebIdentity {
  const subject = subjectOf(claims);
  const audience = audienceOf(claims, clientIds);
  return {
    accountId,
    provider: oidcProviderArn(accountId, url),
    issuer: url,
    subject,
    audience,
    conditionKeys: conditionKeysOf(claims, url, audience),
    sessionTags: sessionTagsOf(claims),
    sourceIdentity: sourceIdentityOf(claims),
  };
}

function principalOf({ accountId, provider, audience, subject }: WebIdentity): Principal {
  return {
    type: "WebIdentity",
    arn: provider,
    accountId,
    // As CloudTrail has it.
    principalId: `${provider}:${audience}:${subject}`,
    userName: undefined,
    roleArn: undefined,
    tags: {},
    policies: [],
    boundary: undefined,
    sessionPolicies: [],
    tokenIssuedAt: undefined,
    organizationId: undefined,
    federatedProvider: provider,
    sessionKeys: { "aws:federatedprovider": provider },
  };
}
