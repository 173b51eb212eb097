/**
 * Role sessions. A session token is self-contained: everything the vault needs to know about the
 * session is sealed inside it, so verifying one reads nothing from storage. It names its role by
 * unique id, so deleting a role ends its sessions and creating it again revives none.
 *
 * A token is base64 of: format (1 byte) | token key (1 byte) | AES-256-GCM of the session as JSON.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Permit } from "../authorization/authorize.ts";
import type { Clock, Randomness } from "../clock.ts";
import { BoundedCache } from "../encryption/bounded-cache.ts";
import { OpenFailed, open, seal } from "../encryption/seal.ts";
import { accessDenied } from "../errors.ts";
import type { SealedKeys } from "../keys/sealed-keys.ts";
import { type Credential, HeldCredential } from "./credential.ts";
import { accessKeyId, secretAccessKey } from "./ids.ts";
import type { Principals } from "./principals.ts";
import type { Role } from "./records.ts";
import type { RoleResource } from "./roles.ts";

/** What a token keeps. Times are milliseconds since the epoch. */
export interface Session {
  readonly accountId: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly sessionName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface SessionRequest {
  readonly sessionName: string;
  readonly durationSeconds: number;
}

export interface SessionCredentials {
  readonly role: Role;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const format = 1;
/** Which of the vault's token keys seals now; a token says which one sealed it. */
const tokenKeyNow = 1;
const tokenCharactersMax = 8192;
const openedMax = 8192;

export class Sessions {
  readonly #sealedKeys: SealedKeys;
  readonly #principals: Principals;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #opened = new BoundedCache<Credential>(openedMax);
  #key: Promise<KeyObject> | undefined;

  constructor(
    sealedKeys: SealedKeys,
    principals: Principals,
    clock: Clock,
    randomness: Randomness,
  ) {
    this.#sealedKeys = sealedKeys;
    this.#principals = principals;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** Temporary credentials for the permitted role. */
  async issue(
    permit: Permit<"sts:AssumeRole", RoleResource>,
    { sessionName, durationSeconds }: SessionRequest,
  ): Promise<SessionCredentials> {
    const role = permit.resource.row?.body;
    // A role that doesn't exist trusts nobody: no permit for it can have been granted.
    if (role === undefined) throw accessDenied("The role does not exist.");
    const issuedAt = this.#clock.now();
    const session: Session = {
      accountId: role.accountId,
      roleName: role.name,
      roleId: role.uniqueId,
      sessionName,
      accessKeyId: accessKeyId("ASIA", this.#randomness),
      secretAccessKey: secretAccessKey(this.#randomness),
      issuedAt,
      expiresAt: issuedAt + durationSeconds * 1000,
    };
    return {
      role,
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: await this.#sealed(session),
      expiresAt: session.expiresAt,
    };
  }

  /**
   * The credential inside a token, also when it has expired; undefined if this vault did not
   * make the token. The same object for the same token while it is remembered.
   */
  async open(token: string): Promise<Credential | undefined> {
    const known = this.#opened.get(token);
    if (known !== undefined) return known;
    const session = await this.#unsealed(token);
    if (session === undefined) return undefined;
    const credential = this.#credential(session);
    this.#opened.set(token, credential);
    return credential;
  }

  #credential(session: Session): Credential {
    return new HeldCredential({
      accessKeyId: session.accessKeyId,
      accountId: session.accountId,
      secretAccessKey: session.secretAccessKey,
      expiresAt: session.expiresAt,
      principal: () => this.#principals.assumedRole(session),
    });
  }

  async #sealed(session: Session): Promise<string> {
    const header = Buffer.from([format, tokenKeyNow]);
    const sealed = seal(await this.#tokenKey(), Buffer.from(JSON.stringify(session)), aad(header));
    return Buffer.concat([header, sealed]).toString("base64");
  }

  async #unsealed(token: string): Promise<Session | undefined> {
    if (token.length > tokenCharactersMax) return undefined;
    const bytes = Buffer.from(token, "base64");
    // Node forgives stray characters in base64; a token has exactly one spelling.
    if (bytes.toString("base64") !== token) return undefined;
    const header = bytes.subarray(0, 2);
    // A key is never made because a stranger's token names it.
    if (header[0] !== format || header[1] !== tokenKeyNow) return undefined;
    try {
      const opened = open(await this.#tokenKey(), bytes.subarray(2), aad(header));
      return JSON.parse(opened.toString()) as Session;
    } catch (error) {
      if (error instanceof OpenFailed) return undefined;
      throw error;
    }
  }

  #tokenKey(): Promise<KeyObject> {
    this.#key ??= this.#sealedKeys
      .secret(`session-tokens/${tokenKeyNow}`)
      .then((secret) => createSecretKey(secret))
      .catch((error: unknown) => {
        this.#key = undefined;
        throw error;
      });
    return this.#key;
  }
}

function aad(header: Buffer): string {
  return `session-token/${header.toString("hex")}`;
}
