/** What the pipeline is made of, and what it knows of a request as it goes along. */
import type { AuditLog } from "../audit/event.ts";
import type { Authenticated, Authenticator } from "../authentication/authenticate.ts";
import type { WebIdentities } from "../authentication/web-identity/web-identities.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { AnyOperation, AuditNotes, Service, Vault } from "../operations/operation.ts";
import type { Throttle } from "../throttling/throttle.ts";
import type { Route } from "../wire/route.ts";

export interface PipelineParts {
  readonly services: readonly Service[];
  readonly vault: Vault;
  readonly authenticator: Authenticator;
  readonly webIdentities: WebIdentities;
  readonly auditLog: AuditLog;
  readonly metrics: Metrics;
  /** undefined where nothing is limited. */
  readonly throttle: Throttle | undefined;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The account whose trail keeps the requests of strangers. */
  readonly firstAccountId: string;
  /** Told of faults of our own; never of refusals. */
  onFault(fault: unknown, requestId: string): void;
}

/** What is known of a request as it goes along; the audit event is made of it. */
export interface Progress {
  readonly requestId: string;
  readonly now: number;
  readonly startedAt: number;
  readonly route: Route;
  readonly service: Service | undefined;
  readonly operation: AnyOperation | undefined;
  readonly notes: AuditNotes;
  authenticated: Authenticated | undefined;
  requestParameters: unknown;
  /** Why it was denied, for whoever may decode it. Only the caller's copy of the message has it. */
  encodedAuthorizationMessage: string | undefined;
}

export function emptyNotes(): AuditNotes {
  return { resources: [], versionId: undefined, responseElements: null, parts: [] };
}
