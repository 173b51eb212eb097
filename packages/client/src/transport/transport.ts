/**
 * The way out to Parameter Store and Secrets Manager: one call of one operation, once. Retries,
 * caching and patience are the cache's; a transport only says what became of the attempt.
 */

export type Service = "ssm" | "secretsmanager";

export interface Transport {
  /**
   * One attempt, no retries. Resolves with the operation's output as its JSON has it, rejects with
   * TransportError, or with the signal's reason once `signal` is aborted.
   */
  send(
    service: Service,
    operation: string,
    input: object,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>>;
  /** For canonical keys; never waits for the network. */
  readonly region: string;
}

/**
 * `refused`: the service, or the configuration, has decided, and asking again changes nothing.
 * `throttled`: asked too often. `outage`: nothing was decided: the network, a time-out, a failing
 * service, half a reply, or credentials whose source is down.
 */
export type FailureKind = "refused" | "throttled" | "outage";

export interface TransportFailure extends ErrorOptions {
  readonly kind: FailureKind;
  readonly retryAfterMilliseconds?: number | undefined;
  /** No more attempts now: a client of the AWS SDK has made its own, or none may be made. */
  readonly isExhausted?: boolean | undefined;
}

/** Never holds a value: of a request nothing, and of a reply only AWS's code and message. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  /** AWS's code ("ThrottlingException"), or "Unreachable", "TimedOut", "Unreadable". */
  readonly code: string;
  readonly kind: FailureKind;
  /** What the service asked to wait. */
  readonly retryAfterMilliseconds: number | undefined;
  readonly isExhausted: boolean;

  constructor(code: string, message: string, failure: TransportFailure) {
    super(message, failure);
    this.code = code;
    this.kind = failure.kind;
    this.retryAfterMilliseconds = failure.retryAfterMilliseconds;
    this.isExhausted = failure.isExhausted ?? false;
  }
}
