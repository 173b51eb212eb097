/** Databases of a test's own on a PostgreSQL server that it shares with other tests. */
import { randomBytes } from "node:crypto";
import { Client } from "pg";

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

/** Removes a database of `createDatabase`, and whoever is still connected to it. */
export async function dropDatabase(server: string, database: string): Promise<void> {
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
