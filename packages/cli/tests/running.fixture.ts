/** `claviger run` while it runs: what it prints as it comes, and how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cleanEnvironment } from "../../../tools/harness/vault-process.ts";
import { command } from "./typed-here.fixture.ts";

export interface Running {
  readonly child: ChildProcess;
  /** Both streams, as they came. */
  printed(): string;
  /** Resolves when all of this has been printed; rejects if it ends before. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves with the exit code, and null after a signal. */
  readonly ended: Promise<number | null>;
}

export function startRunning(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Running {
  const child = spawn(command, ["run", ...words], {
    env: { ...cleanEnvironment(), ...environment, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => {
      printed += piece;
      child.emit("printed");
    });
  }
  const ended = once(child, "close").then(([code]) => code);
  return {
    child,
    printed: () => printed,
    ended,
    async until(pattern) {
      while (!pattern.test(printed)) {
        const isOver = await Promise.race([
          once(child, "printed").then(() => false),
          ended.then(() => true),
        ]);
        if (isOver && !pattern.test(printed))
          throw new Error(`ended without ${pattern}:\n${printed}`);
      }
    },
  };
}
