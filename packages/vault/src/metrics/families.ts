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
  failedAuthentications: {
    name: "claviger_failed_authentications_total",
    type: "counter",
    labels: ["outcome"],
    says: "Access keys, signatures and web identity tokens that were wrong, or limited: refused unseen, since too many were wrong before. What has no form that could be checked is not counted here.",
  },
  reruns: {
    name: "claviger_request_reruns_total",
    type: "counter",
    labels: [],
    says: "Requests that were answered once more, since what they had read from memory another node had written in the meantime.",
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
  healthy: {
    name: "claviger_healthy",
    type: "gauge",
    labels: [],
    says: "1 while `GET /health` answers 200.",
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
  certificateExpiry: {
    name: "claviger_tls_certificate_expiry_timestamp_seconds",
    type: "gauge",
    labels: [],
    says: "When the certificate that is served ends, in seconds since the epoch. None where the vault ends no TLS.",
  },
  scheduleLease: {
    name: "claviger_schedule_lease_held",
    type: "gauge",
    labels: [],
    says: "1 on the node that runs the scheduled jobs: its sum over all nodes is 1. Always 1 on the embedded database.",
  },
  databaseReachable: {
    name: "claviger_database_reachable",
    type: "gauge",
    labels: [],
    says: "1 while there is a connection to PostgreSQL, or one can be made. This and all of claviger_database_* only with --database.",
  },
  databaseConnections: {
    name: "claviger_database_connections",
    type: "gauge",
    labels: ["state"],
    says: "Connections to PostgreSQL: in_use, or idle in the pool.",
  },
  databasePosition: {
    name: "claviger_database_position",
    type: "gauge",
    labels: [],
    says: "The change up to which this node's memory is true; 0 while there is nothing in it.",
  },
  databaseLag: {
    name: "claviger_database_lag_changes",
    type: "gauge",
    labels: [],
    says: "Changes of other nodes that this node has heard of and not yet caught up with.",
  },
  rotations: {
    name: "claviger_rotations_total",
    type: "counter",
    labels: ["outcome"],
    says: "Rotations of secrets that succeeded, attempts that failed, and rotations that were abandoned. This and the next two on the node that rotates.",
  },
  rotationsInPhase: {
    name: "claviger_rotations_in_phase",
    type: "gauge",
    labels: ["phase"],
    says: "Rotations that have not ended, by what comes next or is waited for.",
  },
  rotationLaggards: {
    name: "claviger_rotation_laggards",
    type: "gauge",
    labels: [],
    says: "Readers that have not moved to a new version yet, of all overlaps.",
  },
  eventLoopDelay: {
    name: "nodejs_eventloop_delay_seconds",
    type: "gauge",
    labels: ["quantile"],
    says: "How late the event loop ran since the metrics were last read.",
  },
  eventLoopActive: {
    name: "nodejs_eventloop_active_seconds_total",
    type: "counter",
    labels: [],
    says: "Time that the event loop was not waiting: its rate is the utilisation, 1 where there is no time left.",
  },
  gcDuration: {
    name: "nodejs_gc_duration_seconds",
    type: "histogram",
    labels: ["kind"],
    says: "Pauses of the garbage collector by kind: minor, major, incremental or weakcb.",
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
  heapTotal: {
    name: "nodejs_heap_size_total_bytes",
    type: "gauge",
    labels: [],
    says: "JavaScript heap of the main thread that is set aside.",
  },
  heapLimit: {
    name: "nodejs_heap_size_limit_bytes",
    type: "gauge",
    labels: [],
    says: "What that heap may grow to; beyond it the process ends.",
  },
  externalMemory: {
    name: "nodejs_external_memory_bytes",
    type: "gauge",
    labels: [],
    says: "Memory outside of the heap that its objects hold, buffers included.",
  },
  startTime: {
    name: "process_start_time_seconds",
    type: "gauge",
    labels: [],
    says: "When the process started, in seconds since the epoch.",
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;
