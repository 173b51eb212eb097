import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Postgres, startPostgres } from "../../../../../tools/harness/postgres.ts";
import {
  openPostgresDatabase,
  type PostgresDatabase,
  type Queries,
  type Statement,
  type Value,
} from "../../postgres/database.ts";
import { openPostgresStorage } from "../../storage/postgres/postgres-storage.ts";
import { table } from "../../storage/storage.ts";
import { auditLogConformance } from "../audit-log.conformance.ts";
import { type MaintainedAuditLog, openAuditLog } from "../audit-log.ts";
import { type Head, signHead } from "../chain.ts";
import { newEvent, newSigner } from "../events.fixture.ts";
import { evidenceOf } from "../evidence.ts";
import { retiring } from "../sql/retention.ts";
import { oldestGroups } from "../sql/statements.ts";
import { verifyTrail } from "../verify.ts";
import { openPostgresAuditStore, type PostgresAuditStore } from "./postgres-store.ts";
import { readingPostgres } from "./reading.ts";

let server: Postgres;

beforeAll(async () => {
  server = await startPostgres({ isFast: true });
});
afterAll(() => server.stop());

/** A database with the storage's tables, beside which the trail lies. */
async function newDatabase(): Promise<PostgresDatabase> {
  const database = await openPostgresDatabase({ url: await server.newDatabase() });
  await (await openPostgresStorage({ database })).close();
  return database;
}

auditLogConformance("PostgreSQL", async () => {
  const database = await newDatabase();
  return {
    openStore: () => openPostgresAuditStore(database),
    reading: (use) => readingPostgres(database, use),
    remove: () => database.close(),
  };
});

describe("an audit log of many nodes", () => {
  const signer = newSigner("key-1");
  const day = 86_400_000;
  let database: PostgresDatabase;
  let now: number;
  let elapsed: number;
  let closing: (() => Promise<void>)[];

  interface Node {
    readonly store: PostgresAuditStore;
    readonly log: MaintainedAuditLog;
  }

  beforeEach(async () => {
    database = await newDatabase();
    now = 1_700_000_000_000;
    elapsed = 0;
    closing = [];
  });
  afterEach(async () => {
    await Promise.all(closing.map((close) => close()));
    await database.close();
  });

  async function newNode(): Promise<Node> {
    const store = await openPostgresAuditStore(database, () => elapsed);
    const clock = { now: () => now };
    const log = await openAuditLog(store, { clock, signer, retentionDays: 1 });
    closing.push(() => log.close());
    return { store, log };
  }

  const verify = () =>
    readingPostgres(database, (evidence) => verifyTrail(evidence, () => signer.publicKey));
  const lookup = async ({ log }: Node) =>
    (await log.query({ accountId: "123456789012", region: "us-east-1", limit: 50 })).events;

  /** The node is as one that stands still: it says nothing, and nobody heard it go. */
  async function silence(...heard: readonly Node[]): Promise<void> {
    for (const { store } of heard) await store.beat();
    elapsed += 30_000;
    for (const { store } of heard) await store.beat();
  }

  test("each writes a chain of its own, and what all wrote is found and verified together", async () => {
    const nodes = [await newNode(), await newNode(), await newNode()];
    expect(nodes.map(({ store }) => store.own)).toEqual([1, 2, 3]);
    const events = Array.from({ length: 9 }, () => newEvent());
    for (const [index, event] of events.entries()) await nodes[index % 3]?.log.append(event);
    for (const node of nodes) expect(await lookup(node)).toEqual(events.toReversed());
    for (const { log } of nodes) await log.maintain();
    const { broken, chains } = await verify();
    expect(broken).toBeUndefined();
    expect(chains.map(({ name, events, signedUpTo }) => [name, events, signedUpTo])).toEqual([
      ["node-1", 3, 3],
      ["node-2", 3, 3],
      ["node-3", 3, 3],
    ]);
  });

  test("each notes what it read for whom, together they tell of each reader once", async () => {
    const nodes = [await newNode(), await newNode()];
    const [secretArn = ""] = newEvent().resources;
    const reads = async (node = nodes[0]) =>
      (await node?.log.secretReads({ secretArn, since: 0, limit: 10 }))?.map(
        ({ firstReadAt, lastReadAt }) => [firstReadAt - now, lastReadAt - now],
      );
    for (const [index, node] of nodes.entries()) {
      await node.log.append(newEvent({ time: now + index }));
    }
    expect(await reads()).toEqual([[0, 1]]);

    for (const { log } of nodes) await log.close();
    await database.script(`DROP TABLE "audit_reads"; UPDATE "audit_schema" SET "version" = 1`);
    expect(await reads(await newNode())).toEqual([[0, 1]]);
  });

  test("pages of several chains have every event once, also while more are written", async () => {
    const nodes = [await newNode(), await newNode()];
    const events = Array.from({ length: 30 }, () => newEvent());
    for (const [index, event] of events.entries()) await nodes[index % 2]?.log.append(event);
    const found: string[] = [];
    let before: string | undefined;
    do {
      const query = { accountId: "123456789012", region: "us-east-1", limit: 4, before };
      const page = await (nodes[0] as Node).log.query(query);
      found.push(...page.events.map(({ eventId }) => eventId));
      before = page.next;
      await (nodes[1] as Node).log.append(newEvent({ time: now + day }));
    } while (before !== undefined);
    expect(found.toSorted()).toEqual(events.map(({ eventId }) => eventId).toSorted());
  });

  test("a chain that was let go, or whose node is silent for half a minute, is taken again", async () => {
    const [first, second] = [await newNode(), await newNode()];
    await first.log.append(newEvent());
    await first.log.close();
    const third = await newNode();
    expect(third.store.own).toBe(1);
    await third.log.append(newEvent());
    await second.log.append(newEvent());

    await silence(third);
    const fourth = await newNode();
    expect(fourth.store.own).toBe(2);
    await fourth.log.append(newEvent());
    // It comes round, finds its chain's next number taken, and goes on in another.
    await second.log.append(newEvent());
    expect(second.store.own).toBe(3);
    expect(await verify()).toMatchObject({ broken: undefined, events: 5 });
  });

  test("what the heads of many months say of other chains is read page by page", async () => {
    await newNode();
    await database.script(`INSERT INTO "audit_heads" SELECT 2, n, '', 0, 0, '',
      '[{"chain":1,"number":' || n || ',"hash":""}]', '' FROM generate_series(1, 2500) n`);
    let most = 0;
    const counting: Queries = {
      async all<Row>(statement: Statement, values?: readonly Value[]) {
        const rows = await database.all<Row>(statement, values);
        most = Math.max(most, rows.length);
        return rows;
      },
    };
    const { value } = await evidenceOf(counting).next();
    expect(value.seenAt).toEqual(Array.from({ length: 2500 }, (_, at) => at + 1));
    expect(most).toBeLessThanOrEqual(1000);
  });

  test("a node that is told that its chain is another's moves before it writes", async () => {
    const [first, second] = [await newNode(), await newNode()];
    await second.log.append(newEvent({ time: now }));
    await silence(first);
    const third = await newNode();
    await second.store.beat();
    const event = newEvent({ time: now });
    await second.log.append(event);
    expect([third.store.own, second.store.own]).toEqual([2, 3]);
    // Names that it had noted in the chain before are noted in the new one.
    const attribute = { key: "EventName", value: event.operation } as const;
    const query = { accountId: "123456789012", region: "us-east-1", limit: 5, attribute };
    expect((await first.log.query(query)).events).toContainEqual(event);
  });

  test("a group that was committed and had no answer is part of the chain", async () => {
    const { store, log } = await newNode();
    await log.append(newEvent());
    const all = database.all.bind(database);
    database.all = async <Row>(...asked: Parameters<typeof database.all>) => {
      const rows = await all<Row>(...asked);
      if (asked[0].name.startsWith("audit_write_group")) throw new Error("The answer is lost");
      return rows;
    };
    await expect(log.append(newEvent())).rejects.toMatchObject({ code: "ServiceUnavailable" });
    expect(log.trouble).toContain("The answer is lost");
    database.all = all;
    await log.append(newEvent());
    expect(log.trouble).toBeUndefined();
    expect(store.own).toBe(1);
    expect(await verify()).toMatchObject({ broken: undefined, events: 3 });
  });

  test("what was refused, or could not be sent, is not remembered as what may be in the chain", async () => {
    const { store, log } = await newNode();
    await log.append(newEvent());
    await database.script(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON "audit_groups" EXECUTE FUNCTION full_disk()`);
    const fails = () => expect(log.append(newEvent())).rejects.toThrow();
    for (let group = 0; group < 5; group++) await fails();
    expect(log.trouble).toContain("No space left on device");
    expect(store.unanswered).toBe(0);
    await database.script(`DROP TRIGGER full_disk ON "audit_groups"`);

    await server.kill();
    for (let group = 0; group < 5; group++) await fails();
    // The connection that was lent when the server went may have taken one along.
    expect(store.unanswered).toBeLessThan(2);
    await server.start();
    // New attempts to connect come with growing pauses.
    const isBack = () => log.append(newEvent()).then(() => "", String);
    await expect.poll(isBack, { timeout: 30_000 }).toBe("");
    expect(store.unanswered).toBe(0);
    expect(store.own).toBe(1);
    expect(await verify()).toMatchObject({ broken: undefined, events: 2 });
  });

  test("of what may be in the chain no more is remembered than can be of use", async () => {
    const { store, log } = await newNode();
    const all = database.all.bind(database);
    database.all = async <Row>(...asked: Parameters<typeof database.all>) => {
      if (asked[0].name.startsWith("audit_write_group")) throw new Error("The answer is lost");
      return all<Row>(...asked);
    };
    for (let group = 0; group < 103; group++) await log.append(newEvent()).catch(() => {});
    expect(store.unanswered).toBe(100);
    database.all = all;
    await log.append(newEvent());
    expect(store.unanswered).toBe(0);
  });

  test("an append resolves when the storage has caught up with the counter of its commit", async () => {
    const storage = await openPostgresStorage({ database });
    closing.push(() => storage.close());
    const put = { type: "put", table: table("secrets"), key: "a", body: {} } as const;
    const counter = await storage.commit([put]);
    const store = await openPostgresAuditStore(database);
    const told: number[] = [];
    const log = await openAuditLog(store, {
      clock: { now: () => now },
      signer,
      retentionDays: 1,
      onCommitted: async (each) => {
        if (each < 0) throw new Error("unreachable");
        told.push(each);
      },
    });
    closing.push(() => log.close());
    await log.append(newEvent());
    expect(told).toEqual([counter]);
  });

  test("what orphaned chains hold past retention goes, by the first node that lives", async () => {
    const [first, second] = [await newNode(), await newNode()];
    await second.log.append(newEvent());
    await second.log.close();
    now += 2 * day;
    await first.log.maintain();
    expect(await lookup(first)).toEqual([]);
    const text = `SELECT "chain", "number" FROM "audit_checkpoints"`;
    expect(await database.all({ name: "checkpoints", text })).toEqual([{ chain: 2, number: 1 }]);
    expect(await verify()).toMatchObject({ broken: undefined, events: 0 });
  });

  test("a node that stood still while it removed what is past retention takes no checkpoint back", async () => {
    const { store, log } = await newNode();
    for (let group = 0; group < 3; group++) await log.append(newEvent());
    const remove = async (number: number) => {
      const groups = await store.queries.all<Head>(oldestGroups, [1, number - 1, 1]);
      const head = { ...(groups[0] as Head), seen: [] };
      return retiring(store.queries, 1, signHead("checkpoint", 1, head, now, signer));
    };
    const late = await remove(1);
    await store.write(await remove(2));
    await store.write(late);
    expect(await verify()).toMatchObject({ broken: undefined, events: 1 });
  });

  describe("notices", () => {
    let nodes: readonly Node[];

    beforeEach(async () => {
      nodes = [await newNode(), await newNode()];
      for (let group = 0; group < 3; group++) {
        for (const { log } of nodes) await log.append(newEvent());
      }
      for (const { log } of nodes) await log.maintain();
      // The first one signs again, having seen what the other one signed.
      await nodes[0]?.log.append(newEvent());
      await nodes[0]?.log.maintain();
    });

    const gone = (chain: number) =>
      ["groups", "heads", "moments", "sightings", "uses", "checkpoints", "chains"].map(
        (name) => `DELETE FROM "audit_${name}" WHERE "chain" = ${chain}`,
      );

    const damages: [what: string, statements: readonly string[], broken: object][] = [
      [
        "a chain that was removed whole",
        gone(2),
        {
          chain: "node-2",
          group: 3,
          reason: "the whole chain is missing: node-1 saw it up to this group",
        },
      ],
      [
        "a chain whose end was cut off with the heads that were signed for it",
        [
          `DELETE FROM "audit_groups" WHERE "chain" = 2 AND "number" = 3`,
          `DELETE FROM "audit_heads" WHERE "chain" = 2`,
        ],
        { chain: "node-2", group: 3 },
      ],
      [
        "a group that was moved to the end of another chain",
        [
          `INSERT INTO "audit_groups" SELECT 1, 5, 5, "count", "committed_at", "from_time",
            "until_time", "hash", "lines" FROM "audit_groups" WHERE "chain" = 2 AND "number" = 3`,
        ],
        { chain: "node-1", group: 5 },
      ],
      [
        "chains that changed places",
        ["groups", "heads"].flatMap((name) => [
          `UPDATE "audit_${name}" SET "chain" = 9 WHERE "chain" = 1`,
          `UPDATE "audit_${name}" SET "chain" = 1 WHERE "chain" = 2`,
          `UPDATE "audit_${name}" SET "chain" = 2 WHERE "chain" = 9`,
        ]),
        { chain: "node-1", group: 1 },
      ],
      [
        "a head that says it saw another group",
        [`UPDATE "audit_heads" SET "seen" = replace("seen", '"number":3', '"number":2')`],
        { chain: "node-1", reason: "the signature of its head is not genuine" },
      ],
    ];

    test.each(damages)("%s", async (_, statements, broken) => {
      expect(await verify()).toMatchObject({ broken: undefined, events: 7 });
      for (const statement of statements) await database.script(statement);
      expect((await verify()).broken).toMatchObject(broken);
    });
  });
});
