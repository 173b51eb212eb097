/**
 * A database's URL as the driver wants it. TLS is what `sslmode` means to PostgreSQL's own tools:
 * `require` encrypts, `verify-full` also proves who answers. No message quotes the URL.
 */
import type pg from "pg";
import { driver } from "./driver.ts";

/** Longest wait for a connection to be made, and for a silent server to answer a statement. */
export const connectMilliseconds = 3_000;
export const answerMilliseconds = 5_000;

/** How long migrations, and whole snapshots, may take. */
export const longMilliseconds = 600_000;

const int8 = 20;

const types: pg.CustomTypesConfig = {
  // Counters and times are far below 2^53.
  getTypeParser: (type, format) =>
    Number(type) === int8 ? Number : driver().types.getTypeParser(type, format),
};

export function connectionSettings(databaseUrl: string): pg.ClientConfig {
  const url = URL.parse(databaseUrl);
  if (url === null) throw new Error("The database's URL is no URL");
  url.searchParams.set("uselibpqcompat", "true");
  return {
    connectionString: url.href,
    application_name: "claviger",
    connectionTimeoutMillis: connectMilliseconds,
    query_timeout: answerMilliseconds,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // What needs no answer of what went before travels in the same round trip.
    pipeline: true,
    types,
  };
}
