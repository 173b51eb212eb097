/** Users of MySQL and MariaDB: all accounts of one name, whatever host they may come from. */
import mysql from "mysql2/promise";
import { RotationFailure, type Rotator } from "../rotator.ts";
import { cloneAccount } from "./clone-account.ts";
import type { DatabaseEngine, DatabaseSession } from "./database-engine.ts";
import { databaseUser } from "./database-user.ts";
import { LoginRefused } from "./login.ts";

const engine: DatabaseEngine = {
  name: "MySQL",
  type: "MySQLUser",
  engines: ["mysql", "mariadb", "aurora-mysql"],
  defaultPort: 3306,
  usernameLengthMax: 32,
  standing: "from the provider's documentation, not tried against it",
  documentation: "https://dev.mysql.com/doc/refman/8.4/en/alter-user.html",

  async connect({ host, port, username, password, dbname, tls }) {
    try {
      const connection = await mysql.createConnection({
        host,
        port,
        user: username,
        password,
        connectTimeout: 10_000,
        ...(dbname !== undefined && { database: dbname }),
        // The server's name is only checked where that is asked for.
        ...(tls && { ssl: { ...tls, verifyIdentity: true } }),
      });
      // A connection that breaks is told by the query that was on it.
      connection.on("error", () => {});
      return await sessionOf(connection);
    } catch (error) {
      throw failure(error);
    }
  },
};

export const mySqlUser: Rotator = databaseUser(engine);

/** One statement, whose values are quoted. */
export type RunSql = (sql: string, values?: string[]) => Promise<mysql.RowDataPacket[]>;

/** An account, as text of SQL. */
export interface Account {
  readonly user: string;
  readonly host: string;
}

async function sessionOf(connection: mysql.Connection): Promise<DatabaseSession> {
  const run: RunSql = async (sql, values) => {
    const [rows] = await connection.query({ sql, timeout: 12_000 }, values);
    return rows as mysql.RowDataPacket[];
  };
  // A backslash escapes, as the driver takes for granted; and the server gives up before we do.
  await run("SET SESSION sql_mode = '', lock_wait_timeout = 10");
  const [server] = await run("SELECT VERSION() AS version");
  return {
    // Each knows a statement for one's own password that needs no privilege, and not the other's.
    setOwnPassword: (password) =>
      told(() =>
        String(server?.version).includes("MariaDB")
          ? run("SET PASSWORD = PASSWORD(?)", [password])
          : run("ALTER USER CURRENT_USER() IDENTIFIED BY ?", [password]),
      ),
    setPassword: (username, password) =>
      told(async () => {
        for (const { user, host } of await accountsOf(run, username)) {
          await run("ALTER USER ?@? IDENTIFIED BY ?", [user, host, password]);
        }
      }),
    clone: (original, clone, password) =>
      told(async () => {
        for (const account of await accountsOf(run, original)) {
          await cloneAccount(run, account, clone, password);
        }
      }),
    close: () => connection.end().catch(() => connection.destroy()),
  };
}

async function accountsOf(run: RunSql, username: string): Promise<Account[]> {
  const rows = await run("SELECT User, Host FROM mysql.user WHERE User = ?", [username]);
  if (rows.length === 0) throw new RotationFailure("The user is not there.");
  return rows.map(({ User, Host }) => ({ user: String(User), host: String(Host) }));
}

async function told(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw failure(error);
  }
}

/** The server's message may quote the statement, and that the password. */
function failure(error: unknown): RotationFailure {
  if (error instanceof RotationFailure) return error;
  const { code = "", errno } = error as { code?: string; errno?: number };
  if (code === "ER_ACCESS_DENIED_ERROR" || code === "ER_ACCOUNT_HAS_BEEN_LOCKED") {
    return new LoginRefused(`MySQL refuses the login (${code}).`);
  }
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") {
    return new RotationFailure(
      "The server has no TLS. If the network is to be trusted, set ssl to false in the secret.",
    );
  }
  if (code.startsWith("ER_") || (errno ?? 0) > 0) {
    return new RotationFailure(`MySQL answers with error ${code || errno}.`);
  }
  return new RotationFailure(`MySQL can't be reached${code && ` (${code})`}.`);
}
