/**
 * A database credential as Secrets Manager keeps it: AWS's members, and whatever else its owner
 * put there, which stays.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
import { randomInt } from "node:crypto";
import { isIP } from "node:net";
import { RotationFailure } from "../rotator.ts";

export interface DatabaseSecret {
  readonly engine: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly dbname: string | undefined;
  /** Of the secret whose user may change this one's password. */
  readonly masterarn: string | undefined;
  /** False: no TLS. */
  readonly tls: Tls | false;
}

/** The server's certificate and name are always checked. */
interface Tls {
  /** PEM, of whoever vouches for the server; else those that Node trusts. */
  readonly ca?: string;
}

/** Throws RotationFailure, which names the member. */
export function parseDatabaseSecret(value: string, defaultPort: number): DatabaseSecret {
  const members = membersOf(value);
  const host = required(members, "host");
  return {
    engine: optional(members, "engine"),
    host,
    port: portOf(members.port) ?? defaultPort,
    username: required(members, "username"),
    password: required(members, "password"),
    dbname: optional(members, "dbname"),
    masterarn: optional(members, "masterarn"),
    tls: tlsOf(members.ssl, host),
  };
}

export function isSameServer(one: DatabaseSecret, other: DatabaseSecret): boolean {
  return one.host === other.host && one.port === other.port;
}

/** The same secret for another login. */
export function withLogin(value: string, username: string, password: string): string {
  return JSON.stringify({ ...membersOf(value), username, password });
}

const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
const classes = [/[A-Z]/, /[a-z]/, /[0-9]/, /[-._~]/];

/**
 * A new one of 190 bits: of each kind of character that servers ask for, and of none that a URL, a
 * shell or a file of variables would have to quote.
 */
export function newPassword(): string {
  for (;;) {
    const password = Array.from({ length: 32 }, () => characters[randomInt(characters.length)]);
    const text = password.join("");
    if (classes.every((characterClass) => characterClass.test(text))) return text;
  }
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(value: string): Members {
  try {
    const members: unknown = JSON.parse(value);
    if (typeof members === "object" && members !== null && !Array.isArray(members)) {
      return members as Members;
    }
  } catch {
    // The parser's own words would quote the value.
  }
  throw new RotationFailure("The secret must be a JSON object with host, username and password.");
}

function required(members: Members, name: string): string {
  const value = optional(members, name);
  if (value === undefined) throw new RotationFailure(`The secret has no ${name}.`);
  return value;
}

function optional(members: Members, name: string): string | undefined {
  const value = members[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw new RotationFailure(`The secret's ${name} must be a text.`);
}

/** A number, or as AWS's console writes it, the text of one. */
function portOf(port: unknown): number | undefined {
  if (port === undefined || port === null || port === "") return undefined;
  const number = Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new RotationFailure("The secret's port must be a number from 1 to 65535.");
}

/**
 * `true`, `false`, or `{"ca": "PEM"}`. Left out, only a server on this machine is talked to
 * without TLS: to fall back to plain text, as AWS's functions do, is what an attacker would force.
 */
function tlsOf(ssl: unknown, host: string): Tls | false {
  if (ssl === undefined || ssl === null || ssl === "") return isLoopback(host) ? false : {};
  if (ssl === false || ssl === "false") return false;
  if (ssl === true || ssl === "true") return {};
  const { ca } = typeof ssl === "object" ? (ssl as { ca?: unknown }) : {};
  if (typeof ca === "string") return { ca };
  throw new RotationFailure(
    'The secret\'s ssl must be true, false or {"ca": "a PEM certificate"}.',
  );
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}
