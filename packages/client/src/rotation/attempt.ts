/** One call with one value: what came of it, and whether that says the value is refused. */
import type { Secret } from "../secret.ts";
import { type Refusal, refusalIn } from "./refusal.ts";

export interface Attempt<Result> {
  readonly refusal: Refusal;
  /** Returns what the call returned, or throws what it threw. */
  unwrap(): Result;
  /** Nobody will look at what it returned. */
  discard(): void;
}

export async function attempt<T, Result>(
  call: (value: T) => Promise<Result>,
  secret: Secret<T>,
  isRefused: ((answer: unknown) => boolean) | undefined,
): Promise<Attempt<Result>> {
  const refusalOf = (answer: unknown) => (isRefused?.(answer) ? "refused" : refusalIn(answer));
  try {
    const result = await call(secret.reveal());
    return { refusal: refusalOf(result), unwrap: () => result, discard: () => drain(result) };
  } catch (error) {
    const unwrap = () => {
      throw error;
    };
    return { refusal: refusalOf(error), unwrap, discard: () => {} };
  }
}

/** A Response that nobody reads, be it fetch's or undici's, would keep its connection. */
function drain(result: unknown): void {
  const { body } = Object(result) as { body?: Partial<ReadableStream> | null };
  if (typeof body?.cancel === "function") body.cancel().catch(() => {});
}
