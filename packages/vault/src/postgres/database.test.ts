import { chownSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeAuthority } from "../../../../tools/harness/certificates.ts";
import { type Postgres, startPostgres } from "../../../../tools/harness/postgres.ts";
import { Unavailable } from "../unavailable.ts";
import { Connection } from "./connection.ts";
import { connectionSettings } from "./connection-settings.ts";
import { Connections } from "./connections.ts";
import { openPostgresDatabase, type PostgresDatabase, type Statement } from "./database.ts";
import { PostgresError } from "./failures.ts";
import { migratePostgres } from "./migrate.ts";

let server: Postgres;
let url: string;
let database: PostgresDatabase;

beforeAll(async () => {
  server = await startPostgres({ isFast: true });
}, 60_000);

afterAll(() => server.stop());

beforeEach(async () => {
  url = await server.newDatabase();
  database = await openPostgresDatabase({ url });
});

afterEach(() => database.close());

const statement = (text: string): Statement => ({ name: text.slice(0, 60), text });
const add = statement(`INSERT INTO "numbers" VALUES ($1)`);
const numbers = statement(`SELECT * FROM "numbers" ORDER BY "n"`);
const makeNumbers = () => database.script(`CREATE TABLE "numbers" ("n" bigint PRIMARY KEY)`);

describe("statements", () => {
  test("take and give numbers, texts, bytes and arrays of them as they are", async () => {
    const echo = statement(`SELECT $1::bigint AS "number", $2::text AS "text", $3::bytea AS "bytes",
      $4::text[] AS "texts", $5::bytea[] AS "many", $6::text AS "none"`);
    const [row] = await database.all<Record<string, unknown>>(echo, [
      2 ** 52,
      `é🔑"\\{`,
      new Uint8Array([0, 255]),
      [`"`, "\\", "{a,b}", "NULL", null],
      [new Uint8Array([1]), null],
      null,
    ]);
    expect(row).toEqual({
      number: 2 ** 52,
      text: `é🔑"\\{`,
      bytes: Buffer.from([0, 255]),
      texts: [`"`, "\\", "{a,b}", "NULL", null],
      many: [Buffer.from([1]), null],
      none: null,
    });
  });

  test("that are wrong say so in PostgreSQL's words, and without the row", async () => {
    await makeNumbers();
    await database.all(add, [7]);
    const failure = await database.all(add, [7]).catch((error) => error);
    expect(failure).toBeInstanceOf(PostgresError);
    expect(failure.code).toBe("23505");
    expect(inspect(failure, { depth: 9 })).not.toContain("(7)");
  });

  test("share eight connections, however many come", async () => {
    const pid = statement("SELECT pg_backend_pid() AS pid FROM pg_sleep(0.001)");
    const all = await Promise.all(Array.from({ length: 200 }, () => database.all(pid)));
    expect(new Set(all.flat().map((row) => (row as { pid: number }).pid)).size).toBe(8);
  });

  test("share what connections the server gives, if it gives no more", async () => {
    const { username } = new URL(url);
    const few = await openPostgresDatabase({ url });
    await database.script(`ALTER DATABASE ${username} CONNECTION LIMIT 4`);
    const slow = statement("SELECT pg_sleep(0.01)");
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => few.all(slow)));
    expect(few.state.isReachable).toBe(true);
    await few.close();
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
  });
});

describe("transactions", () => {
  beforeEach(makeNumbers);

  test("are committed whole, with what was not waited for", async () => {
    const result = await database.transaction(async (session) => {
      void session.all(add, [1]);
      void session.all(add, [2]);
      return "done";
    });
    expect(result).toBe("done");
    expect(await database.all(numbers)).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test("fail whole if what was not waited for fails", async () => {
    const failing = database.transaction(async (session) => {
      void session.all(add, [1]);
      void session.all(add, [1]);
      void session.all(add, [2]);
    });
    await expect(failing).rejects.toThrow("duplicate key");
    expect(await database.all(numbers)).toEqual([]);
  });

  test("are undone where the work throws, and the connection serves on", async () => {
    for (let round = 0; round < 10; round++) {
      const failing = database.transaction(async (session) => {
        await session.all(add, [1]);
        throw new TypeError("a bug");
      });
      await expect(failing).rejects.toThrow(TypeError);
    }
    expect(await database.all(numbers)).toEqual([]);
  });

  test("of a snapshot see nothing that came after they began", async () => {
    const seen = database.transaction(
      async (session) => {
        const before = await session.all(numbers);
        await database.all(add, [1]);
        return [before, await session.all(numbers)];
      },
      { isSnapshot: true },
    );
    expect(await seen).toEqual([[], []]);
    expect(await database.all(numbers)).toHaveLength(1);
  });

  test("hold no lock for long if their node hangs", async () => {
    const setting = statement("SHOW idle_in_transaction_session_timeout");
    expect(await database.all(setting)).toEqual([{ idle_in_transaction_session_timeout: "3s" }]);
  });

  test("of a node that hung are over, and it is told so where it goes on", async () => {
    const hung = database.transaction(async (session) => {
      await session.all(statement("SET LOCAL idle_in_transaction_session_timeout = 20"));
      // Nothing is heard of the server meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      await session.all(add, [1]);
    });
    await expect(hung).rejects.toThrow(Unavailable);
    expect(await database.all(numbers)).toEqual([]);
  });
});

describe("a server", () => {
  test("that takes no writes is no database to us", async () => {
    await database.script(
      `ALTER DATABASE ${new URL(url).username} SET default_transaction_read_only = on`,
    );
    await expect(openPostgresDatabase({ url })).rejects.toThrow("it takes no writes");
  });

  test("that refuses us is told of without the password", async () => {
    const wrong = Object.assign(new URL(url), { password: "correct-horse" }).href;
    const refusal = await openPostgresDatabase({ url: wrong }).catch((error) => error);
    expect(refusal).toBeInstanceOf(Unavailable);
    expect(refusal.message).toContain("password authentication failed");
    expect(inspect([refusal, database], { depth: 9, showHidden: true })).not.toMatch(
      new RegExp(`correct-horse|${new URL(url).password}`),
    );
    const noUrl = await openPostgresDatabase({ url: "postgres://a:correct-horse@[/b" }).catch(
      (error) => error,
    );
    expect(inspect(noUrl, { depth: 9 })).not.toContain("correct-horse");
  });

  test("that ends our connections is asked again, and each loss is told", async () => {
    let losses = 0;
    database.onLost(() => losses++);
    await Promise.all(
      Array.from({ length: 8 }, () => database.all(statement("SELECT pg_sleep(0.01)"))),
    );
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'claviger' AND pid <> pg_backend_pid()`;
    await database.all(statement(end));
    while (losses === 0) await new Promise(setImmediate);
    for (let round = 0; round < 10; round++) await database.all(statement("SELECT 1"));
  });

  test("that ends idle sessions spares ours", async () => {
    await database.script(`ALTER DATABASE ${new URL(url).username} SET idle_session_timeout = 50`);
    const idle = await openPostgresDatabase({ url });
    let losses = 0;
    idle.onLost(() => losses++);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(losses).toBe(0);
    await idle.close();
  });

  test("that leaves right behind its first answer keeps no place among the connections", async () => {
    const proxy = await startProxy(Number(new URL(url).port));
    const through = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const connections = new Connections(connectionSettings(through), 1);
    proxy.leave();
    await expect(connections.take()).rejects.toThrow("can't be reached");
    proxy.stay();
    await expect.poll(() => connections.state.isReachable).toBe(true);
    expect((await connections.take()).isBroken).toBe(false);
    connections.close();
    proxy.close();
  });

  test("that answers no more makes us give up, and what waits behind fails with it", async () => {
    const proxy = await startProxy(Number(new URL(url).port));
    const through = Object.assign(new URL(url), { port: String(proxy.port) }).href;
    const settings = { ...connectionSettings(through), query_timeout: 100 };
    const connection = await Connection.open(settings);
    const lost = new Promise<void>((resolve) => connection.once("lost", resolve));
    proxy.stall();
    const asked = [1, 2].map(() => connection.all(statement("SELECT 1")));
    for (const each of asked) await expect(each).rejects.toThrow(Unavailable);
    await lost;
    expect(connection.isBroken).toBe(true);
    const soon = { ...settings, connectionTimeoutMillis: 100 };
    await expect(Connection.open(soon)).rejects.toThrow("can't be reached");
    proxy.close();
  });
});

test("the way there is as safe as the URL asks, and no server is believed that isn't vouched for", async () => {
  const isEncrypted = statement(`SELECT "ssl" FROM pg_stat_ssl WHERE "pid" = pg_backend_pid()`);
  const over = async (words: string, host = "127.0.0.1") => {
    const there = Object.assign(new URL(url), { hostname: host, search: words }).href;
    const opened = await openPostgresDatabase({ url: there });
    const [row] = await opened.all<{ readonly ssl: boolean }>(isEncrypted);
    await opened.close();
    return row?.ssl;
  };
  const ours = await serveTls();
  while (!(await over("sslmode=require").catch(() => false)));
  expect(await over("")).toBe(false);
  expect(await over("sslmode=disable")).toBe(false);
  const vouched = `sslmode=verify-full&sslrootcert=${ours}`;
  expect(await over(vouched)).toBe(true);
  await expect(over(vouched, "localhost")).rejects.toThrow("does not match certificate's altnames");
  expect(await over(`sslmode=verify-ca&sslrootcert=${ours}`, "localhost")).toBe(true);
  const strangers = {
    message: expect.stringMatching(/reached: its certificate is of no authority that is trusted/),
    hint: expect.stringMatching(/sslrootcert=FILE/),
  };
  await expect(over("sslmode=verify-full")).rejects.toMatchObject(strangers);
  const others = dataFile("others.crt", makeAuthority("another").certificate);
  const wrong = over(`sslmode=verify-full&sslrootcert=${others}`);
  await expect(wrong).rejects.toMatchObject(strangers);
});

test("who listens hears notifications, and that some may have been missed", async () => {
  const heard: (string | undefined)[] = [];
  const until = async (count: number) => {
    while (heard.length < count) await new Promise(setImmediate);
  };
  database.listen("things", (payload) => heard.push(payload));
  await until(1);
  await database.script("NOTIFY things, 'one'");
  await until(2);
  await database.script(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`,
  );
  await until(3);
  await database.script("NOTIFY things, 'two'");
  await until(4);
  expect(heard).toEqual([undefined, "one", undefined, "two"]);
});

describe("migrations", () => {
  const step = (version: number, postgres: string) => ({
    version,
    title: `step ${version}`,
    postgres,
  });
  const one = step(1, `CREATE TABLE "one" ("x" bigint); INSERT INTO "one" VALUES (7)`);
  const versions = statement(`SELECT "version" FROM "version"`);

  test("apply each step once and keep what is there", async () => {
    await migratePostgres(database, [one], "version");
    await migratePostgres(database, [one, step(2, `ALTER TABLE "one" ADD "y" text`)], "version");
    expect(await database.all(statement(`SELECT * FROM "one"`))).toEqual([{ x: 7, y: null }]);
    expect(await database.all(versions)).toEqual([{ version: 2 }]);
  });

  test("undo a step that fails half-way, and keep those before it", async () => {
    const broken = step(2, `CREATE TABLE "two" ("x" bigint); INSERT INTO "nowhere" VALUES (1)`);
    await expect(migratePostgres(database, [one, broken], "version")).rejects.toThrow(
      `Migration 2 (step 2) failed: relation "nowhere" does not exist`,
    );
    expect(await database.all(versions)).toEqual([{ version: 1 }]);
    expect(await database.all(statement(`SELECT to_regclass('two') AS "two"`))).toEqual([
      { two: null },
    ]);
  });
});

/** Makes the server speak TLS too, and returns the file of the authority that vouches for it. */
async function serveTls(): Promise<string> {
  const authority = makeAuthority("ours");
  const { cert, key } = authority.issue();
  dataFile("server.crt", cert);
  dataFile("server.key", key);
  const superuser = await openPostgresDatabase({ url: server.url });
  await superuser.all(statement("ALTER SYSTEM SET ssl = on"));
  await superuser.all(statement("SELECT pg_reload_conf()"));
  await superuser.close();
  return dataFile("authority.crt", authority.certificate);
}

/** Writes a file that only the server's own user may read. */
function dataFile(name: string, text: string): string {
  const path = join(server.dataDirectory, name);
  const { uid, gid } = statSync(server.dataDirectory);
  writeFileSync(path, text, { mode: 0o600 });
  chownSync(path, uid, gid);
  return path;
}

const farewell = Buffer.from("E\0\0\0\x19SFATAL\0C57P01\0Mgone\0\0", "latin1");

/**
 * A way to the server that can fall silent as a partition does: nothing is closed, nothing comes.
 * Or the server takes its leave in the same packet as its answer to what is asked first.
 */
async function startProxy(port: number) {
  let isStalled = false;
  let isLeaving = false;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    sockets.add(client);
    if (isStalled) return;
    const upstream = connect(port, "127.0.0.1");
    sockets.add(upstream);
    client.on("data", (data) => isStalled || upstream.write(data));
    upstream.on("data", (data) => {
      if (isStalled) return;
      if (isLeaving && data.includes("takesWrites"))
        client.end(Buffer.concat([data as Buffer, farewell]));
      else client.write(data);
    });
    for (const socket of [client, upstream]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    port: (proxy.address() as { port: number }).port,
    stall: () => {
      isStalled = true;
    },
    leave: () => {
      isLeaving = true;
    },
    stay: () => {
      isLeaving = false;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
