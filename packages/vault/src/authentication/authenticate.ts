/**
 * Who sent this request? Authentication answers with the principal behind a genuine SigV4
 * signature, or refuses in AWS's words. It decides nothing about what the principal may do.
 */
import type { Principal } from "../authorization/types.ts";
import type { Clock } from "../clock.ts";
import { type HttpRequest, header } from "../message.ts";
import type { Credential } from "../principals/credential.ts";
import type { WebIdentity } from "../principals/identity-providers/web-identity.ts";
import type { Principals } from "../principals/principals.ts";
import type { Sessions } from "../principals/sessions/sessions.ts";
import { type Soon, soon } from "../soon.ts";
import type { GuessLimit } from "../throttling/guess-limit.ts";
import { parseAuthorizationHeader } from "./sigv4/authorization-header.ts";
import { readClaim, type SignatureClaim } from "./sigv4/claim.ts";
import { isRegion, parseCredential } from "./sigv4/credential-scope.ts";
import { expiredToken, invalidClientTokenId, signatureDoesNotMatch } from "./sigv4/refusals.ts";
import { SigningKeys } from "./sigv4/signing-keys.ts";
import { queryValue, readTarget } from "./sigv4/target.ts";
import { isSignature, stringToSign } from "./sigv4/verify.ts";

export interface Authenticated {
  readonly principal: Principal;
  /** From the credential scope. */
  readonly region: string;
  readonly accessKeyId: string;
  /** Where a token of an identity provider says who asks, and not a signature. */
  readonly webIdentity?: WebIdentity | undefined;
  /**
   * For a reply that goes on: the principal as of now, with the policies of now; undefined once
   * its key or session is no longer good.
   */
  readonly again?: (() => Promise<Principal | undefined>) | undefined;
}

interface Signed {
  readonly request: HttpRequest;
  readonly claim: SignatureClaim;
  readonly payloadHash: string | undefined;
}

/** Longer than any that AWS issues; bounds what is looked up for a stranger. */
const accessKeyIdCharactersMax = 128;

export class Authenticator {
  readonly #principals: Principals;
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #guessLimit: GuessLimit;
  readonly #signingKeys = new SigningKeys();

  constructor(principals: Principals, sessions: Sessions, clock: Clock, guessLimit: GuessLimit) {
    this.#principals = principals;
    this.#sessions = sessions;
    this.#clock = clock;
    this.#guessLimit = guessLimit;
  }

  /**
   * The caller of `request`, which must be signed for `expectedService`. Throws ApiError in
   * neutral spelling: MissingAuthenticationToken, IncompleteSignature, SignatureDoesNotMatch,
   * RequestExpired, InvalidClientTokenId, ExpiredToken, MalformedQueryString; Throttling where too
   * many keys or signatures were wrong. What is refused for its form alone is no guess.
   * `payloadHash` is the body's SHA-256 in hexadecimal digits, where that is known already.
   */
  authenticate(
    request: HttpRequest,
    expectedService: string,
    payloadHash?: string,
  ): Soon<Authenticated> {
    const now = this.#clock.now();
    const claim = readClaim(request, expectedService, now);
    const { accessKeyId, region } = claim.credential;
    const hasToken = claim.sessionToken !== undefined;
    if (!hasToken) this.#guessLimit.admit(request.sourceAddress, accessKeyId, now);
    return soon(this.#credential(claim), (found) => {
      const credential = this.#proven({ request, claim, payloadHash }, found, now);
      // AWS's own words for it: in IAM such a session counts as unknown.
      if (credential.isOwnSession && expectedService === "iam") throw invalidClientTokenId();
      return soon(credential.principal(), (principal) => {
        if (principal === undefined) throw invalidClientTokenId();
        return { principal, region, accessKeyId, again: () => this.#again(claim) };
      });
    });
  }

  /** The credential that was found for the claim, if the request is genuine. */
  #proven(signed: Signed, found: Credential | undefined, now: number): Credential {
    const { claim, request } = signed;
    const { accessKeyId } = claim.credential;
    const { sourceAddress } = request;
    const hasToken = claim.sessionToken !== undefined;
    const credential = asClaimed(claim, found);
    // Nobody guesses a token that opens, so its holder may go on wherever others do guess.
    if (hasToken) this.#guessLimit.admit(sourceAddress, accessKeyId, now, credential !== undefined);
    // AWS says of a key that it is unknown before it says that a signature is wrong, so there is
    // no secret in how long an unknown key takes.
    if (credential === undefined || !credential.isActive) {
      throw this.#guessLimit.wrong(sourceAddress, accessKeyId, now, invalidClientTokenId());
    }
    if (!this.#isGenuine(signed, credential)) {
      throw this.#guessLimit.wrong(sourceAddress, accessKeyId, now, signatureDoesNotMatch());
    }
    this.#guessLimit.right(sourceAddress, accessKeyId);
    if (credential.expiresAt !== undefined && credential.expiresAt <= now) throw expiredToken();
    return credential;
  }

  async #again(claim: SignatureClaim): Promise<Principal | undefined> {
    const credential = asClaimed(claim, await this.#credential(claim));
    const end = credential?.expiresAt;
    const isGood = credential?.isActive && (end === undefined || end > this.#clock.now());
    return isGood ? credential.principal() : undefined;
  }

  #credential(claim: SignatureClaim): Soon<Credential | undefined> {
    const { sessionToken, credential } = claim;
    return sessionToken === undefined
      ? this.#principals.credential(credential.accessKeyId.slice(0, accessKeyIdCharactersMax))
      : this.#sessions.open(sessionToken);
  }

  #isGenuine({ request, claim, payloadHash }: Signed, credential: Credential): boolean {
    const text = stringToSign(request, claim, payloadHash);
    if (text === undefined) return false;
    return this.#signingKeys.verify(credential, claim.credential, (key) =>
      isSignature(key, text, claim.signature),
    );
  }
}

/**
 * A temporary key needs the session token it was issued with, and no other key may come with one: a
 * token opens to its own access key, and only long-term keys are stored.
 */
function asClaimed(
  claim: SignatureClaim,
  credential: Credential | undefined,
): Credential | undefined {
  return credential?.accessKeyId === claim.credential.accessKeyId ? credential : undefined;
}

/** What a request says of itself, true or not. A part that could be something else is empty. */
export interface ClaimedIdentity {
  readonly accessKeyId: string;
  readonly region: string;
}

const nobody: ClaimedIdentity = { accessKeyId: "", region: "" };

/** For the audit event of a refused request. Never throws and never looks anything up. */
export function claimedIdentity(request: HttpRequest): ClaimedIdentity {
  const claimed = parseCredential(claimedCredential(request) ?? "");
  if (claimed === undefined) return nobody;
  return {
    // A secret pasted in the key's place has other characters or is longer.
    accessKeyId: /^[A-Z0-9]{16,32}$/.test(claimed.accessKeyId) ? claimed.accessKeyId : "",
    region: isRegion(claimed.region) ? claimed.region : "",
  };
}

function claimedCredential(request: HttpRequest): string | undefined {
  const authorization = header(request, "authorization");
  if (authorization !== undefined) return parseAuthorizationHeader(authorization).credential;
  try {
    return queryValue(readTarget(request.target), "X-Amz-Credential");
  } catch {
    return undefined;
  }
}
