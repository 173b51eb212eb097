/**
 * A stand-in for a MySQL server: its protocol is the driver's own, its accounts are real enough to
 * log in, and of SQL it knows the statements by which passwords are set, and SHOW GRANTS. What it
 * can't tell is whether MySQL would take the statements: see mysql.test.ts.
 */
import { createHash } from "node:crypto";
import type { AddressInfo, Server } from "node:net";
import mysql from "mysql2";

export interface MySqlStandIn {
  readonly port: number;
  /** Passwords by user. */
  readonly passwords: Map<string, string>;
  /** Every statement. */
  readonly statements: string[];
  close(): Promise<void>;
}

export async function startMySql(
  passwords: Map<string, string>,
  grants: readonly string[] = [],
): Promise<MySqlStandIn> {
  const statements: string[] = [];
  // Its types say nothing of servers.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const server = (mysql as any).createServer() as Server;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  server.on("connection", (connection: any) => {
    let user = "";
    connection.on("error", () => {});
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: "8.4.0",
      connectionId: 1,
      statusFlags: 2,
      characterSet: 8,
      capabilityFlags: 0xffffff ^ 2048,
      authCallback(login: Login, done: (error: null, refusal?: object) => void) {
        user = login.user;
        const password = passwords.get(user);
        setImmediate(() => {
          connection.sequenceId = 0;
        });
        if (password !== undefined && proves(login, password)) return done(null);
        done(null, { code: 1045, message: `Access denied for user '${user}'@'127.0.0.1'` });
      },
    });
    const run = (sql: string) => {
      statements.push(sql);
      const rows = answer(sql, user, passwords, grants);
      if (rows === undefined) connection.writeOk();
      else writeRows(connection, rows);
      // What comes next begins a new sequence.
      connection.sequenceId = 0;
    };
    connection.on("query", run);
    // So it calls SET.
    connection.on("stmt_prepare", run);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // biome-ignore lint/suspicious/noExplicitAny: see above
    port: ((server as any)._server.address() as AddressInfo).port,
    passwords,
    statements,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: see above
function writeRows(connection: any, rows: readonly Row[]): void {
  const about = { catalog: "def", schema: "", table: "", orgTable: "", flags: 0, decimals: 0 };
  const type = { characterSet: 33, columnLength: 384, columnType: 253 };
  const columns = Object.keys(rows[0] ?? { nothing: "" }).map((name) => ({
    ...about,
    ...type,
    name,
    orgName: name,
  }));
  connection.writeTextResult(rows, columns);
}

interface Login {
  readonly user: string;
  readonly authToken: Buffer;
  readonly authPluginData1: Buffer;
  readonly authPluginData2: Buffer;
}

/** mysql_native_password. */
function proves({ authToken, authPluginData1, authPluginData2 }: Login, password: string): boolean {
  const sha1 = (...parts: (Buffer | string)[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash("sha1")).digest();
  const once = sha1(password);
  const salted = sha1(authPluginData1, authPluginData2.subarray(0, 12), sha1(once));
  return Buffer.from(once.map((byte, index) => byte ^ (salted[index] ?? 0))).equals(authToken);
}

type Row = Readonly<Record<string, string>>;

function answer(
  sql: string,
  self: string,
  passwords: Map<string, string>,
  grants: readonly string[],
): Row[] | undefined {
  const [, name, password] = sql.match(/(?:USER|EXISTS) (\S+) IDENTIFIED BY '(.*?)'/) ?? [];
  if (name !== undefined && password !== undefined) {
    passwords.set(name === "CURRENT_USER()" ? self : (name.split("'")[1] ?? ""), password);
  }
  if (sql.includes("VERSION()")) return [{ version: "8.4.0" }];
  const [, asked = ""] = sql.match(/FROM mysql.user WHERE User = '(.*?)'/) ?? [];
  if (sql.includes("ssl_type")) return [{ ssl_type: "ANY" }];
  if (asked !== "") return passwords.has(asked) ? [{ User: asked, Host: "%" }] : [];
  if (sql.startsWith("SHOW GRANTS")) return grants.map((Grants) => ({ Grants }));
  return undefined;
}
