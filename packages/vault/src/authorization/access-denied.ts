/** The refusal that `authorize()` throws: AWS's AccessDenied, which can say why. */
import { ApiError } from "../errors.ts";
import type { Trace } from "./explain.ts";

/** Why `thrown` is a denial: its own trace, or that of the refusal which it passes on. */
export function traceOf(thrown: unknown): Trace | undefined {
  if (thrown instanceof AccessDenied) return thrown.trace;
  return thrown instanceof ApiError ? traceOf(thrown.cause) : undefined;
}

/** Which policy was missing or denied is in the message; the whole of it is in the trace. */
export class AccessDenied extends ApiError {
  readonly #explain: () => Trace;

  constructor(message: string, explain: () => Trace) {
    super("AccessDenied", message);
    this.#explain = explain;
  }

  /** Made when it is asked for: an operation that swallows a denial does not pay for it. */
  get trace(): Trace {
    return this.#explain();
  }
}
