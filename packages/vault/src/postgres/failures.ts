/** What went wrong, in the two words that callers know: unavailable for now, or wrong for good. */
import { Unavailable } from "../unavailable.ts";
import { driver } from "./driver.ts";

/** PostgreSQL refused a statement, and would again. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  /** The SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Of SQLSTATE: connections, a server that takes no writes, transactions that took too long or lost
 * to others, no memory or disk, locks, cancelled or shut down, broken files or pages.
 */
const passing = /^(?:08|25006|25P0[34]|40|53|55P03|57|58|XX)/;

/** A server that says so is going away, has given us up, or no longer takes writes. */
const leaving = /^(?:08|25006|25P0[34]|57P0[1-5])/;

/** The driver's error without what may hold a value: its detail, its context, its statement. */
export function failureOf(error: unknown): Error {
  if (!(error instanceof driver().DatabaseError)) return unreachable(error);
  const { code = "", message } = error;
  if (!passing.test(code)) return new PostgresError(`${message} (SQLSTATE ${code})`, code);
  return new Unavailable(`The database can't serve now: ${message} (SQLSTATE ${code})`);
}

const hint =
  "check CLAVIGER_DATABASE or --database: host, port, name, user, password and sslmode; in a " +
  "password @ is written %40, / %2F, # %23 and % itself %25";

/** As `failureOf`, of an attempt to connect: whatever the reason is, it may pass. */
export function unreachable(error: unknown): Unavailable {
  return new Unavailable(`The database can't be reached: ${reasonOf(error)}`, { hint });
}

/** Whether the connection is of no more use: nothing was answered, or the server takes its leave. */
export function isLost(error: unknown): boolean {
  return !(error instanceof driver().DatabaseError) || leaving.test(error.code ?? "");
}

/** Of a name with several addresses each attempt has a reason of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(", ");
  const message = error instanceof Error ? error.message : String(error);
  // The driver's words for a URL without a password.
  if (/client password must be a string/.test(message)) return "it asks for a password";
  return message;
}
