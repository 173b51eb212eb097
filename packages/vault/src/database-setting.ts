/**
 * Where a vault of many nodes keeps its data, as `--database` names it. The URL holds a password,
 * so no message quotes it.
 */
import { accessSync, constants } from "node:fs";
import { BlockList, isIP } from "node:net";

export interface DatabaseSetting {
  /** `postgres://user:password@host:5432/name?sslmode=verify-full` */
  readonly url: string;
}

export class DatabaseSettingError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

const secureModes = ["require", "verify-ca", "verify-full"];
const modes = ["disable", "allow", "prefer", ...secureModes];

/**
 * The trail and the policies cross the network to the database in the clear, and so may its
 * password: only to this machine that goes without TLS. Throws DatabaseSettingError.
 */
export function parseDatabaseSetting(text: string, isInsecure: boolean): DatabaseSetting {
  const url = URL.parse(text);
  if (url === null || !isOfPostgres(url, text)) {
    throw new DatabaseSettingError(
      "--database is no URL of a PostgreSQL database",
      "give postgres://USER:PASSWORD@HOST:5432/NAME, in which a password has %40 for @, %2F for /, " +
        "%23 for # and %25 for %; best in CLAVIGER_DATABASE: others on this machine can read the " +
        "words of a command",
    );
  }
  const mode = url.searchParams.get("sslmode") ?? "disable";
  if (!modes.includes(mode)) {
    throw new DatabaseSettingError(
      "the database's URL has an sslmode that PostgreSQL doesn't know",
      `give one of ${modes.join(", ")}`,
    );
  }
  checkCertificates(url);
  if (isLocal(url) || secureModes.includes(mode) || isInsecure) return { url: text };
  throw new DatabaseSettingError(
    "the database is on another machine, and the way there is in the clear",
    "add ?sslmode=verify-full (with &sslrootcert=FILE for an authority of your own) to its URL, " +
      "or give --insecure if you accept that",
  );
}

/** The driver would take one that is missing for a database that can't be reached. */
function checkCertificates({ searchParams }: URL): void {
  for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
    const path = searchParams.get(name);
    if (path === null) continue;
    try {
      accessSync(path, constants.R_OK);
    } catch {
      throw new DatabaseSettingError(
        `${name} of the database's URL names no file that can be read: ${path}`,
        "give the path of a PEM file that this user may read",
      );
    }
  }
}

/** A password that wasn't percent-encoded goes on in the path, or behind a #. */
function isOfPostgres({ pathname, hash }: URL, text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text) && /^(?:\/[^/@]*)?$/.test(pathname) && hash === "";
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** A socket of this machine, or a loopback address. */
function isLocal({ hostname, searchParams }: URL): boolean {
  const host = (searchParams.get("host") ?? hostname).replace(/^\[(.*)\]$/, "$1");
  if (host === "" || host === "localhost" || host.startsWith("/")) return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 4 ? "ipv4" : "ipv6");
}
