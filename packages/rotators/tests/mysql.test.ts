/**
 * Users of MySQL: at a stand-in, which knows passwords and takes any statement; and of MySQL or
 * MariaDB on a real server, where somebody has one and names its administrator's URL in
 * CLAVIGER_TESTS_MYSQL. No package brings one along.
 */
import { randomBytes } from "node:crypto";
import mysql from "mysql2/promise";
import { describe, expect, onTestFinished, test } from "vitest";
import { mySqlUser as rotator } from "../src/databases/mysql.ts";
import { RotatedSecret } from "./rotated-secret.fixture.ts";
import { startMySql } from "./stand-ins/mysql.ts";

const url = new URL(process.env.CLAVIGER_TESTS_MYSQL ?? "mysql://127.0.0.1");

describe("at a stand-in", () => {
  const logins = { app: "first", admin: "admin's" };

  async function standIn(metadata: Readonly<Record<string, string>>, grants?: readonly string[]) {
    const server = await startMySql(new Map(Object.entries(logins)), grants);
    onTestFinished(() => server.close());
    const where = { engine: "mysql", host: "127.0.0.1", port: server.port };
    const login = (username: keyof typeof logins) => ({
      ...where,
      username,
      password: logins[username],
    });
    const options = { rotator, value: login("app"), adminValue: login("admin"), metadata };
    return { server, rotated: new RotatedSecret(options) };
  }

  test("a single user changes its own password, and gets AWSCURRENT's again on a failure", async () => {
    const { server, rotated } = await standIn({});
    expect(await rotated.rotate()).toEqual({ OldKeyIsDead: true });
    const { password } = rotated.value("AWSCURRENT");
    expect(server.passwords.get("app")).toBe(password);
    const token = rotated.begin();
    await rotated.take("createSecret", token);
    await rotated.take("setSecret", token);
    expect(server.passwords.get("app")).toBe(rotated.value("AWSPENDING").password);
    await rotated.take("revokeSecret", token);
    await rotated.take("revokeSecret", token);
    expect(server.passwords.get("app")).toBe(password);
    await expect(rotated.take("testSecret", token)).rejects.toThrow(
      "MySQL refuses the login (ER_ACCESS_DENIED_ERROR).",
    );
  });

  test("of alternating users the clone gets what the other one was granted", async () => {
    const { server, rotated } = await standIn({ strategy: "alternating" }, [
      "GRANT USAGE ON *.* TO `app`@`%`",
      "GRANT SELECT ON `d`.* TO `app`@`%` WITH GRANT OPTION",
      "GRANT `reader`@`%` TO `app`@`%`",
    ]);
    await rotated.rotate();
    const { username, password } = rotated.value("AWSCURRENT");
    expect([username, server.passwords.get("app_clone")]).toEqual(["app_clone", password]);
    const changes = server.statements.filter((sql) => !/^(SELECT|SHOW|SET SESSION)/.test(sql));
    expect(changes).toEqual([
      `CREATE USER IF NOT EXISTS 'app_clone'@'%' IDENTIFIED BY '${password}'`,
      `ALTER USER 'app_clone'@'%' IDENTIFIED BY '${password}' REQUIRE SSL`,
      "REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'app_clone'@'%'",
      "GRANT USAGE ON *.* TO 'app_clone'@'%'",
      "GRANT SELECT ON `d`.* TO 'app_clone'@'%' WITH GRANT OPTION",
      "GRANT `reader`@`%` TO 'app_clone'@'%'",
      "ALTER USER 'app_clone'@'%' DEFAULT ROLE ALL",
    ]);
    await rotated.take("revokeSecret", rotated.versionId("AWSPREVIOUS"));
    expect(server.passwords.get("app")).not.toBe("first");
    await rotated.rotate();
    expect(rotated.value("AWSCURRENT").username).toBe("app");
  });

  test("a server without TLS isn't talked to where TLS is wanted", async () => {
    const { rotated } = await standIn({});
    const value = { ...rotated.value("AWSCURRENT"), ssl: true };
    await expect(new RotatedSecret({ rotator, value }).rotate()).rejects.toThrow(
      "set ssl to false in the secret",
    );
  });
});

describe.runIf(process.env.CLAVIGER_TESTS_MYSQL)("on a real server", () => {
  test("a single user changes its own password, and gets AWSCURRENT's again on a failure", async () => {
    const { user, password, rotated } = await given({ strategy: "single" });
    expect(await rotated.rotate()).toEqual({ OldKeyIsDead: true });
    const current = rotated.value("AWSCURRENT").password;
    expect(await mayLogIn(user, password)).toBe(false);
    expect(await mayLogIn(user, current)).toBe(true);

    const token = rotated.begin();
    await rotated.take("createSecret", token);
    await rotated.take("setSecret", token);
    expect(await mayLogIn(user, current)).toBe(false);
    await rotated.take("revokeSecret", token);
    await rotated.take("revokeSecret", token);
    expect(await mayLogIn(user, current)).toBe(true);
  });

  test("alternating users take turns, and may do the same", async () => {
    const { user, password, rotated } = await given({ strategy: "alternating" });
    expect(await rotated.rotate()).toBeNull();
    const clone = rotated.value("AWSCURRENT");
    expect(clone.username).toBe(`${user}_clone`);
    expect(await mayLogIn(user, password)).toBe(true);
    const grants = async (name = "") =>
      (await query(`SHOW GRANTS FOR ?@'%'`, [name])).map((row) =>
        String(Object.values(row)[0])
          .replaceAll("_clone", "")
          .replace(/ IDENTIFIED BY.*/, ""),
      );
    expect(await grants(clone.username)).toEqual(await grants(user));
    const sql = "INSERT INTO t VALUES (1)";
    await asUser(clone.username, clone.password, sql);

    await rotated.take("revokeSecret", rotated.versionId("AWSPREVIOUS"));
    expect(await mayLogIn(user, password)).toBe(false);
    await query(`REVOKE INSERT ON odd.* FROM ?@'%'`, [user]);
    await rotated.rotate();
    await rotated.rotate();
    const { username = "", password: latest = "" } = rotated.value("AWSCURRENT");
    expect(username).toBe(clone.username);
    await expect(asUser(username, latest, sql)).rejects.toThrow("denied");
  });

  test("whose passwords are all void is the admin's to set, if the metadata names it", async () => {
    const { user, rotated } = await given();
    await query(`ALTER USER ?@'%' IDENTIFIED BY 'set by hand'`, [user]);
    await expect(rotated.rotate()).rejects.toThrow("name it in the metadata username");
    const value = rotated.value("AWSCURRENT");
    const metadata = { username: user };
    const named = new RotatedSecret({ rotator, value, adminValue: admin(), metadata });
    await named.rotate();
    expect(await mayLogIn(user, named.value("AWSCURRENT").password)).toBe(true);
  });
});

function admin() {
  const { hostname: host, port, username, password } = url;
  return { engine: "mysql", host, port: Number(port || 3306), username, password };
}

/** A user with a role and some privileges, and a name and a password that need quoting. */
async function given(metadata: Readonly<Record<string, string>> = {}) {
  const user = `o'\`${randomBytes(4).toString("hex")}`;
  const password = `it's "\\ ${randomBytes(4).toString("hex")}`;
  await query("CREATE DATABASE IF NOT EXISTS odd");
  await query("CREATE TABLE IF NOT EXISTS odd.t (a int)");
  await query("CREATE ROLE IF NOT EXISTS reader");
  await query("GRANT SELECT ON odd.* TO reader");
  await query(`CREATE USER ?@'%' IDENTIFIED BY ?`, [user, password]);
  await query(`GRANT INSERT ON odd.* TO ?@'%' WITH GRANT OPTION`, [user]);
  await query(`GRANT reader TO ?@'%'`, [user]);
  const value = { ...admin(), username: user, password, dbname: "odd" };
  const rotated = new RotatedSecret({ rotator, value, adminValue: admin(), metadata });
  return { user, password, rotated };
}

async function mayLogIn(user = "", password = ""): Promise<boolean> {
  return asUser(user, password, "SELECT 1").then(
    () => true,
    () => false,
  );
}

function query(sql: string, values: string[] = []) {
  return asUser(url.username, url.password, sql, values, "mysql");
}

async function asUser(user = "", password = "", sql = "", values: string[] = [], database = "odd") {
  const { host, port } = admin();
  const connection = await mysql.createConnection({ host, port, user, password, database });
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql, values);
    return rows;
  } finally {
    await connection.end();
  }
}
