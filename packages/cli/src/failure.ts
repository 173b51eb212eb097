/** How a command fails: `error:` and then `hint:` on standard error, and the exit codes. */
import { CommanderError } from "commander";
import { awsFailure } from "./aws-failure.ts";

export const exitCodes = { done: 0, failed: 1, wrongWords: 2, interrupted: 130 } as const;

/** A failure with what to do about it. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly hint: string;
  readonly exitCode: number;

  constructor(
    message: string,
    hint: string,
    exitCode: number = exitCodes.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Ctrl-C where something was asked. */
export function interrupted(): CommandFailure {
  return new CommandFailure("interrupted", "nothing was changed", exitCodes.interrupted);
}

/**
 * Says what failed on standard error and returns the exit code. `typed` is the command's name,
 * `below` are the names of the commands in it.
 */
export function reportFailure(
  error: unknown,
  typed = "claviger",
  below: readonly string[] = [],
): number {
  const { message, hint, exitCode } = described(error, typed, below);
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  return exitCode;
}

function described(
  error: unknown,
  typed: string,
  below: readonly string[],
): { message: string; hint: string; exitCode: number } {
  if (error instanceof CommandFailure) return error;
  if (error instanceof CommanderError) {
    const message =
      error.code === "commander.help"
        ? `${typed} needs one word more: ${below.join(", ")}`
        : error.message.replace(/^error: /, "").replaceAll("\n", " ");
    return { message, hint: `see ${typed} --help`, exitCode: exitCodes.wrongWords };
  }
  const ofVault = vaultFailure(error);
  if (ofVault !== undefined) return ofVault;
  const asked = awsFailure(error);
  if (asked !== undefined) return { ...asked, exitCode: exitCodes.failed };
  return { message: messageOf(error), hint: hintFor(error), exitCode: exitCodes.failed };
}

/** By name: no command loads the vault only to see whether an error is the vault's. */
function vaultFailure(error: unknown) {
  const { name, message = "", hint } = error as Partial<Error & { readonly hint: string }>;
  if (hint === undefined) return undefined;
  if (name === "ConfigurationError") return { message, hint, exitCode: exitCodes.wrongWords };
  if (name === "RootKeyError" || name === "SnapshotError" || name === "Unavailable") {
    return { message, hint, exitCode: exitCodes.failed };
  }
  return undefined;
}

/** OpenSSL's message begins with its numbers, and has its reason beside. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, reason } = error as NodeJS.ErrnoException & { readonly reason?: string };
  const isOpenSsl = code?.startsWith("ERR_OSSL") && reason !== undefined;
  return isOpenSsl ? `the certificate and its key can't be served: ${reason}` : error.message;
}

/** Also where SQLite met it, in the midst of something else. */
function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode, cause } = error as NodeJS.ErrnoException & { readonly errcode?: number };
  return code === "ENOSPC" || errcode === sqliteFull || isDiskFull(cause);
}

const sqliteFull = 13;

function hintFor(error: unknown): string {
  if (isDiskFull(error)) return "the disk is full: make room on it";
  const code = String((error as NodeJS.ErrnoException | undefined)?.code ?? "");
  if (code.startsWith("ERR_OSSL")) {
    return "check that --tls-cert and --tls-key are PEM files and belong together";
  }
  switch (code) {
    case "EADDRINUSE":
      return "another program listens there; give another --port";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "give --host an address of this machine";
    case "EACCES":
    case "EPERM":
      return "the files belong to somebody else, or the port needs privileges";
    case "EEXIST":
    case "ENOTDIR":
      return "give --data a folder";
    case "EROFS":
      return "the disk can only be read: mount it for writing, or give another --data";
    case "ENOENT":
      return "check the path";
    default:
      break;
  }
  if (error instanceof Error && error.name === "Unavailable") {
    return "check --data: each folder serves one vault, and its databases must be readable";
  }
  return "run it again; if it fails again, report it with this message";
}
