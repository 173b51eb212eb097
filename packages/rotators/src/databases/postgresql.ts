/** Users of PostgreSQL, and of what speaks its protocol and knows its roles. */
import pg from "pg";
import { RotationFailure, type Rotator } from "../rotator.ts";
import { cloneRole } from "./clone-role.ts";
import type { DatabaseEngine, DatabaseSession } from "./database-engine.ts";
import { databaseUser } from "./database-user.ts";
import { LoginRefused } from "./login.ts";
import { type PasswordEncryption, storedPassword } from "./stored-password.ts";

const { escapeIdentifier, escapeLiteral } = pg;

const engine: DatabaseEngine = {
  name: "PostgreSQL",
  type: "PostgreSQLUser",
  engines: ["postgres", "postgresql", "aurora-postgresql"],
  defaultPort: 5432,
  usernameLengthMax: 63,
  standing: "tested against the real thing",
  documentation: "https://www.postgresql.org/docs/current/sql-alterrole.html",

  async connect({ host, port, username, password, dbname = "postgres", tls }) {
    const client = new pg.Client({
      host,
      port,
      user: username,
      password,
      database: dbname,
      ssl: tls,
      application_name: "claviger-rotator",
      connectionTimeoutMillis: 10_000,
      // The server gives up first: nothing is to change after we have.
      statement_timeout: 10_000,
      query_timeout: 12_000,
    });
    // A connection that breaks is told by the query that was on it.
    client.on("error", () => {});
    await client.connect().catch((error) => {
      throw isRefusal(error)
        ? new LoginRefused(`PostgreSQL refuses the login (${error.code}).`)
        : failure(error);
    });
    return sessionOf(client, username);
  },
};

export const postgreSqlUser: Rotator = databaseUser(engine);

function sessionOf(client: pg.Client, self: string): DatabaseSession {
  const setPassword = async (username: string, password: string) => {
    const stored = await literalOf(client, username, password);
    await client.query(`ALTER ROLE ${escapeIdentifier(username)} PASSWORD ${stored}`);
  };
  return {
    setOwnPassword: (password) =>
      change(client, async () => {
        // A clone acts as its original, and that may not change the clone's password.
        await client.query("SET LOCAL ROLE NONE");
        await setPassword(self, password);
      }),
    setPassword: (username, password) => change(client, () => setPassword(username, password)),
    clone: (original, clone, password) =>
      change(client, async () => {
        await cloneRole(client, original, clone, await literalOf(client, clone, password));
      }),
    close: () => client.end().catch(() => {}),
  };
}

/** Two who change one role at once would have one of them fail; so they go one after the other. */
async function change(client: pg.Client, work: () => Promise<void>): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_catalog.pg_advisory_xact_lock(7230173105)");
    await work();
    await client.query("COMMIT");
  } catch (error) {
    throw failure(error);
  }
}

async function literalOf(client: pg.Client, username: string, password: string): Promise<string> {
  const { rows } = await client.query("SHOW password_encryption");
  // Servers before PostgreSQL 10 say on and mean md5.
  const isScram = rows[0]?.password_encryption === "scram-sha-256";
  const encryption: PasswordEncryption = isScram ? "scram-sha-256" : "md5";
  return escapeLiteral(storedPassword(encryption, username, password));
}

/** invalid_password, or invalid_authorization_specification: also of a role that isn't there. */
function isRefusal(error: { code?: string }): boolean {
  return error.code === "28P01" || error.code === "28000";
}

/** The server's message may quote the statement, and that the password. */
function failure(error: unknown): RotationFailure {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (error instanceof pg.DatabaseError) {
    return new RotationFailure(`PostgreSQL answers with error ${code}.`);
  }
  if (message.includes("does not support SSL")) {
    return new RotationFailure(
      "The server has no TLS. If the network is to be trusted, set ssl to false in the secret.",
    );
  }
  return new RotationFailure(`PostgreSQL can't be reached${code && ` (${code})`}.`);
}
