/** Waiting in tests: for as long as a busy machine may take, since nobody waits that long where all is well. */
import { vi } from "vitest";

const patience = { timeout: 30_000, interval: 20 };

/** What `check` returns, once it throws nothing any more; the last error after half a minute. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, patience);
}
