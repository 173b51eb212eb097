/**
 * What a request is signed with, and whom it then speaks for. The account root's key, a user's
 * access key and a role session's temporary key look the same to authentication.
 */
import type { Principal } from "../authorization/types.ts";
import type { Soon } from "../soon.ts";

export interface Credential {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly secretAccessKey: string;
  /** False for an access key that was made Inactive. */
  readonly isActive: boolean;
  /** Milliseconds since the epoch; undefined for keys that stay valid until deleted. */
  readonly expiresAt: number | undefined;
  /** True for a user's or the root's own session (GetSessionToken), which AWS keeps out of IAM. */
  readonly isOwnSession: boolean;
  /**
   * The caller with the policies that hold now, or undefined if the user or role is gone. A
   * change to either shows at the next call.
   */
  principal(): Soon<Principal | undefined>;
}

interface CredentialParts {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly secretAccessKey: string;
  readonly isActive?: boolean;
  readonly expiresAt?: number | undefined;
  readonly isOwnSession?: boolean;
  readonly principal: () => Soon<Principal | undefined>;
}

/** The secret is a private field: printing or serialising a credential never shows it. */
export class HeldCredential implements Credential {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly isActive: boolean;
  readonly expiresAt: number | undefined;
  readonly isOwnSession: boolean;
  readonly #secretAccessKey: string;
  readonly #principal: () => Soon<Principal | undefined>;

  constructor(parts: CredentialParts) {
    this.accessKeyId = parts.accessKeyId;
    this.accountId = parts.accountId;
    this.isActive = parts.isActive ?? true;
    this.expiresAt = parts.expiresAt;
    this.isOwnSession = parts.isOwnSession ?? false;
    this.#secretAccessKey = parts.secretAccessKey;
    this.#principal = parts.principal;
  }

  get secretAccessKey(): string {
    return this.#secretAccessKey;
  }

  principal(): Soon<Principal | undefined> {
    return this.#principal();
  }
}
