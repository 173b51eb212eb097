/**
 * Counts what the vault does, for `GET /metrics`. Counting costs a look-up and two additions a
 * request; all else is done when somebody reads.
 */
import type { ApiError } from "../errors.ts";
import { exposition, type Sample } from "./exposition.ts";
import { countBounds, durationBounds, Histogram } from "./histogram.ts";
import { NodeMetrics } from "./node-metrics.ts";
import { one, ProcessMetrics } from "./process-metrics.ts";
import { RotationMetrics } from "./rotation-metrics.ts";

const outcomes = ["ok", "denied", "throttled", "client_error", "server_fault"] as const;
type Outcome = (typeof outcomes)[number];

/** What is known of the listener at the moment. */
export interface Traffic {
  /** Whether `GET /health` answers 200. */
  readonly isHealthy: boolean;
  readonly connections: number;
  readonly requestsUnderWay: number;
  /** In milliseconds since the epoch; undefined where the vault ends no TLS. */
  readonly certificateExpiresAt?: number | undefined;
}

/** Counted by the row cache itself, since it is asked many times a request. */
export interface CacheUses {
  hits: number;
  misses: number;
}

/** Counted by the limit of failed authentications. */
export interface Guesses {
  wrong: number;
  limited: number;
}

interface NamedService {
  readonly name: string;
  readonly operations: readonly { readonly name: string }[];
}

/** The requests for one operation. */
interface Answered {
  readonly labels: readonly [service: string, operation: string];
  readonly counts: Record<Outcome, number>;
  readonly duration: Histogram;
}

export class Metrics {
  readonly rowCache: CacheUses = { hits: 0, misses: 0 };
  readonly guesses: Guesses = { wrong: 0, limited: 0 };
  /** Asked when somebody reads. On the embedded database there is nothing to ask. */
  readonly nodes: NodeMetrics = new NodeMetrics();
  readonly rotations: RotationMetrics = new RotationMetrics();
  /** By operation: as many as there are, whatever is asked for. */
  readonly #answered: ReadonlyMap<object, Answered>;
  readonly #unknown = answered("unknown", "unknown");
  readonly #throttled = new Map<string, number>();
  readonly #groupEvents = new Histogram(countBounds);
  readonly #commitDuration = new Histogram(durationBounds);
  #commitFailures = 0;
  #reruns = 0;
  readonly #process = new ProcessMetrics();

  constructor(services: readonly NamedService[], limits: readonly string[]) {
    this.#answered = new Map(
      services.flatMap(({ name, operations }) =>
        operations.map((operation) => [operation, answered(name, operation.name)]),
      ),
    );
    for (const limit of limits) this.#throttled.set(limit, 0);
  }

  /** A reply is ready; `operation` is undefined where the request named none that is here. */
  countReply(
    operation: object | undefined,
    failure: ApiError | undefined,
    milliseconds: number,
  ): void {
    const of = (operation && this.#answered.get(operation)) ?? this.#unknown;
    of.counts[outcomeOf(failure)] += 1;
    of.duration.observe(milliseconds / 1000);
  }

  countThrottled(limit: string): void {
    this.#throttled.set(limit, (this.#throttled.get(limit) ?? 0) + 1);
  }

  /** A group of the audit log has ended, well or not. */
  countAuditGroup(events: number, milliseconds: number, isCommitted: boolean): void {
    if (isCommitted) this.#groupEvents.observe(events);
    else this.#commitFailures += 1;
    this.#commitDuration.observe(milliseconds / 1000);
  }

  /** A request is run once more: what it had read was outdated. */
  countRerun(): void {
    this.#reruns += 1;
  }

  /** Prometheus' text. */
  text({ isHealthy, connections, requestsUnderWay, certificateExpiresAt }: Traffic): string {
    const seen = [...this.#answered.values(), this.#unknown].filter(({ counts }) =>
      outcomes.some((outcome) => counts[outcome] > 0),
    );
    return exposition({
      requests: seen.flatMap(({ labels, counts }) =>
        outcomes.map((outcome) => one(counts[outcome], ...labels, outcome)),
      ),
      requestDuration: seen.map(({ labels, duration }): Sample => ({ labels, value: duration })),
      throttled: [...this.#throttled].map(([limit, count]) => one(count, limit)),
      failedAuthentications: [
        one(this.guesses.wrong, "wrong"),
        one(this.guesses.limited, "limited"),
      ],
      reruns: [one(this.#reruns)],
      auditGroupEvents: [{ labels: [], value: this.#groupEvents }],
      auditCommitDuration: [{ labels: [], value: this.#commitDuration }],
      auditCommitFailures: [one(this.#commitFailures)],
      rowCacheHits: [one(this.rowCache.hits)],
      rowCacheMisses: [one(this.rowCache.misses)],
      healthy: [one(Number(isHealthy))],
      connections: [one(connections)],
      requestsUnderWay: [one(requestsUnderWay)],
      certificateExpiry: certificateExpiresAt ? [one(certificateExpiresAt / 1000)] : [],
      ...this.nodes.samples(),
      ...this.rotations.samples(),
      ...this.#process.samples(),
    });
  }

  close(): void {
    this.#process.close();
  }
}

function answered(service: string, operation: string): Answered {
  return {
    labels: [service, operation],
    counts: { ok: 0, denied: 0, throttled: 0, client_error: 0, server_fault: 0 },
    duration: new Histogram(durationBounds),
  };
}

function outcomeOf(failure: ApiError | undefined): Outcome {
  if (failure === undefined) return "ok";
  if (failure.fault === "server") return "server_fault";
  if (failure.code === "AccessDenied") return "denied";
  return failure.code === "Throttling" ? "throttled" : "client_error";
}
