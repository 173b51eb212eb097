/**
 * Users of MySQL or MariaDB, on a real server: whoever has one names its administrator's URL in
 * CLAVIGER_TESTS_MYSQL. No package brings one along, so these aren't run where it isn't set.
 */
import { randomBytes } from "node:crypto";
import mysql from "mysql2/promise";
import { describe, expect, test } from "vitest";
import { mySqlUser as rotator } from "../src/databases/mysql.ts";
import { RotatedSecret } from "./rotated-secret.fixture.ts";

const url = new URL(process.env.CLAVIGER_TESTS_MYSQL ?? "mysql://127.0.0.1");

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
