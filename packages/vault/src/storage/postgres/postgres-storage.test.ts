import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Postgres, startPostgres } from "../../../../../tools/harness/postgres.ts";
import { cacheSharedStorage } from "../shared-cache.ts";
import { type OpenedStorage, storageConformance } from "../storage.conformance.ts";
import { type Change, Conflict, counterKey, Stale, Unavailable } from "../storage.ts";
import { history, type Node, openNode, put, secrets, touched } from "./nodes.fixture.ts";

let server: Postgres;
/** The suite's: emptied for each of its tests, which is quicker than to make one. */
let url: string;

beforeAll(async () => {
  server = await startPostgres({ isFast: true });
  url = await server.newDatabase();
  await (await openNode(url)).close();
}, 60_000);

afterAll(() => server.stop());

const empty = `
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
      AND tablename NOT IN ('schema_version', 'change_counter')
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
  END $$`;

function opener(cacheBytesMax?: number): () => Promise<OpenedStorage> {
  return async () => {
    const reopen = async () => {
      const { storage } = await openNode(url);
      return cacheBytesMax ? cacheSharedStorage(storage, { bytesMax: cacheBytesMax }) : storage;
    };
    const remove = async () => {
      const { database, close } = await openNode(url);
      await database.script(empty);
      await close();
    };
    return { storage: await reopen(), reopen, remove };
  };
}

storageConformance("PostgreSQL", opener());
storageConformance("PostgreSQL behind a cache", opener(1_000_000));

describe("nodes on one database", () => {
  let own: string;
  let one: Node;
  let other: Node;

  beforeEach(async () => {
    own = await server.newDatabase();
    [one, other] = await Promise.all([openNode(own), openNode(own)]);
  });

  afterEach(() => Promise.all([one.close(), other.close()]));

  test("that start together on an empty one make its schema once", async () => {
    const own = await server.newDatabase();
    const nodes = await Promise.all([openNode(own), openNode(own), openNode(own)]);
    const counters = await Promise.all(nodes.map(({ storage }) => storage.commit([put("a")])));
    expect(counters.sort()).toEqual([1, 2, 3]);
    await Promise.all(nodes.map(({ close }) => close()));
  });

  test("know of every commit of others once they caught up, in order, and no row more", async () => {
    const first = await one.storage.commit([put("a"), put("b")]);
    await other.storage.catchUp(first);
    await one.storage.commit([put("a", 2)]);
    const refused = one.storage.commit([put("never"), put("a", 3, { expect: "absent" })]);
    await expect(refused).rejects.toThrow(Conflict);
    const remove: Change = { type: "delete", table: secrets, key: "b" };
    const last = await one.storage.commit([
      remove,
      { type: "require", table: secrets, key: "a", expect: 2 },
      { type: "append", table: history, body: 1 },
    ]);
    await other.storage.catchUp(last);
    expect(other.told.flat()).toEqual([
      ...touched("a", "b", "a", "b"),
      { table: "changes", key: counterKey(last) },
    ]);
    const before = other.told.length;
    await other.storage.catchUp(last);
    expect(other.told).toHaveLength(before);
    expect(one.told).toEqual([]);
  });

  test("learn in their own commit what came before it", async () => {
    await one.storage.commit([put("a")]);
    const told = () => other.told.flat();
    await other.storage.commit([put("b")], () => {
      expect(told()).toEqual(touched("a"));
      return false;
    });
    expect(told()).toEqual(touched("a"));
  });

  test("commit nothing that was computed from outdated rows, and all the rest of the group", async () => {
    const outcomes = await Promise.allSettled([
      one.storage.commit([put("a")]),
      one.storage.commit([put("b")], () => true),
      one.storage.commit([put("c")], () => false),
    ]);
    expect(outcomes[1]).toMatchObject({ status: "rejected", reason: expect.any(Stale) });
    const rows = await other.storage.list(secrets, { prefix: "", limit: 9 });
    expect(rows.map(({ key }) => key)).toEqual(["a", "c"]);
  });

  test("conflict as writers of one process do", async () => {
    await one.storage.commit([put("a", 1)]);
    const { revision } = (await other.storage.get(secrets, "a")) ?? { revision: 0 };
    const race = ({ storage }: Node) => storage.commit([put("a", 2, { expect: revision })]);
    const outcomes = await Promise.allSettled([race(one), race(other)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const failed = outcomes.find(({ status }) => status === "rejected");
    expect(failed).toMatchObject({ reason: expect.any(Conflict) });
  });

  test("write in the order of the counter, so that who has read up to it has missed nothing", async () => {
    let isWriting = true;
    const write = async (node: Node, writer: number) => {
      for (let body = 0; body < 25; body++) {
        const appended: Change = { type: "append", table: history, body: [writer, body] };
        await node.storage.commit([appended]);
      }
    };
    const seen: string[] = [];
    const read = async () => {
      for (let isLast = false; ; ) {
        isLast = !isWriting;
        const range = { prefix: "", after: seen.at(-1), limit: 1_000 };
        seen.push(...(await one.storage.list(history, range)).map(({ key }) => key));
        if (isLast) return;
      }
    };
    const reading = read();
    await Promise.all([one, other, one, other].map(write));
    isWriting = false;
    await reading;
    expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => counterKey(at + 1)));
  });

  test("wake whoever watches a table that another has written", async () => {
    const woken = new Promise<void>((resolve) => {
      other.storage.watch(history, resolve);
    });
    await one.storage.commit([{ type: "append", table: history, body: 1 }]);
    await woken;
  });

  test("that are behind what is remembered forget all rows", async () => {
    await other.storage.catchUp(await one.storage.commit([put("a")]));
    other.told.length = 0;
    await one.database.script(`UPDATE "change_counter" SET "value" = 20000, "horizon" = 9000`);
    await one.storage.prune();
    const kept = {
      name: "kept",
      text: `SELECT "horizon", (SELECT count(*) FROM "touched_rows") AS "rows" FROM "change_counter"`,
    };
    expect(await one.database.all(kept)).toEqual([{ horizon: 10_000, rows: 0 }]);
    await other.storage.catchUp(await one.storage.commit([put("b")]));
    expect(other.told).toContain(undefined);
  });

  test("forget all rows when a failover has lost commits that they had seen", async () => {
    await one.storage.commit([put("a")]);
    const counter = await one.storage.commit([put("b")]);
    await other.storage.catchUp(counter);
    other.told.length = 0;
    // As the standby has it, which had not got the commits yet.
    await one.database.script(
      `UPDATE "change_counter" SET "value" = 0; DELETE FROM "touched_rows"`,
    );
    // It is refused where a look at the same moment found that out.
    await other.storage.commit([put("c")]).catch(() => {});
    expect(other.told).toContain(undefined);
    // One has heard of a commit that is not there: nothing behind it can be known. That another look
    // finds out the same meanwhile is no reason to refuse.
    one.told.length = 0;
    await Promise.all([one.storage.catchUp(), one.storage.catchUp(counter + 9)]);
    expect(one.told).toContain(undefined);
  });

  test("hear of a commit of their own that ended after they had lost sight of it", async () => {
    await one.database.script(`
      CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER "slow commit" AFTER INSERT ON "touched_rows"
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`);
    const way = await wayTo(own);
    const far = await openNode(way.url);
    const cached = cacheSharedStorage(far.storage, { bytesMax: 1_000_000 });
    await cached.commit([put("a", 1)]);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: held, resolve: hold } = Promise.withResolvers<void>();
    const holding = one.database.transaction(async (session) => {
      await session.all({ name: "hold", text: "SELECT pg_advisory_xact_lock(1)" });
      hold();
      await released;
    });
    await held;
    const waiting = { name: "waiting", text: `SELECT 1 FROM "pg_locks" WHERE NOT "granted"` };
    const lost = expect(cached.commit([put("a", 2)])).rejects.toThrow(Unavailable);
    while ((await one.database.all(waiting)).length === 0) await new Promise(setImmediate);
    way.cut();
    await lost;
    const readable = () => Promise.resolve(cached.get(secrets, "a")).catch(() => {});
    await expect.poll(readable).toMatchObject({ body: 1 });
    await far.storage.catchUp();
    expect(await cached.get(secrets, "a")).toMatchObject({ body: 1 });
    release();
    await holding;
    await expect.poll(() => one.storage.get(secrets, "a")).toMatchObject({ body: 2 });
    await far.storage.catchUp();
    expect(await cached.get(secrets, "a")).toMatchObject({ body: 2 });
    await far.close();
    way.close();
  });

  test("refuse a schema that is newer than they are", async () => {
    const own = await server.newDatabase();
    const node = await openNode(own);
    await node.database.script(`UPDATE "schema_version" SET "version" = 99`);
    await node.close();
    await expect(openNode(own)).rejects.toMatchObject({
      name: "Unavailable",
      message: expect.stringMatching(/schema version 99 and this program knows \d+: .* newer/),
      hint: "start a Claviger that is as new; nothing was changed",
    });
  });

  test("say what to grant where they may not make tables", async () => {
    const own = await server.newDatabase();
    const stranger = Object.assign(new URL(await server.newDatabase()), {
      pathname: new URL(own).pathname,
    });
    const refused = openNode(stranger.href);
    await expect(refused).rejects.toMatchObject({
      name: "Unavailable",
      message: expect.stringContaining("permission denied for schema public"),
      hint: expect.stringContaining("GRANT USAGE, CREATE ON SCHEMA public TO"),
    });
  });
});

describe("a server that is killed", () => {
  test("makes nodes refuse, forget their rows, and serve again by themselves", async () => {
    const node = await openNode(await server.newDatabase());
    const acknowledged: string[] = [];
    let isOver = false;
    const write = async (writer: number) => {
      for (let number = 0; !isOver; number++) {
        const key = `${writer}-${number}`;
        const outcome = await node.storage.commit([put(key)]).catch((error) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(Unavailable);
        else acknowledged.push(key);
        await new Promise(setImmediate);
      }
    };
    const writing = Promise.all([0, 1, 2].map(write));
    while (acknowledged.length < 50) await new Promise(setImmediate);
    await server.kill();
    expect(node.told).toContain(undefined);
    await expect(node.storage.get(secrets, "0-0")).rejects.toThrow(Unavailable);
    await server.start();
    const before = acknowledged.length;
    while (acknowledged.length < before + 50) await new Promise(setImmediate);
    isOver = true;
    await writing;
    const rows = await node.storage.getMany(secrets, acknowledged);
    expect(rows.map((row) => row?.key)).toEqual(acknowledged);
    await node.close();
  });
});

/** A way to the server that can be cut without the server's noticing. */
async function wayTo(url: string) {
  const clients = new Set<Socket>();
  const servers = new Set<Socket>();
  const way = createServer((client) => {
    const server = connect(Number(new URL(url).port), "127.0.0.1");
    client.on("data", (data) => server.write(data)).on("error", () => {});
    server.on("data", (data) => client.writable && client.write(data)).on("error", () => {});
    clients.add(client);
    servers.add(server);
  });
  way.listen(0, "127.0.0.1");
  await once(way, "listening");
  const { port } = way.address() as AddressInfo;
  return {
    url: Object.assign(new URL(url), { port }).href,
    cut() {
      for (const client of clients) client.destroy();
      clients.clear();
    },
    close() {
      for (const socket of [...clients, ...servers]) socket.destroy();
      way.close();
    },
  };
}
