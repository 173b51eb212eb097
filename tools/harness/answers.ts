/**
 * Keeps account of what clients were answered: which requests, so that the trail can be asked for
 * them, and every answer that needs an excuse. SDK clients that try once only, so nothing hides.
 */
import type { IncomingHttpHeaders } from "node:http";

/** What every output and error of an SDK client carries. */
export interface Answered {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

export type Answer<Output> =
  | { readonly kind: "ok"; readonly output: Output }
  /** The vault answered that it won't: a decision, in its trail like any other. */
  | { readonly kind: "refused"; readonly code: string }
  /** Somebody has to explain it: an injection, or nobody can. */
  | { readonly kind: "failed" };

/** An answer, or none, that no client likes. Moments are of `performance.now()`. */
export interface Trouble {
  readonly node: string;
  readonly operation: string;
  /** "unavailable": 503 with Retry-After. "unanswered": no reply. "wrong": never right. */
  readonly kind: "unavailable" | "unanswered" | "wrong";
  readonly what: string;
  readonly sentAt: number;
  readonly endedAt: number;
}

export interface Tally {
  answered: number;
  failed: number;
  readonly milliseconds: number[];
}

export class Answers {
  /** Every request that was answered, by its id: with which refusal, or undefined for a success. */
  readonly requests = new Map<string, string | undefined>();
  readonly troubles: Trouble[] = [];
  readonly tallies = new Map<string, Tally>();

  /** Never throws; `operation` is for the report. */
  async take<Output extends Answered>(
    node: string,
    operation: string,
    request: () => Promise<Output>,
  ): Promise<Answer<Output>> {
    const sentAt = performance.now();
    const tally = this.#tally(operation);
    const answer = await request().then(
      (output): Answer<Output> => {
        this.requests.set(output.$metadata.requestId ?? "", undefined);
        return { kind: "ok", output };
      },
      (error) => this.failure(error, { node, operation, sentAt }),
    );
    if (answer.kind === "failed") tally.failed++;
    else {
      tally.answered++;
      tally.milliseconds.push(performance.now() - sentAt);
    }
    return answer;
  }

  #tally(operation: string): Tally {
    const tally = this.tallies.get(operation) ?? { answered: 0, failed: 0, milliseconds: [] };
    this.tallies.set(operation, tally);
    return tally;
  }

  /** The same for an error that was caught elsewhere. */
  failure(
    error: unknown,
    asked: Pick<Trouble, "node" | "operation" | "sentAt">,
  ): Exclude<Answer<never>, { kind: "ok" }> {
    const { $metadata, name, message } = error as Failure;
    const { httpStatusCode: status = 0, requestId } = $metadata ?? {};
    if (status >= 400 && status < 500) {
      this.requests.set(requestId ?? "", name);
      return { kind: "refused", code: name };
    }
    const kind = kindOf(error as Failure, status);
    const what = `${status || ""} ${name}: ${message}`.trim();
    this.troubles.push({ ...asked, kind, what, endedAt: performance.now() });
    return { kind: "failed" };
  }
}

interface Failure extends Error, Partial<Answered> {
  readonly $response?: { readonly headers?: IncomingHttpHeaders };
}

function kindOf(error: Failure, status: number): Trouble["kind"] {
  // Only what came from the handler that talks to the network has metadata: no mistake of ours.
  if (status === 0) return error.$metadata === undefined ? "wrong" : "unanswered";
  const retryAfter = error.$response?.headers?.["retry-after"];
  return status === 503 && retryAfter !== undefined ? "unavailable" : "wrong";
}
