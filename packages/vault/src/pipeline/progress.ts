/** What the pipeline is made of, and what it knows of a request as it goes along. */
import type { AuditLog } from "../audit/event.ts";
import { eventIdAt } from "../audit/event-id.ts";
import type { Authenticated, Authenticator } from "../authentication/authenticate.ts";
import type { WebIdentities } from "../authentication/web-identity/web-identities.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { ApiError } from "../errors.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { AnyOperation, AuditNotes, Output, Service, Vault } from "../operations/operation.ts";
import type { Throttle } from "../throttling/throttle.ts";
import type { Route } from "../wire/route.ts";
import type { Freshness } from "./freshness.ts";

export interface PipelineParts {
  readonly services: readonly Service[];
  readonly vault: Vault;
  readonly authenticator: Authenticator;
  readonly webIdentities: WebIdentities;
  readonly auditLog: AuditLog;
  readonly metrics: Metrics;
  /** undefined where nothing is limited. */
  readonly throttle: Throttle | undefined;
  /** undefined on the embedded database, which nobody else writes to. */
  readonly freshness: Freshness | undefined;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The account whose trail keeps the requests of strangers. */
  readonly firstAccountId: string;
  /** Why nothing can be answered now; undefined while the key ring is open. */
  sealed(): string | undefined;
  /** Told of faults of our own; never of refusals. */
  onFault(fault: unknown, requestId: string): void;
}

/** What is known of a request as it goes along; the audit event is made of it. */
export interface Progress {
  readonly requestId: string;
  readonly eventId: string;
  readonly now: number;
  readonly startedAt: number;
  readonly route: Route;
  readonly service: Service | undefined;
  readonly operation: AnyOperation | undefined;
  readonly notes: AuditNotes;
  /** undefined until it was counted, which it is once. */
  isThrottled: boolean | undefined;
  authenticated: Authenticated | undefined;
  requestParameters: unknown;
  /** Why it was denied, for whoever may decode it. Only the caller's copy of the message has it. */
  encodedAuthorizationMessage: string | undefined;
}

/** What the caller gets, before it is encoded. */
export interface Answer {
  readonly progress: Progress;
  readonly output: Output;
  readonly failure: ApiError | undefined;
}

/** The same request from its beginning. It is one request to the throttle, and two events. */
export function begunAgain(progress: Progress, randomness: Randomness): Progress {
  return {
    ...progress,
    eventId: eventIdAt(progress.now, randomness.uuid()),
    notes: emptyNotes(),
    authenticated: undefined,
    requestParameters: undefined,
    encodedAuthorizationMessage: undefined,
  };
}

export function emptyNotes(): AuditNotes {
  return { resources: [], versionId: undefined, responseElements: null, parts: [] };
}
