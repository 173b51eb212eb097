/**
 * What a session is. All of it travels sealed inside its token, so that verifying one reads
 * nothing from storage; users and roles are in it by unique id, so that whoever is created later
 * under the same name inherits no session.
 */

/** Times are milliseconds since the epoch. */
export interface Session {
  readonly accountId: string;
  readonly holder: SessionHolder;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Issued by the vault itself for a rotator: nobody else's session has it. */
  readonly isRotation?: true | undefined;
  readonly context: SessionContext;
}

/** For whom a session speaks. */
export type SessionHolder =
  | {
      readonly type: "role";
      readonly name: string;
      readonly id: string;
      readonly sessionName: string;
    }
  | { readonly type: "user"; readonly name: string; readonly id: string }
  | { readonly type: "root" };

/** What was passed when a role's session was made, and what it inherited from the session before. */
export interface SessionContext {
  /** AWS's Policy, as it was given. */
  readonly policy?: string | undefined;
  /** AWS's PolicyArns. */
  readonly policyArns?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Of these tags, the ones that a session inherits that is made by this one. */
  readonly transitiveTagKeys?: readonly string[] | undefined;
  readonly sourceIdentity?: string | undefined;
  readonly webIdentity?: SessionWebIdentity | undefined;
}

/** The web identity that a session was made with. */
export interface SessionWebIdentity {
  /** The ARN of the OIDC provider. */
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}
