/**
 * A child's output on its way to ours, without the values that were read: `[redacted]` stands in
 * their place. What can be no part of a value is passed on at once, and no faster than it is taken.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { redactStream, remember, shortestMasked } from "@claviger/client/redaction";
import type { Values } from "../stores/read-many.ts";
import { printed } from "../stores/reference.ts";
import type { Injected } from "./injected.ts";

/**
 * Has these masked from now on, wherever they were read. Returns the variables whose values are too
 * short for that: such text stands all over an output by chance.
 */
export function maskValues(injected: readonly Injected[], values: Values): readonly string[] {
  for (const value of values.values()) remember(value);
  return injected.flatMap(({ name, value }) => {
    const text = typeof value === "string" ? undefined : values.get(printed(value));
    return text !== undefined && text.length < shortestMasked ? [name] : [];
  });
}

/** Resolves when all is written; at once where the child has our own streams. */
export async function passOnRedacted(child: ChildProcess): Promise<void> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) return;
  // Whoever reads our output may leave, and we with them: then the child must not go on alone.
  const end = () => child.kill("SIGPIPE");
  process.once("exit", end);
  await Promise.all([passOn(stdout, process.stdout), passOn(stderr, process.stderr)]);
  process.off("exit", end);
}

async function passOn(from: Readable, to: NodeJS.WriteStream): Promise<void> {
  for await (const piece of from.pipe(redactStream())) {
    if (!to.write(piece)) await once(to, "drain");
  }
  await new Promise<void>((resolve) => to.write("", () => resolve()));
}
