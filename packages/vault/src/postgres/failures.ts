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

/** Nothing was answered, or the server took its leave: whether it did what it was asked is not known. */
export class Unanswered extends Unavailable {}

/**
 * The driver's error without what may hold a value: its detail, its context, its statement. Where
 * it is Unanswered, the connection is of no more use; whatever else was refused has done nothing.
 */
export function failureOf(error: unknown): Error {
  if (!(error instanceof driver().DatabaseError))
    return new Unanswered(unreachedBecause(error), { hint });
  const { code = "", message } = error;
  if (!passing.test(code)) return new PostgresError(`${message} (SQLSTATE ${code})`, code);
  const told = `The database can't serve now: ${message} (SQLSTATE ${code})`;
  return leaving.test(code) ? new Unanswered(told) : new Unavailable(told);
}

const hint =
  "check CLAVIGER_DATABASE or --database: host, port, name, user, password, sslmode and " +
  "sslrootcert; in a password @ is written %40, / %2F, # %23 and % itself %25";

/** As `failureOf`, of an attempt to connect: whatever the reason is, it may pass. */
export function unreachable(error: unknown): Unavailable {
  if (isOfStranger(error)) return new Unavailable(`${unreached}: ${stranger}`, { hint: toTrust });
  return new Unavailable(unreachedBecause(error), { hint });
}

const stranger = "its certificate is of no authority that is trusted here";

const toTrust =
  "add sslrootcert=FILE to the database's URL, with the certificate of the authority that signed " +
  "the server's; if there is one, it names another authority";

/** Node's own words for these advise options of Node. */
function isOfStranger(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && strangers.has(code);
}

const strangers = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_SIGNATURE_FAILURE",
]);

const unreached = "The database can't be reached";

function unreachedBecause(error: unknown): string {
  return `${unreached}: ${reasonOf(error)}`;
}

/** Of a name with several addresses each attempt has a reason of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(", ");
  const message = error instanceof Error ? error.message : String(error);
  // The driver's words for a URL without a password.
  if (/client password must be a string/.test(message)) return "it asks for a password";
  return message;
}
