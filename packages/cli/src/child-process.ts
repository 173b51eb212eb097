/**
 * A command as a child that stands in for us: it has our terminal and streams, gets the signals
 * that we get, and its exit code is ours.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { CommandFailure } from "./failure.ts";
import { passOnRedacted } from "./running/redacted-output.ts";

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

export interface ChildOptions {
  readonly command: string;
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Its output passes through us, without the values that this process has read. */
  readonly isRedacted: boolean;
}

export interface Child {
  /** Resolves with its exit code, 128 + n after signal n. Rejects with CommandFailure. */
  readonly ended: Promise<number>;
  /** Resolves once all of its output has been passed on, also that of what it left running. */
  readonly flushed: Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** At once. */
export function startChild({ command, words, environment, isRedacted }: ChildOptions): Child {
  const child = spawn(command, words, {
    stdio: isRedacted ? ["inherit", "pipe", "pipe"] : "inherit",
    env: environment,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => reject(notStarted(command, error)));
    child.once("exit", (code, signal) => {
      resolve(signal === null ? (code ?? 0) : 128 + constants.signals[signal]);
    });
  });
  return { ended, flushed: passOnRedacted(child), kill: (signal) => void child.kill(signal) };
}

/**
 * Has whatever signal comes told, but for those that a child has had from the terminal, until the
 * returned function is called. While it lasts no signal ends this process.
 */
export function forwardSignals(tell: (signal: NodeJS.Signals, hasIt: boolean) => void): () => void {
  const hasTerminal = [0, 1, 2].some((file) => isatty(file));
  const forward = (signal: NodeJS.Signals) =>
    tell(signal, hasTerminal && sentByTerminals.has(signal));
  for (const signal of forwarded) process.on(signal, forward);
  return () => {
    for (const signal of forwarded) process.off(signal, forward);
  };
}

function notStarted(command: string, cause: NodeJS.ErrnoException): CommandFailure {
  const [message, hint, exitCode] =
    cause.code === "ENOENT"
      ? [`${command}: not found`, "check its name and PATH", notFoundCode]
      : cause.code === "E2BIG"
        ? [`${command}: its variables and words are too long`, "give it fewer", notExecutableCode]
        : [
            `${command} can't be run: ${cause.code}`,
            "it must be a program that you may execute",
            notExecutableCode,
          ];
  return new CommandFailure(message, hint, exitCode, { cause });
}
