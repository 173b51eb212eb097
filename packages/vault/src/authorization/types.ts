/** The words that authorisation speaks: who asks, for what, in which circumstances. No I/O. */
import type { CompiledPolicy } from "./compile.ts";

/** An authenticated caller together with the policies that speak about it. */
export interface Principal {
  readonly type: "Root" | "IAMUser" | "AssumedRole" | "AWSService" | "WebIdentity";
  /** `arn:aws:sts::…:assumed-role/ROLE/SESSION` for a session. */
  readonly arn: string;
  readonly accountId: string;
  /** `aws:userid`: AIDA…, AROA…:session, or the account id for the root. */
  readonly principalId: string;
  /** `aws:username`; only for IAM users. */
  readonly userName: string | undefined;
  /** The role's ARN with its path for a session: what `aws:PrincipalArn` gives. */
  readonly roleArn: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Identity policies, inline and managed, compiled when they were stored or first read. */
  readonly policies: readonly CompiledPolicy[];
  /** What the identity policies can give at most. undefined: no boundary is set. */
  readonly boundary: CompiledPolicy | undefined;
  /**
   * The policies passed when the session was made, which together bound it further. Empty where
   * none were passed: the session then has all that its role or user has.
   */
  readonly sessionPolicies: readonly CompiledPolicy[];
  /** Milliseconds since the epoch; only for temporary credentials. `aws:TokenIssueTime`. */
  readonly tokenIssuedAt: number | undefined;
  /** Milliseconds since the epoch; only for temporary credentials. */
  readonly tokenExpiresAt?: number | undefined;
  /** The session is a rotation's own: what it reads is not read by anybody who uses it. */
  readonly isRotation?: true | undefined;
  /** `aws:PrincipalOrgID`, o-…; undefined while the vault has but one account. */
  readonly organizationId: string | undefined;
  /**
   * Who vouches for a web identity, as a trust policy's Federated principal names it: the ARN of
   * an OIDC provider. A web identity has neither account nor policies of its own.
   */
  readonly federatedProvider?: string | undefined;
  /** Condition keys that the session carries (`aws:SourceIdentity`), in lower case. */
  readonly sessionKeys: Readonly<Record<string, string>>;
  /** Of the session's tags, those that a session inherits that is made by this one. */
  readonly transitiveTags?: Readonly<Record<string, string>> | undefined;
}

/** The unique ids that ARNs of users and roles in a trust policy stood for when it was stored. */
export type PrincipalIds = Readonly<Record<string, string>>;

/** What an action is asked on. The domain's located records extend it. */
export interface Resource {
  readonly arn: string;
  readonly accountId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The policy attached to the resource, where its type has one. */
  readonly policy?: CompiledPolicy | undefined;
  /**
   * True where an identity policy alone is not enough and the resource's own policy must allow
   * (KMS key policies, role trust policies).
   */
  readonly isPolicyRequired?: boolean | undefined;
  /**
   * What AWS's denial names where that isn't the ARN: a secret as the caller named it, so that a
   * denial does not tell whether there is one. Empty where AWS names no resource at all.
   */
  readonly nameInDenials?: string | undefined;
  /** True for a KMS key that only a ciphertext names: AWS's denial does not tell which it is. */
  readonly isNamedByCiphertext?: boolean | undefined;
}

/**
 * Values of condition keys beside those that come from principal and resource. Names are AWS's,
 * compared without case. A key that is absent has no values.
 */
export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>;

/** What a condition key gives: nothing, one value, or several (`aws:TagKeys`). */
export type KeyValues = string | readonly string[] | undefined;

/**
 * The same as a function of a key's name in lower case (of a tag in the request also with its key
 * as a policy spells it): nothing is made for keys that no policy asks about, which is what the hot
 * paths need.
 */
export type KeySource = (lowerName: string) => KeyValues;

/** The circumstances of a request that condition keys may ask about. */
export interface Circumstances {
  /** Milliseconds since the epoch: `aws:CurrentTime`, `aws:EpochTime`. */
  readonly now: number;
  readonly sourceAddress: string;
  readonly isSecureTransport: boolean;
  readonly region: string;
  readonly userAgent: string;
  /** All that condition keys give in a request that is only simulated (`simulate.ts`). */
  readonly simulatedKeys?: KeySource | undefined;
}
