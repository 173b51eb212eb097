/**
 * Every metric, with its labels: the one list from which `GET /metrics` and
 * docs/reference/metrics.md are made. A label's values come from lists of the vault's own, never
 * from a request: no name of a secret, no ARN and no principal can be among them.
 */

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  readonly says: string;
}

export const families = {
  requests: {
    name: "claviger_requests_total",
    type: "counter",
    labels: ["service", "operation", "outcome"],
    says: "Requests by outcome: ok, denied (AccessDenied), throttled, client_error (any other refusal, failed authentication too) or server_fault. What names no operation of the vault has the operation unknown.",
  },
  requestDuration: {
    name: "claviger_request_duration_seconds",
    type: "histogram",
    labels: ["service", "operation"],
    says: "From a whole request to its reply, the audit event's commit included.",
  },
  throttled: {
    name: "claviger_throttled_total",
    type: "counter",
    labels: ["limit"],
    says: "Requests refused by a limit of --throttle: account, principal or operation.",
  },
  auditGroupEvents: {
    name: "claviger_audit_group_events",
    type: "histogram",
    labels: [],
    says: "Events that were committed together.",
  },
  auditCommitDuration: {
    name: "claviger_audit_commit_duration_seconds",
    type: "histogram",
    labels: [],
    says: "Time to commit a group of events, failed attempts included.",
  },
  auditCommitFailures: {
    name: "claviger_audit_commit_failures_total",
    type: "counter",
    labels: [],
    says: "Groups of events that could not be committed: their requests failed.",
  },
  rowCacheHits: {
    name: "claviger_row_cache_hits_total",
    type: "counter",
    labels: [],
    says: "Rows of the database that were answered from memory.",
  },
  rowCacheMisses: {
    name: "claviger_row_cache_misses_total",
    type: "counter",
    labels: [],
    says: "Rows that had to be read. The hit ratio is hits / (hits + misses).",
  },
  connections: {
    name: "claviger_http_connections",
    type: "gauge",
    labels: [],
    says: "Open connections that have sent a request.",
  },
  requestsUnderWay: {
    name: "claviger_http_requests_under_way",
    type: "gauge",
    labels: [],
    says: "Requests that have arrived and are not answered.",
  },
  eventLoopDelay: {
    name: "nodejs_eventloop_delay_seconds",
    type: "gauge",
    labels: ["quantile"],
    says: "How late the event loop ran since the metrics were last read.",
  },
  cpu: {
    name: "process_cpu_seconds_total",
    type: "counter",
    labels: [],
    says: "User and system CPU time of the process, its threads included.",
  },
  residentMemory: {
    name: "process_resident_memory_bytes",
    type: "gauge",
    labels: [],
    says: "Resident memory of the process.",
  },
  heapUsed: {
    name: "nodejs_heap_size_used_bytes",
    type: "gauge",
    labels: [],
    says: "JavaScript heap of the main thread in use.",
  },
  startTime: {
    name: "process_start_time_seconds",
    type: "gauge",
    labels: [],
    says: "When the process started, in seconds since the epoch.",
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;
