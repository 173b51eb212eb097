/**
 * A second login for what a role may do. It is a member of the role and acts as it from its first
 * statement on, so that what either creates belongs to both; and it has the role's settings, such
 * as search_path, which membership doesn't bring.
 */
import pg from "pg";

const { escapeIdentifier, escapeLiteral } = pg;

/** In a transaction. `password` is quoted. */
export async function cloneRole(
  client: pg.Client,
  original: string,
  clone: string,
  password: string,
): Promise<void> {
  const [from, to] = [escapeIdentifier(original), escapeIdentifier(clone)];
  const found = await client.query("SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", [clone]);
  await client.query(
    found.rowCount === 0
      ? `CREATE ROLE ${to} LOGIN IN ROLE ${from} PASSWORD ${password}`
      : `ALTER ROLE ${to} LOGIN PASSWORD ${password}`,
  );
  if (found.rowCount !== 0) await client.query(`GRANT ${from} TO ${to}`);
  await copySettings(client, original, clone);
}

interface Setting {
  readonly name: string;
  readonly value: string;
  /** Null: in all of them. */
  readonly database: string | null;
}

async function copySettings(client: pg.Client, original: string, clone: string): Promise<void> {
  const ofClone = await settingsOf(client, clone);
  const ofOriginal = await settingsOf(client, original);
  for (const { name, database } of ofClone) {
    await client.query(`${alter(clone, database)} RESET ${quotedName(name)}`);
  }
  await client.query(`${alter(clone, null)} SET role TO ${escapeLiteral(original)}`);
  for (const { name, value, database } of ofOriginal) {
    if (name === "role") {
      await client.query(`${alter(clone, database)} SET role TO ${escapeLiteral(value)}`);
      continue;
    }
    // Lists such as search_path can't be quoted as one value. What is set here ends with the
    // transaction; from here on the role's own search_path may hold, so no name goes unqualified.
    await client.query("SELECT pg_catalog.set_config($1, $2, true)", [name, value]);
    await client.query(`${alter(clone, database)} SET ${quotedName(name)} FROM CURRENT`);
  }
}

async function settingsOf(client: pg.Client, role: string): Promise<Setting[]> {
  const { rows } = await client.query(
    `SELECT database.datname AS database, setting
       FROM pg_catalog.pg_db_role_setting
       JOIN pg_catalog.pg_roles AS role ON role.oid = setrole
       LEFT JOIN pg_catalog.pg_database AS database ON database.oid = setdatabase
       CROSS JOIN LATERAL pg_catalog.unnest(setconfig) AS setting
      WHERE role.rolname = $1`,
    [role],
  );
  return rows.map(({ database, setting }) => {
    const equals = setting.indexOf("=");
    return { name: setting.slice(0, equals), value: setting.slice(equals + 1), database };
  });
}

function alter(role: string, database: string | null): string {
  const inDatabase = database === null ? "" : ` IN DATABASE ${escapeIdentifier(database)}`;
  return `ALTER ROLE ${escapeIdentifier(role)}${inDatabase}`;
}

/** `statement_timeout`, or `class.name`. */
function quotedName(name: string): string {
  return name.split(".").map(escapeIdentifier).join(".");
}
