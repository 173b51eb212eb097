/** A client on a store in memory, and time for what waits for nothing else. */
import { setImmediate as turn } from "node:timers/promises";
import { type CacheSettings, secretsOver } from "./create-secrets.ts";
import { MemoryStore } from "./testing/memory-store.ts";

export { MemoryStore, outage, refused } from "./testing/memory-store.ts";

/** A client on such a store, with a clock that the test moves. */
export function clientOfMemory(options: CacheSettings = {}) {
  const store = new MemoryStore();
  const clock = { milliseconds: 1_000_000 };
  const { secrets, entries } = secretsOver(store, {
    clock: () => clock.milliseconds,
    ...options,
  });
  return { store, clock, secrets, entries };
}

/** Lets everything happen that waits for nothing but the store. */
export async function settle(): Promise<void> {
  for (let each = 0; each < 6; each++) await turn();
}
