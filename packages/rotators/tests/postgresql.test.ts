/** Users of a real PostgreSQL, whose log has every statement. */
import { chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeAuthority } from "../../../tools/harness/certificates.ts";
import { type Postgres, startPostgres } from "../../../tools/harness/postgres.ts";
import { postgreSqlUser as rotator } from "../src/databases/postgresql.ts";
import { RotatedSecret, type RotatedSecretOptions } from "./rotated-secret.fixture.ts";
import { inert } from "./stand-ins/inert.ts";
import { mishaps, TroubledRuns } from "./troubled-runs.fixture.ts";

let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres({
    isFast: true,
    settings: { log_statement: "all", log_connections: "on" },
  });
});

afterAll(() => postgres.stop());

describe("a single user", () => {
  test("changes its own password: the old one is dead, and no log has the new one", async () => {
    const { user, password, rotated } = await given();
    expect(await rotated.rotate()).toEqual({ OldKeyIsDead: true });
    const current = rotated.value("AWSCURRENT");
    expect(current).toMatchObject({ username: user, dbname: user, note: "stays" });
    expect(await mayLogIn(user, current.password)).toBe(true);
    expect(await mayLogIn(user, password)).toBe(false);
    expect(postgres.log).toContain(`ALTER ROLE "${user}" PASSWORD`);
    expect(postgres.log).not.toContain(current.password);
  });

  test("has AWSCURRENT's password again after a rotation that failed half-way", async () => {
    const { user, password, rotated } = await given();
    const token = rotated.begin();
    await rotated.take("createSecret", token);
    await rotated.take("setSecret", token);
    await rotated.take("setSecret", token);
    const pending = rotated.value("AWSPENDING").password;
    expect(await mayLogIn(user, pending)).toBe(true);
    await rotated.take("revokeSecret", token);
    await rotated.take("revokeSecret", token);
    expect(await mayLogIn(user, pending)).toBe(false);
    expect(await mayLogIn(user, password)).toBe(true);
  });

  test("whose known passwords are all void is the admin's to set, if the metadata names it", async () => {
    const without = await given();
    await query(`ALTER ROLE "${without.user}" PASSWORD 'set by hand'`);
    await expect(without.rotated.rotate()).rejects.toThrow("give adminSecretArn");

    const unnamed = await given({ adminValue: admin() });
    await query(`ALTER ROLE "${unnamed.user}" PASSWORD 'set by hand'`);
    await expect(unnamed.rotated.rotate()).rejects.toThrow("name it in the metadata username");

    const named = await given({ adminValue: admin() }, (username) => ({ username }));
    await query(`ALTER ROLE "${named.user}" PASSWORD 'set by hand'`);
    await named.rotated.rotate();
    expect(await mayLogIn(named.user, named.rotated.value("AWSCURRENT").password)).toBe(true);
  });

  test("gets an unknown password when AWSCURRENT is revoked, as in an emergency", async () => {
    const { user, password, rotated } = await given();
    await rotated.take("revokeSecret", rotated.versionId("AWSCURRENT"));
    expect(await mayLogIn(user, password)).toBe(false);
  });

  test("may have any name and any password", async () => {
    const { user, rotated } = await given();
    const name = `${user} "';DROP`;
    const password = 'it\'s \\ "ﬁne" ½';
    await query(`ALTER ROLE "${user}" RENAME TO ${pg.escapeIdentifier(name)}`);
    await query(`ALTER ROLE ${pg.escapeIdentifier(name)} PASSWORD ${pg.escapeLiteral(password)}`);
    const value = { ...rotated.value("AWSCURRENT"), username: name, password };
    const odd = new RotatedSecret({ rotator, value });
    const token = odd.begin();
    await odd.take("createSecret", token);
    await odd.take("setSecret", token);
    expect(await mayLogIn(name, odd.value("AWSPENDING").password)).toBe(true);
    await odd.take("revokeSecret", token);
    expect(await mayLogIn(name, password)).toBe(true);
  });
});

describe("alternating users", () => {
  const metadata = { strategy: "alternating" };

  test("take turns, and the old one dies when it is revoked", async () => {
    const { user, password, rotated } = await given({ metadata, adminValue: admin() });
    expect(await rotated.rotate()).toBeNull();
    const clone = rotated.value("AWSCURRENT");
    expect(clone.username).toBe(`${user}_clone`);
    expect(await mayLogIn(clone.username, clone.password)).toBe(true);
    expect(await mayLogIn(user, password)).toBe(true);

    await rotated.take("revokeSecret", rotated.versionId("AWSPREVIOUS"));
    expect(await mayLogIn(user, password)).toBe(false);

    await rotated.rotate();
    const again = rotated.value("AWSCURRENT");
    expect(again.username).toBe(user);
    expect(await mayLogIn(user, again.password)).toBe(true);
    expect(await mayLogIn(clone.username, clone.password)).toBe(true);
    for (const each of [clone, again]) expect(postgres.log).not.toContain(each.password);

    await rotated.take("revokeSecret", rotated.versionId("AWSPREVIOUS"));
    expect(await mayLogIn(clone.username, clone.password)).toBe(false);
    // The first version is of the user whose turn it is: its password has changed since.
    const [first = ""] = rotated.secret.values.keys();
    await rotated.take("revokeSecret", first);
    expect(await mayLogIn(user, again.password)).toBe(true);
  });

  test("share what they own and how they are set up", async () => {
    const { user, password, rotated } = await given({ metadata, adminValue: admin() });
    const database = user;
    await asUser(user, password, "CREATE SCHEMA own; CREATE TABLE own.before (a int)");
    await query(`ALTER ROLE "${user}" SET search_path TO own, "$user", 'pg_temp'`);
    await query(`ALTER ROLE "${user}" IN DATABASE "${database}" SET "app.colour" TO 'it''s red'`);
    await rotated.rotate();
    const { username = "", password: cloned = "" } = rotated.value("AWSCURRENT");
    await asUser(
      username,
      cloned,
      "INSERT INTO before VALUES (1); CREATE TABLE after (a int)",
      user,
    );
    const settings =
      "SELECT current_setting('search_path') AS path, current_setting('app.colour') AS colour";
    const ofClone = await asUser(username, cloned, settings, user);
    expect(ofClone).toEqual(await asUser(user, password, settings));
    expect(ofClone).toEqual([{ path: 'own, "$user", pg_temp', colour: "it's red" }]);
    await asUser(user, password, "INSERT INTO after VALUES (1)");
  });

  test("are clones of the user as it is by then", async () => {
    const { user, rotated } = await given({ metadata, adminValue: admin() });
    await query(`ALTER ROLE "${user}" SET lock_timeout TO '5s'`);
    await rotated.rotate();
    await rotated.rotate();
    await query(`ALTER ROLE "${user}" RESET lock_timeout`);
    await query(`ALTER ROLE "${user}" SET idle_session_timeout TO '1h'`);
    await rotated.rotate();
    const { username = "" } = rotated.value("AWSCURRENT");
    const { rows } = await query("SELECT rolconfig FROM pg_roles WHERE rolname = $1", [username]);
    expect(rows).toEqual([{ rolconfig: [`role=${user}`, "idle_session_timeout=1h"] }]);
  });

  test("need an admin, of the same server", async () => {
    const without = await given({ metadata });
    await expect(without.rotated.rotate()).rejects.toThrow("give adminSecretArn");
    const elsewhere = { ...admin(), host: "db.example.com" };
    const { rotated } = await given({ metadata, adminValue: elsewhere });
    await expect(rotated.rotate()).rejects.toThrow("names another host or port");
  });

  test("are no way to another's password", async () => {
    const { rotated } = await given({ metadata, adminValue: admin() });
    const token = rotated.begin();
    const planted = { ...rotated.value("AWSCURRENT"), username: "postgres" };
    rotated.secret.values.set(token, JSON.stringify(planted));
    await expect(rotated.take("setSecret", token)).rejects.toThrow("another server or user");

    const value = { ...rotated.value("AWSCURRENT"), username: "postgres", password: "guessed" };
    const claimed = new RotatedSecret({ rotator, value, metadata, adminValue: admin() });
    await expect(claimed.rotate()).rejects.toThrow("AWSCURRENT can't log in");
  });
});

test("TLS is what the secret asks for: the server's certificate is checked", async () => {
  const { user, rotated } = await given();
  const value = rotated.value("AWSCURRENT");
  const withSsl = (ssl: unknown, host = value.host) =>
    new RotatedSecret({ rotator, value: { ...value, host, ssl } });
  await expect(withSsl(true).rotate()).rejects.toThrow("set ssl to false in the secret");

  const authority = makeAuthority("of the database");
  await serveTls(authority.issue());
  await expect(withSsl(true).rotate()).rejects.toThrow("SELF_SIGNED_CERT_IN_CHAIN");
  const { certificate: otherCa } = makeAuthority("somebody else");
  await expect(withSsl({ ca: otherCa }).rotate()).rejects.toThrow("can't be reached");
  // The certificate is for 127.0.0.1.
  await expect(withSsl({ ca: authority.certificate }, "localhost").rotate()).rejects.toThrow(
    "ERR_TLS_CERT_ALTNAME_INVALID",
  );
  expect(postgres.log).not.toMatch(new RegExp(`user=${user} .*SSL enabled`));
  await withSsl({ ca: authority.certificate }).rotate();
  expect(postgres.log).toMatch(new RegExp(`user=${user} .*SSL enabled`));
});

test.each(["single", "alternating"])(
  "%s: whatever dies or comes twice, AWSCURRENT logs in and only it does",
  async (strategy) => {
    await fc.assert(
      fc.asyncProperty(mishaps, async (all) => {
        const { user, value } = await newUser();
        const adminSecret = JSON.stringify(admin());
        const metadata = { strategy };
        const initialSecret = JSON.stringify(value);
        const runs = new TroubledRuns(
          { rotator, standIn: inert, initialSecret, adminSecret, metadata },
          all,
        );
        for (let isOver = false; !isOver; ) {
          isOver = (await runs.rotate()) && !runs.hasMishapsLeft;
          const current = JSON.parse(runs.secret.current);
          expect(await mayLogIn(current.username, current.password)).toBe(true);
          for (const other of runs.secret.values.values()) {
            const { username, password } = JSON.parse(other);
            if (other === runs.secret.current) continue;
            expect(await mayLogIn(username, password), user).toBe(false);
          }
        }
      }),
      { numRuns: 6 },
    );
  },
);

async function given(
  options: Pick<RotatedSecretOptions, "metadata" | "adminValue"> = {},
  metadataOf: (user: string) => Readonly<Record<string, string>> = () => options.metadata ?? {},
) {
  const { user, password, value } = await newUser();
  const rotated = new RotatedSecret({ rotator, value, ...options, metadata: metadataOf(user) });
  return { user, password, rotated };
}

async function serveTls({ cert, key }: { readonly cert: string; readonly key: string }) {
  const folder = postgres.dataDirectory;
  const { uid, gid } = statSync(folder);
  for (const [name, text] of Object.entries({ "server.crt": cert, "server.key": key })) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    chownSync(join(folder, name), uid, gid);
  }
  await query("ALTER SYSTEM SET ssl TO on");
  await query("SELECT pg_reload_conf()");
  await vi.waitUntil(async () => (await query("SHOW ssl")).rows[0].ssl === "on");
}

/** A user with a database of its own name, and the secret that says so. */
async function newUser() {
  const { username: user, password } = new URL(await postgres.newDatabase());
  const login = { username: user, password, dbname: user };
  return { user, password, value: { ...server(), ...login, note: "stays" } };
}

function server() {
  const { hostname: host, port } = new URL(postgres.url);
  return { engine: "postgres", host, port: Number(port) };
}

function admin() {
  const { username, password } = new URL(postgres.url);
  return { ...server(), username, password };
}

function query(sql: string, values: string[] = []): Promise<pg.QueryResult> {
  return connected(postgres.url, (client) => client.query(sql, values));
}

async function asUser(user: string, password: string, sql: string, database = user) {
  const url = Object.assign(new URL(postgres.url), {
    username: user,
    password,
    pathname: database,
  });
  return (await connected(url.href, (client) => client.query(sql))).rows;
}

async function mayLogIn(user = "", password = ""): Promise<boolean> {
  const { host, port } = server();
  const client = new pg.Client({ host, port, user, password, database: "postgres" });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
