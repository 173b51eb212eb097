/**
 * The structured log. It can't hold a value or a credential, since nothing reaches it but the
 * named fields below, each a number or a short word: no headers, no bodies, no messages of errors
 * (those quote what a caller sent, or what a parser choked on).
 */
import pino from "pino";
import { ApiError } from "../errors.ts";
import { Unavailable } from "../unavailable.ts";

/** All that a line may say beside its message, which is always a constant of the source. */
export interface LogFields {
  readonly requestId?: string | undefined;
  readonly status?: number | undefined;
  readonly url?: string | undefined;
  readonly version?: string | undefined;
  readonly count?: number | undefined;
  /** Of a notice: its kind, what it is about, whose that is, and when it fell due; a certificate's end. */
  readonly kind?: string | undefined;
  readonly arn?: string | undefined;
  readonly owner?: string | undefined;
  readonly dueAt?: string | undefined;
  readonly detail?: string | undefined;
}

export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /**
   * Something of ours failed: its class, its code and where, and the same of its causes. Of a
   * database that can't be used, which every request meets then, that it is so.
   */
  fault(fault: unknown, fields?: LogFields): void;
  /** Writes what waits. */
  flush(): void;
}

export interface LoggerOptions {
  /** A file descriptor, a file, or nowhere. */
  readonly to: number | string | "nowhere";
  /** The least that is written; "info" by default. */
  readonly level?: "info" | "warn" | undefined;
}

// Beyond this a reader that doesn't read loses lines, rather than the process its memory.
const waitingBytesMax = 4 * 1024 * 1024;

export function createLogger({ to, level = "info" }: LoggerOptions): Logger {
  if (to === "nowhere") return silent;
  const destination = pino.destination({ dest: to, sync: false, maxLength: waitingBytesMax });
  // A log that can't be written must not take the vault down with it.
  destination.on("error", () => {});
  const lines = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  return {
    info: (message, fields) => lines.info(named(fields), message),
    warn: (message, fields) => lines.warn(named(fields), message),
    fault: (fault, fields) => {
      if (isOutage(fault)) lines.error(named(fields), "Unavailable: GET /health says why");
      else {
        lines.error(
          { ...named(fields), fault: describeFault(fault) },
          "A fault of the vault's own",
        );
      }
    },
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // The destination never opened or is gone: there is nobody left to tell.
      }
    },
  };
}

const silent: Logger = { info() {}, warn() {}, fault() {}, flush() {} };

const fieldNames = [
  "requestId",
  "status",
  "url",
  "version",
  "count",
  "kind",
  "arn",
  "owner",
  "dueAt",
  "detail",
] as const satisfies readonly (keyof LogFields)[];

const wordCharactersMax = 200;
/** What a notice asks somebody to do. */
const detailCharactersMax = 1200;

/** Picks by name, so that an object with more members than its type says brings nothing along. */
function named(fields: LogFields = {}): Record<string, string | number> {
  const picked: Record<string, string | number> = {};
  for (const name of fieldNames) {
    const value = fields[name];
    if (typeof value === "number") picked[name] = value;
    if (typeof value !== "string") continue;
    picked[name] = value.slice(0, name === "detail" ? detailCharactersMax : wordCharactersMax);
  }
  return picked;
}

function isOutage(fault: unknown): boolean {
  return fault instanceof Unavailable || (fault instanceof ApiError && isOutage(fault.cause));
}

export interface FaultDescription {
  readonly class: string;
  readonly code?: string;
  readonly frames: readonly string[];
  readonly cause?: FaultDescription;
}

const causesMax = 4;
const framesMax = 20;

/** What may be told of anything thrown. Exported for its test. */
export function describeFault(fault: unknown, depth = 0): FaultDescription {
  if (!(fault instanceof Error)) return { class: typeof fault, frames: [] };
  const { cause } = fault;
  const code = (fault as { readonly code?: unknown }).code;
  return {
    class: word(fault.constructor?.name) ?? "Error",
    ...(word(code) !== undefined && { code: word(code) as string }),
    frames: framesOf(fault),
    ...(cause !== undefined && depth < causesMax && { cause: describeFault(cause, depth + 1) }),
  };
}

/** Identifiers only: `ERR_SQLITE_ERROR`, `NoSuchEntity`; a sentence is none. */
function word(text: unknown): string | undefined {
  return typeof text === "string" && /^\w{1,64}$/.test(text) ? text : undefined;
}

/**
 * The stack without the message at its head. A message may have lines that look like frames, so
 * exactly it is cut off; where the head isn't a class's name and the message, nothing is told.
 */
function framesOf({ message, stack = "" }: Error): string[] {
  const headEnd = message === "" ? "\n" : `: ${message}\n`;
  const at = stack.indexOf(headEnd);
  if (at < 0 || !/^[\w$.]+( \[\w+\])?$/.test(stack.slice(0, at))) return [];
  return stack
    .slice(at + headEnd.length)
    .split("\n")
    .filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line))
    .slice(0, framesMax)
    .map((line) => line.trim());
}
