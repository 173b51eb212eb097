import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditAttribute, AuditEvent, AuditQuery } from "./event.ts";
import { alice, newEvent, newFolder, newSigner, session } from "./events.fixture.ts";
import { lineOf } from "./line.ts";
import { evidenceOf } from "./sqlite/evidence.ts";
import { openSqliteAuditLog, type SqliteAuditLog } from "./sqlite-audit-log.ts";
import { type Verification, verifyTrail } from "./verify.ts";

const signer = newSigner("key-1");
const here = { accountId: "123456789012", region: "us-east-1" };
const hour = 3_600_000;

describe("the audit log", () => {
  let directory: string;
  let log: SqliteAuditLog;
  let now: number;

  beforeEach(async () => {
    directory = newFolder();
    now = 1_700_000_000_000;
    await open();
  });

  afterEach(async () => {
    await log.close().catch(() => {});
    rmSync(directory, { recursive: true });
  });

  async function open(): Promise<void> {
    const clock = { now: () => now };
    log = await openSqliteAuditLog({ directory, clock, signer, retentionDays: 1 });
  }

  async function append(...events: AuditEvent[]): Promise<void> {
    await Promise.all(events.map((event) => log.append(event)));
  }

  async function found(query: Partial<AuditQuery> = {}): Promise<readonly AuditEvent[]> {
    return (await log.query({ ...here, limit: 50, ...query })).events;
  }

  function verify(): Verification {
    return withDatabase((database) => verifyTrail(evidenceOf(database), () => signer.publicKey));
  }

  function withDatabase<Result>(use: (database: DatabaseSync) => Result): Result {
    const database = new DatabaseSync(join(directory, "audit.db"), { readOnly: true });
    try {
      return use(database);
    } finally {
      database.close();
    }
  }

  test("keeps every kind of event whole", async () => {
    const events = [
      newEvent(),
      newEvent({ identity: session, resources: ["arn:a", "arn:b", "arn:c"], count: 7 }),
      newEvent({ identity: undefined, accessKeyId: "", resources: [], versionId: undefined }),
      newEvent({ errorCode: "AccessDenied", errorMessage: "User: x\n\0 is not authorized 🔑" }),
      newEvent({ errorCode: "AccessDenied", encodedAuthorizationMessage: "AbC_-" }),
      newEvent({ requestParameters: undefined, responseElements: { arn: "a", list: [1, null] } }),
      newEvent({ requestParameters: null, isReadOnly: false }),
      newEvent({
        requestParameters: { name: "\ud800", "2": 1, "1": 2 },
        service: "",
        operation: "",
      }),
    ];
    await append(...events);
    expect(await found()).toEqual(events.toReversed());
  });

  test("keeps what anybody may send, and its chain stays whole", async () => {
    const text = fc.string({ unit: "binary", maxLength: 8 });
    const anyEvent = fc.record({
      userAgent: text,
      accessKeyId: text,
      operation: text,
      errorMessage: fc.option(text, { nil: undefined }),
      resources: fc.array(text, { maxLength: 3 }),
      requestParameters: fc.option(fc.jsonValue(), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 5 }), async (parts) => {
        const events = parts.map((part) =>
          newEvent({
            ...part,
            // JSON has no negative zero.
            requestParameters: part.requestParameters && roundTripped(part.requestParameters),
          }),
        );
        await append(...events);
        const [newest] = events.slice(-1);
        const [kept] = await found({ limit: 1 });
        expect(kept).toEqual(wellFormed(newest));
      }),
      { numRuns: 40 },
    );
    expect(verify().broken).toBeUndefined();
  });

  test("cuts what a stranger may claim, and leaves out parameters of more than 100 KB", async () => {
    const long = "x".repeat(200_000);
    const claims = { userAgent: long, accessKeyId: long, operation: long, errorMessage: long };
    await append(newEvent({ ...claims, requestParameters: { long }, responseElements: { long } }));
    const [event] = await found();
    expect(event?.userAgent).toHaveLength(1024);
    expect(event?.accessKeyId).toHaveLength(1024);
    expect(event?.operation).toHaveLength(1024);
    expect(event?.errorMessage).toHaveLength(1024);
    expect(event?.requestParameters).toBeUndefined();
    expect(event?.responseElements).toBeNull();
  });

  test("finds events newest first, of one account and region, page by page", async () => {
    const events = Array.from({ length: 25 }, () => newEvent({ time: 1_700_000_000_000 }));
    for (const event of events) await log.append(event);
    await append(newEvent({ region: "eu-west-1" }), newEvent({ accountId: "210987654321" }));
    const pages: (readonly AuditEvent[])[] = [];
    let before: string | undefined;
    do {
      const page = await log.query({ ...here, limit: 10, before });
      pages.push(page.events);
      before = page.next;
    } while (before !== undefined);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(events.toReversed());
  });

  test("orders by the time of the request, not of its end", async () => {
    const [early, late] = [newEvent({ time: 1000 }), newEvent({ time: 2000 })];
    await append(late);
    await append(early);
    expect(await found()).toEqual([late, early]);
    expect(await found({ from: 1001 })).toEqual([late]);
    expect(await found({ from: 1000, until: 1000 })).toEqual([early]);
    expect(await found({ until: 999 })).toEqual([]);
  });

  test("narrows by each attribute", async () => {
    const key = "arn:aws:kms:us-east-1:123456789012:key/1";
    const read = newEvent();
    const write = newEvent({
      operation: "Decrypt",
      service: "kms",
      isReadOnly: false,
      identity: session,
      accessKeyId: "ASIAEXAMPLE",
      resources: [key],
    });
    const root = newEvent({ identity: { ...alice, type: "Root", arn: "arn:aws:iam::1:root" } });
    const elsewhere = { ...write, region: "eu-west-1" };
    await append(read, write, root, elsewhere);
    const by = (attribute: AuditAttribute, value: string) =>
      found({ attribute: { key: attribute, value } });
    expect(await by("EventId", write.eventId)).toEqual([write]);
    expect(await by("EventName", "Decrypt")).toEqual([write]);
    expect(await by("ReadOnly", "false")).toEqual([write]);
    expect(await by("ReadOnly", "true")).toEqual([root, read]);
    expect(await by("Username", "alice")).toEqual([read]);
    expect(await by("Username", "i-0abc")).toEqual([write]);
    expect(await by("Username", "root")).toEqual([root]);
    expect(await by("ResourceName", key)).toEqual([write]);
    expect(await by("ResourceType", "AWS::KMS::Key")).toEqual([write]);
    expect(await by("ResourceType", "AWS::SecretsManager::Secret")).toEqual([root, read]);
    expect(await by("EventSource", "kms.amazonaws.com")).toEqual([write]);
    expect(await by("AccessKeyId", "ASIAEXAMPLE")).toEqual([write]);
  });

  test("finds nothing where nothing is", async () => {
    await append(newEvent());
    const attributes: [AuditAttribute, string][] = [
      ["EventId", "none"],
      ["EventName", "none"],
      ["Username", ""],
      ["ReadOnly", "maybe"],
      ["ResourceType", "AWS::None"],
      ["ResourceType", "toString"],
      ["EventSource", "secretsmanager"],
      ["EventSource", "none.amazonaws.com"],
    ];
    for (const [key, value] of attributes) {
      expect(await found({ attribute: { key, value } }), `${key} ${value}`).toEqual([]);
    }
    expect(await found({ accountId: "none" })).toEqual([]);
  });

  test("finds the one write behind a great many reads at once", async () => {
    const wanted = newEvent({ isReadOnly: false });
    await append(wanted);
    await append(...Array.from({ length: 12_500 }, () => newEvent()));
    for (const [key, value] of [
      ["ReadOnly", "false"],
      ["EventId", wanted.eventId],
    ] as const) {
      expect(await log.query({ ...here, limit: 5, attribute: { key, value } })).toEqual({
        events: [wanted],
        next: undefined,
      });
    }
  });

  test("goes on searching on the next page after looking at many events in vain", async () => {
    const wanted = newEvent({ resources: ["arn:aws:kms:us-east-1:123456789012:key/1"] });
    await append(wanted);
    await append(...Array.from({ length: 10_500 }, () => newEvent()));
    const attribute = { key: "ResourceType", value: "AWS::KMS::Key" } as const;
    const first = await log.query({ ...here, limit: 5, attribute });
    expect(first.events).toEqual([]);
    const second = await log.query({ ...here, limit: 5, attribute, before: first.next });
    expect(second).toEqual({ events: [wanted], next: undefined });
  });

  test("refuses a position that it did not give", async () => {
    await append(newEvent());
    for (const before of ["", "x", "1", "1.", "1.1.1", "-1.1", "1e3.1", `${"9".repeat(20)}.1`]) {
      await expect(log.query({ ...here, limit: 1, before })).rejects.toMatchObject({
        code: "InvalidNextTokenException",
      });
    }
  });

  test("commits events that are under way together as one group", async () => {
    await append(newEvent(), newEvent(), newEvent());
    await append(newEvent());
    const counts = withDatabase((database) =>
      database.prepare(`SELECT "count" FROM "groups" ORDER BY "number"`).all(),
    );
    expect(counts).toEqual([{ count: 3 }, { count: 1 }]);
  });

  test("goes on with its chain when it is opened again", async () => {
    await append(newEvent());
    await log.close();
    await open();
    await append(newEvent(), newEvent());
    await log.close();
    expect(verify()).toMatchObject({ broken: undefined, events: 3, signedUpTo: 2 });
  });

  test("signs its head when maintained, once, and when closed", async () => {
    await append(newEvent());
    expect(verify().signedUpTo).toBe(0);
    await log.maintain();
    await log.maintain();
    expect(verify().signedUpTo).toBe(1);
    const heads = withDatabase((database) => database.prepare(`SELECT * FROM "heads"`).all());
    expect(heads).toHaveLength(1);
    await append(newEvent());
    await log.close();
    expect(verify()).toMatchObject({ broken: undefined, signedUpTo: 2 });
  });

  test("removes whole groups that are past retention and leaves a signed checkpoint", async () => {
    for (let group = 0; group < 205; group++) await append(newEvent(), newEvent());
    await log.maintain();
    now += 12 * hour;
    const kept = newEvent({ userAgent: "kept" });
    await append(kept);
    now += 12 * hour;
    await log.maintain();
    expect(verify().events).toBe(411);
    now += 1;
    await log.maintain();
    expect(await found()).toEqual([kept]);
    expect(verify()).toMatchObject({ broken: undefined, events: 1, signedUpTo: 206 });

    now += 24 * hour;
    await log.maintain();
    expect(await found()).toEqual([]);
    const sightings = withDatabase((database) =>
      database.prepare(`SELECT * FROM "sightings"`).all(),
    );
    expect(sightings).toEqual([]);
    await log.close();
    await open();
    await append(newEvent());
    expect(verify()).toMatchObject({ broken: undefined, events: 1, head: { number: 207 } });
  });

  test("loses a day of events at a time, at most, to a clock that jumps ahead", async () => {
    const events = [newEvent(), newEvent(), newEvent()];
    for (const event of events) {
      await append(event);
      now += 30 * hour;
    }
    now += 1000 * 24 * hour;
    await log.maintain();
    expect(await found()).toEqual([events[2], events[1]]);
    await log.maintain();
    expect(await found()).toEqual([events[2]]);
    expect(verify().broken).toBeUndefined();
  });

  test("removes the words of removed events in time, and keeps those in use", async () => {
    const words = () =>
      withDatabase((database) =>
        database.prepare(`SELECT "word" FROM "words" WHERE "word" GLOB 'agent *'`).all(),
      ).map((row) => row.word);
    await append(newEvent({ userAgent: "agent old" }), newEvent({ userAgent: "agent used" }));
    const writes = Array.from({ length: 4200 }, () => newEvent({ userAgent: "agent used" }));
    for (const event of writes) await log.append(event);
    now += 25 * hour;
    const last = newEvent({ userAgent: "agent used" });
    await append(last);
    await log.maintain();
    expect(words()).toEqual(["agent used"]);
    expect(await found()).toEqual([last]);
    expect(verify().broken).toBeUndefined();
  });

  test("finishes what is under way when closed, and rejects what comes after", async () => {
    const event = newEvent();
    const appended = log.append(event);
    await log.close();
    await appended;
    await expect(log.append(newEvent())).rejects.toMatchObject({ code: "ServiceUnavailable" });
    await open();
    expect(await found()).toEqual([event]);
  });

  test("belongs to its owner alone", async () => {
    await append(newEvent());
    for (const name of ["audit.db", "audit.db-wal", "audit.db-shm"]) {
      expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test("of a newer program is refused", async () => {
    await log.close();
    const database = new DatabaseSync(join(directory, "audit.db"));
    const version = database.prepare("PRAGMA user_version").get()?.user_version;
    database.exec("PRAGMA user_version = 99");
    await expect(open()).rejects.toThrow("written by a newer Claviger");
    database.exec(`PRAGMA user_version = ${version}`);
    database.close();
    await open();
  });

  test("from before there were encoded messages is verified as it is, and goes on", async () => {
    const old = newEvent();
    await append(old);
    await log.close();
    const database = new DatabaseSync(join(directory, "audit.db"));
    database.exec(`
      ALTER TABLE "events" DROP COLUMN "encoded_authorization_message";
      DROP TABLE "uses";
      PRAGMA user_version = 1;
    `);
    database.close();
    expect(verify()).toMatchObject({ broken: undefined, events: 1 });

    await open();
    const denied = newEvent({ encodedAuthorizationMessage: "AbC_-" });
    await append(denied);
    expect(await found()).toEqual([denied, old]);
    expect(verify()).toMatchObject({ broken: undefined, events: 2 });
  });

  test("hashes an event without an encoded message as it did before there were any", async () => {
    const fields: unknown[] = JSON.parse(lineOf(newEvent()));
    expect(fields).toHaveLength(21);
    expect(fields.at(-1)).toBe(1);
  });

  describe("in a process of its own", () => {
    function child(mode: string, command = process.execPath, words: string[] = []) {
      const file = fileURLToPath(new URL("./sqlite-audit-log.child.ts", import.meta.url));
      const started = spawn(command, [...words, file, mode, directory], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      started.stdout.on("data", (data) => {
        said += data;
      });
      return { started, said: () => said };
    }

    beforeEach(() => log.close());

    test("keeps every event it acknowledged when it is killed, and a whole chain", async () => {
      const { started, said } = child("append-until-killed");
      while (said().split("\n").length < 100) await once(started.stdout, "data");
      started.kill("SIGKILL");
      await once(started, "close");
      await open();
      for (const value of said().trim().split("\n")) {
        expect(await found({ attribute: { key: "EventId", value } })).toHaveLength(1);
      }
      await append(newEvent());
      expect(verify().broken).toBeUndefined();
    });

    test.runIf(process.platform === "linux")(
      "rejects and says why while the disk is full, and recovers by itself",
      async () => {
        // A limit on file sizes fails the writes as a full disk does; prlimit lifts it later.
        const shell = `ulimit -S -f 2000 && exec "${process.execPath}" "$@"`;
        const { started, said } = child("fill-the-disk", "sh", ["-c", shell, "sh"]);
        await once(started, "close");
        expect(said().trim().split("\n")).toEqual([
          expect.stringMatching(/^rejected: ServiceUnavailable$/),
          expect.stringMatching(/^trouble: The audit log can't be written: .+$/),
          "recovered: undefined",
          "appended",
        ]);
        await open();
        expect(verify().broken).toBeUndefined();
      },
    );
  });
});

function roundTripped(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function wellFormed(event: AuditEvent | undefined): AuditEvent | undefined {
  return (
    event && {
      ...event,
      ...{
        userAgent: event.userAgent.toWellFormed(),
        accessKeyId: event.accessKeyId.toWellFormed(),
        operation: event.operation.toWellFormed(),
        errorMessage: event.errorMessage?.toWellFormed(),
        resources: event.resources.map((resource, place) =>
          place === 0 ? resource.toWellFormed() : resource,
        ),
      },
    }
  );
}
