/**
 * Preloaded into the function's process: answers each message with where the timers that the client
 * library has started, and nobody has ended, were started. A timer of an earlier invocation would go
 * off in a later one.
 */
import { createHook } from "node:async_hooks";

const alive = new Map<number, string>();

createHook({
  init(id, type) {
    if (type !== "Timeout") return;
    const { stack = "" } = new Error("started here");
    // Node's own fetch keeps timers for its connections.
    if (stack.includes("/packages/client/src/") && !stack.includes("undici")) alive.set(id, stack);
  },
  destroy(id) {
    alive.delete(id);
  },
}).enable();
Error.stackTraceLimit = 30;

process.on("message", () => process.send?.([...alive.values()]));
process.channel?.unref();
