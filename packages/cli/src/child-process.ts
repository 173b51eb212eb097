/**
 * A command as a child that stands in for us: it has our terminal and streams, gets the signals
 * that we get, and its exit code is ours.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { CommandFailure } from "./failure.ts";

const forwarded = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
] as const;

/**
 * A terminal sends these to all processes in its foreground, so the child has had them already;
 * many servers take a second Ctrl-C as "at once".
 */
const sentByTerminals = new Set<NodeJS.Signals>(["SIGINT", "SIGQUIT", "SIGWINCH"]);

/** As shells have them: 127 for a command that isn't there, 126 for one that can't be run. */
const notFoundCode = 127;
const notExecutableCode = 126;

/**
 * Resolves with the child's exit code, 128 + n after signal n. `prepare` makes what the child
 * needs: signals wait from before it until the child is there. Throws CommandFailure.
 */
export function runChild(
  command: string,
  words: readonly string[],
  prepare: () => NodeJS.ProcessEnv,
): Promise<number> {
  const hasTerminal = [0, 1, 2].some((file) => isatty(file));
  return new Promise((resolve, reject) => {
    const forward = (signal: NodeJS.Signals) => {
      if (!hasTerminal || !sentByTerminals.has(signal)) child.kill(signal);
    };
    // Nothing is awaited before `child` is there, so no signal is forwarded before.
    for (const signal of forwarded) process.on(signal, forward);
    const end = () => {
      for (const signal of forwarded) process.off(signal, forward);
    };
    const child = spawn(command, words, { stdio: "inherit", env: prepare() });
    child.once("error", (error: NodeJS.ErrnoException) => {
      end();
      reject(notStarted(command, error));
    });
    child.once("exit", (code, signal) => {
      end();
      resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
    });
  });
}

function notStarted(command: string, cause: NodeJS.ErrnoException): CommandFailure {
  return cause.code === "ENOENT"
    ? new CommandFailure(`${command}: not found`, "check its name and PATH", notFoundCode, {
        cause,
      })
    : new CommandFailure(
        `${command} can't be run: ${cause.code}`,
        "it must be a program that you may execute",
        notExecutableCode,
        { cause },
      );
}
