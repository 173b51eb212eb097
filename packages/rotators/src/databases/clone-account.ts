/**
 * A second login for what an account may do. MySQL has accounts be granted as roles and MariaDB
 * has not, so that on both the grants themselves are copied, as AWS's function does it.
 */
import { escape as quoted } from "mysql2";
import type { Account, RunSql } from "./mysql.ts";

/** What the clone may do is replaced: nobody uses it while it isn't its turn. */
export async function cloneAccount(
  run: RunSql,
  { user, host }: Account,
  clone: string,
  password: string,
): Promise<void> {
  const grants = (await run("SHOW GRANTS FOR ?@?", [user, host])).map((row) =>
    String(Object.values(row)[0]),
  );
  const isTlsRequired = await requiresTls(run, { user, host });
  await run("CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?", [clone, host, password]);
  await run(`ALTER USER ?@? IDENTIFIED BY ? REQUIRE ${isTlsRequired ? "SSL" : "NONE"}`, [
    clone,
    host,
    password,
  ]);
  await run("REVOKE ALL PRIVILEGES, GRANT OPTION FROM ?@?", [clone, host]);
  const ofClone = `${quoted(clone)}@${quoted(host)}`;
  const copies = grants.flatMap((grant) => forOther(grant, { user, host }, ofClone) ?? []);
  for (const copy of copies) await run(copy);
  // MariaDB tells of a default role in a line of its own, which has been copied.
  if (copies.some(isOfRoleOnMySql)) {
    await run("ALTER USER ?@? DEFAULT ROLE ALL", [clone, host]);
  }
}

async function requiresTls(run: RunSql, { user, host }: Account): Promise<boolean> {
  const sql = "SELECT ssl_type FROM mysql.user WHERE User = ? AND Host = ?";
  const [row] = await run(sql, [user, host]);
  return String(row?.ssl_type ?? "") !== "";
}

/**
 * A line of SHOW GRANTS for another account, given as text of SQL. MariaDB's may go on with the
 * password, which the other doesn't get.
 */
export function forOther(
  grant: string,
  { user, host }: Account,
  other: string,
): string | undefined {
  for (const quote of ["`", "'"]) {
    const name = (text: string) => quote + text.replaceAll(quote, quote + quote) + quote;
    const account = `${name(user)}@${name(host)}`;
    const at = grant.lastIndexOf(account);
    if (at === -1) continue;
    const [option = ""] = / WITH (GRANT|ADMIN) OPTION/.exec(grant.slice(at + account.length)) ?? [];
    return grant.slice(0, at) + other + option;
  }
  return undefined;
}

/** GRANT `reader`@`%` TO …, without ON: a role. */
function isOfRoleOnMySql(grant: string): boolean {
  return /^GRANT (`[^`]*`@`[^`]*`,?)+ TO /.test(grant);
}
