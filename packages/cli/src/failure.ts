/** How a command fails: `error:` and then `hint:` on standard error, and the exit codes. */
import { ConfigurationError, RootKeyError } from "@claviger/vault";
import { CommanderError } from "commander";

export const exitCodes = { done: 0, failed: 1, wrongWords: 2, interrupted: 130 } as const;

/** A failure with what to do about it. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly hint: string;
  readonly exitCode: number;

  constructor(message: string, hint: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Says what failed on standard error and returns the exit code. */
export function reportFailure(error: unknown): number {
  const { message, hint, exitCode } = described(error);
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  return exitCode;
}

function described(error: unknown): { message: string; hint: string; exitCode: number } {
  if (error instanceof CommandFailure) return error;
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, "");
    return { message, hint: "see claviger --help", exitCode: exitCodes.wrongWords };
  }
  if (error instanceof ConfigurationError) {
    return { message: error.message, hint: error.hint, exitCode: exitCodes.wrongWords };
  }
  if (error instanceof RootKeyError) {
    return { message: error.message, hint: error.hint, exitCode: exitCodes.failed };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, hint: hintFor(error), exitCode: exitCodes.failed };
}

function hintFor(error: unknown): string {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case "EADDRINUSE":
      return "another program listens there; give another --port";
    case "EACCES":
    case "EPERM":
      return "the files belong to somebody else, or the port needs privileges";
    case "ENOENT":
      return "check the path";
    default:
      return "run it again; if it fails again, report it with this message";
  }
}
