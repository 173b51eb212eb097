/** Databases of a test's own on a PostgreSQL server that it shares with other tests. */
import { randomBytes } from "node:crypto";
import { Client } from "pg";

export interface OwnDatabase {
  readonly url: string;
  /** Removes it, and whoever is still connected to it. */
  drop(): Promise<void>;
}

/** For a vault of a test: undefined unless the tests run on PostgreSQL. */
export async function databaseOfRun(): Promise<OwnDatabase | undefined> {
  return process.env.CLAVIGER_TESTS_ON_POSTGRES === "1" ? ownDatabase() : undefined;
}

/** An empty database on the server that all tests share. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const server = process.env.CLAVIGER_TESTS_POSTGRES;
  if (server === undefined) throw new Error("no PostgreSQL was started for this run of tests");
  const url = await createDatabase(server);
  return { url, drop: () => dropDatabase(server, url) };
}

/**
 * Makes an empty database on the server, whose superuser's URL is given, and returns its own URL:
 * of a user who owns it and may do nothing else there.
 */
export async function createDatabase(server: string): Promise<string> {
  const name = `claviger_${randomBytes(6).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  await asSuperuser(server, [
    `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${name} OWNER ${name}`,
  ]);
  return Object.assign(new URL(server), { username: name, password, pathname: name }).href;
}

async function dropDatabase(server: string, database: string): Promise<void> {
  const { username } = new URL(database);
  await asSuperuser(server, [`DROP DATABASE ${username} WITH (FORCE)`, `DROP ROLE ${username}`]);
}

async function asSuperuser(server: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
