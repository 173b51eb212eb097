/** What a herd of clients is given, and what it tells. */
import type { SignedRequest } from "../../bench/signed-request.ts";

/** Of a reply, connecting and a TLS handshake included. */
export const patienceMilliseconds = 20_000;

export interface HerdPlan {
  readonly url: string;
  /** Whom to believe about the server's certificate. */
  readonly ca: string | undefined;
  /** One for each client. */
  readonly requests: readonly SignedRequest[];
}

export interface HerdReport {
  /** Clients that were answered with 200 before the restart, and again after it. */
  readonly servedBefore: number;
  readonly servedAgain: number;
  /** Tries that were turned away between the loss of the first connection and the first reply, by why. */
  readonly turnedAwayWhileDown: Readonly<Record<string, number>>;
  /** The same of tries that began after that first reply, and of all that took too long. */
  readonly failed: Readonly<Record<string, number>>;
  /** From a try's beginning to its reply, after the restart. */
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly maxMilliseconds: number;
  /** From the first reply after the restart to the last. */
  readonly allServedMilliseconds: number;
}
