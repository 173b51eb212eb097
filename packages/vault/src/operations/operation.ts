/**
 * What an operation is: one file each, found by its AWS name, that declares its input's shape,
 * says which action on which resource it needs (`permit`), and does it (`run`).
 */
import type { AuditLog } from "../audit/event.ts";
import type { Permit } from "../authorization/authorize.ts";
import type { ConditionKeys, KeySource, Principal, Resource } from "../authorization/types.ts";
import type { ChangeFeed } from "../changes/change-feed.ts";
import type { EventStream } from "../event-stream.ts";
import type { AuthorizationMessages } from "../keys/authorization-messages.ts";
import type { Keys } from "../keys/keys.ts";
import type { PageTokens } from "../keys/page-tokens.ts";
import type { Rekey } from "../keys/ring/rekey.ts";
import type { Parameters } from "../parameters/parameters.ts";
import type { Accounts } from "../principals/accounts/accounts.ts";
import type { WebIdentity } from "../principals/identity-providers/web-identity.ts";
import type { Principals } from "../principals/principals.ts";
import type { Sessions } from "../principals/sessions/sessions.ts";
import type { RotationEngine } from "../rotation/engine.ts";
import type { RotationReports } from "../rotation/readers/reports.ts";
import type { Scope } from "../scope.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Infer, Shape } from "../shapes/shapes.ts";
import type { Soon } from "../soon.ts";

/** The domain, composed once (`compose.ts`) and handed to every operation. */
export interface Vault {
  readonly secrets: Secrets;
  readonly parameters: Parameters;
  readonly keys: Keys;
  readonly rekey: Rekey;
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly accounts: Accounts;
  readonly auditLog: AuditLog;
  readonly changeFeed: ChangeFeed;
  readonly authorizationMessages: AuthorizationMessages;
  readonly rotations: RotationEngine;
  readonly rotationReports: RotationReports;
  /** For lists that are no domain's own: LookupEvents. */
  readonly pageTokens: PageTokens;
}

/** What an operation adds to its request's audit event. */
export interface AuditNotes {
  resources: string[];
  versionId: string | undefined;
  /** For writes: lower camel case, no values. Left null on reads, as CloudTrail does. */
  responseElements: unknown;
  /** The single reads that a batch is made of: the trail has an event for each, as CloudTrail. */
  readonly parts: AuditedPart[];
}

/** One of the operations that a request stands for, as if it had been asked alone. */
export interface AuditedPart {
  /** Where it isn't the request's own. */
  readonly service: string | undefined;
  readonly operation: string;
  readonly requestParameters: unknown;
  readonly notes: AuditNotes;
  readonly failure: unknown;
}

/** One authenticated, decoded request on its way through an operation. */
export interface Call {
  readonly requestId: string;
  readonly scope: Scope;
  readonly principal: Principal;
  /** What was verified of the caller where a web identity authenticates it, not a signature. */
  readonly webIdentity: WebIdentity | undefined;
  readonly vault: Vault;
  readonly notes: AuditNotes;
  /**
   * The permit to do `action` on `resource`, or AccessDenied. `keys` are the condition keys that
   * only this operation knows (`ssm:Recursive`, `kms:EncryptionContext:…`). Adds the resource's
   * ARN to the audit event.
   */
  authorize<Action extends string, Located extends Resource>(
    action: Action,
    resource: Located,
    keys?: ConditionKeys | KeySource,
  ): Permit<Action, Located>;
  /**
   * Does one part of a batch: what `run` asks and notes goes to an event of its own, under the
   * part's operation (and `service`, where one service asks another). Resolves and rejects as
   * `run` does.
   */
  part<Result>(
    operation: string,
    requestParameters: unknown,
    run: (call: Call) => Promise<Result>,
    service?: string,
  ): Promise<Result>;
  /** The same question as a claim, for lists that AWS filters record by record. */
  isAllowed(action: string, resource: Resource, keys?: ConditionKeys | KeySource): boolean;
  /**
   * The same caller as of now, with the policies of now, for a reply that goes on; undefined once
   * its credentials are no longer good. What it is asked goes to no audit event.
   */
  renewed(): Promise<Call | undefined>;
}

/** Of an operation that is asked by GET at a path of its own: what its input is read from. */
export interface HttpBinding {
  readonly path: string;
  /** Input member -> header in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A token that is yet to be verified, and the account whose OIDC providers may vouch for it. */
export interface WebIdentityClaim {
  readonly accountId: string;
  readonly token: string;
}

/**
 * An operation as its file declares it. `Input` is inferred from `input`; `Granted` from `permit`.
 */
export interface Operation<Input, Granted> {
  /** AWS's name: "GetSecretValue". */
  readonly name: string;
  /** CloudTrail's readOnly. */
  readonly isReadOnly: boolean;
  /** Why it is always refused, for the reference; unset where the vault does what it says. */
  readonly refusal?: string;
  readonly input: Shape<Input>;
  readonly http?: HttpBinding | undefined;
  /**
   * For an operation that needs no signature: the web identity in its input that authenticates
   * the caller instead.
   */
  readonly webIdentity?: (input: Input) => WebIdentityClaim;
  /** Locates what the input names and asks for every permit, in AWS's order. */
  permit(input: Input, call: Call): Soon<Granted>;
  /** Output members in wire spelling; `Date` for times and `Uint8Array` for blobs. */
  run(input: Input, granted: Granted, call: Call): Soon<Output>;
}

export type Output = Readonly<Record<string, unknown>> | EventStream | undefined;

// biome-ignore lint/suspicious/noExplicitAny: a registry holds operations of every input type.
export type AnyOperation = Operation<any, any>;

/** Types an operation's `permit` and `run` from its declared input. */
export function operation<InputShape extends Shape<unknown>, Granted>(declared: {
  readonly name: string;
  readonly isReadOnly: boolean;
  readonly refusal?: string;
  readonly input: InputShape;
  readonly http?: HttpBinding;
  readonly webIdentity?: (input: Infer<InputShape>) => WebIdentityClaim;
  permit(input: Infer<InputShape>, call: Call): Soon<Granted>;
  run(input: Infer<InputShape>, granted: Granted, call: Call): Soon<Output>;
}): Operation<Infer<InputShape>, Granted> {
  return declared as unknown as Operation<Infer<InputShape>, Granted>;
}

/** A service: how its requests are named on the wire, and its operations. */
export interface Service {
  /** As in the credential scope and in action names: "secretsmanager". */
  readonly name: string;
  readonly protocol: "aws-json" | "aws-query";
  /** What comes before the operation's name in X-Amz-Target, with its dot; JSON services. */
  readonly targetPrefixes: readonly string[];
  /** The API's version; also Query's `Version` and XML namespace. */
  readonly version: string;
  readonly xmlNamespace: string | undefined;
  /** Where a global service keeps its records and its trail, in whatever region it was asked. */
  readonly globalRegion?: string | undefined;
  readonly operations: readonly AnyOperation[];
}
