/**
 * Temporary credentials: sessions of roles, and of users and the account root themselves. Nothing
 * of them is stored; `session.ts` says what travels in a token.
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Principal } from "../../authorization/types.ts";
import type { Clock, Randomness } from "../../clock.ts";
import { BoundedCache } from "../../encryption/bounded-cache.ts";
import { accessDenied } from "../../errors.ts";
import type { SealedKeys } from "../../keys/ring/sealed-keys.ts";
import type { Soon } from "../../soon.ts";
import { type Credential, HeldCredential } from "../credential.ts";
import type { RoleResource } from "../entities/roles.ts";
import { secretAccessKey, temporaryAccessKeyId } from "../ids.ts";
import type { Principals } from "../principals.ts";
import type { Role } from "../records.ts";
import { openSession } from "./opened-session.ts";
import type { Session, SessionContext, SessionHolder } from "./session.ts";
import { SessionTokens } from "./session-tokens.ts";

export interface SessionRequest {
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly context?: SessionContext;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Per cent; undefined where neither policies nor tags were passed. */
  readonly packedPolicySize: number | undefined;
}

export interface RoleCredentials extends SessionCredentials {
  readonly role: Role;
}

const openedMax = 8192;

export class Sessions {
  readonly #tokens: SessionTokens;
  readonly #principals: Principals;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #opened = new BoundedCache<Credential>(openedMax);

  constructor(
    sealedKeys: SealedKeys,
    principals: Principals,
    clock: Clock,
    randomness: Randomness,
  ) {
    this.#tokens = new SessionTokens(sealedKeys);
    this.#principals = principals;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** Temporary credentials for the permitted role. */
  issue(
    permit: Permit<"sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity", RoleResource>,
    request: SessionRequest,
  ): Promise<RoleCredentials> {
    return this.#issuedForRole(permit, request);
  }

  /** The same for a rotator of the vault's own, which may read what was revoked. */
  issueForRotation(
    permit: Permit<"sts:AssumeRole", RoleResource>,
    request: SessionRequest,
  ): Promise<RoleCredentials> {
    return this.#issuedForRole(permit, request, true);
  }

  /**
   * Temporary credentials with which a user, or the account root, goes on being itself. AWS asks
   * no policy about it: whoever has the long-term key may have a short-lived one in its place.
   */
  issueForSelf(principal: Principal, durationSeconds: number): Promise<SessionCredentials> {
    const { type, accountId, userName, principalId } = principal;
    if (type !== "Root" && userName === undefined) {
      throw new TypeError("Only users and the account root have sessions of their own.");
    }
    const holder: SessionHolder =
      userName === undefined ? { type: "root" } : { type: "user", name: userName, id: principalId };
    return this.#issued(accountId, holder, durationSeconds, {});
  }

  /**
   * The credential inside a token, also when it has expired; undefined if this vault did not
   * make the token. The same object for the same token while it is remembered.
   */
  open(token: string): Soon<Credential | undefined> {
    return this.#opened.get(token) ?? this.#open(token);
  }

  async #open(token: string): Promise<Credential | undefined> {
    const session = await this.#tokens.open(token);
    if (session === undefined) return undefined;
    const credential = this.#credential(session);
    this.#opened.set(token, credential);
    return credential;
  }

  async #issuedForRole(
    permit: Permit<"sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity", RoleResource>,
    { sessionName, durationSeconds, context = {} }: SessionRequest,
    isRotation?: true,
  ): Promise<RoleCredentials> {
    const role = permit.resource.row?.body;
    // A role that doesn't exist trusts nobody: no permit for it can have been granted.
    if (role === undefined) throw accessDenied("The role does not exist.");
    const { accountId, name, uniqueId: id } = role;
    await this.#principals.sessionPolicies.check(accountId, context);
    const holder: SessionHolder = { type: "role", name, id, sessionName };
    return {
      role,
      ...(await this.#issued(accountId, holder, durationSeconds, context, isRotation)),
    };
  }

  async #issued(
    accountId: string,
    holder: SessionHolder,
    durationSeconds: number,
    context: SessionContext,
    isRotation?: true,
  ): Promise<SessionCredentials> {
    const issuedAt = this.#clock.now();
    const session: Session = {
      accountId,
      holder,
      accessKeyId: temporaryAccessKeyId(accountId, this.#randomness),
      secretAccessKey: secretAccessKey(this.#randomness),
      issuedAt,
      expiresAt: issuedAt + durationSeconds * 1000,
      isRotation,
      context,
    };
    const { token, packedPolicySize } = await this.#tokens.seal(session);
    return {
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: token,
      expiresAt: session.expiresAt,
      packedPolicySize,
    };
  }

  #credential(session: Session): Credential {
    const opened = openSession(session);
    return new HeldCredential({
      accessKeyId: session.accessKeyId,
      accountId: session.accountId,
      secretAccessKey: session.secretAccessKey,
      expiresAt: session.expiresAt,
      isOwnSession: session.holder.type !== "role",
      principal: () => this.#principals.ofSession(opened),
    });
  }
}
