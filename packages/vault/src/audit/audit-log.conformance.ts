/** What every store's audit log must do, on an empty database of its own for each test. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type MaintainedAuditLog, openAuditLog } from "./audit-log.ts";
import type { AuditAttribute, AuditEvent, AuditQuery, SecretReadsQuery } from "./event.ts";
import { alice, newEvent, newSigner, session } from "./events.fixture.ts";
import type { Evidence } from "./evidence.ts";
import { lineOf } from "./line.ts";
import type { AuditStore } from "./store.ts";
import { verifyTrail } from "./verify.ts";

/** A database that outlives the stores that are opened on it. */
export interface AuditSubject {
  openStore(): Promise<AuditStore>;
  reading<Result>(use: (evidence: AsyncIterable<Evidence>) => Promise<Result>): Promise<Result>;
  remove(): Promise<void>;
}

const signer = newSigner("key-1");
const here = { accountId: "123456789012", region: "us-east-1" };
const hour = 3_600_000;

export function auditLogConformance(name: string, subjectOf: () => Promise<AuditSubject>): void {
  describe(`the audit log on ${name}`, () => {
    let subject: AuditSubject;
    let store: AuditStore;
    let log: MaintainedAuditLog;
    let now: number;

    beforeEach(async () => {
      subject = await subjectOf();
      now = 1_700_000_000_000;
      await open();
    });

    afterEach(async () => {
      await log.close().catch(() => {});
      await subject.remove();
    });

    async function open(retentionDays = 1): Promise<void> {
      store = await subject.openStore();
      log = await openAuditLog(store, { clock: { now: () => now }, signer, retentionDays });
    }

    async function append(...events: AuditEvent[]): Promise<void> {
      await Promise.all(events.map((event) => log.append(event)));
    }

    async function found(query: Partial<AuditQuery> = {}): Promise<readonly AuditEvent[]> {
      return (await log.query({ ...here, limit: 50, ...query })).events;
    }

    /** Of the log's own chain, which is the only one. */
    async function verify() {
      const trusted = () => signer.publicKey;
      const { broken, chains } = await subject.reading((evidence) =>
        verifyTrail(evidence, trusted),
      );
      expect(chains).toHaveLength(1);
      return { broken, ...chains[0] };
    }

    const rows = (text: string) => store.queries.all({ name: text, text });

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
              // JSON has no negative zero, at the top neither.
              requestParameters:
                part.requestParameters === undefined
                  ? undefined
                  : roundTripped(part.requestParameters),
            }),
          );
          await append(...events);
          const [newest] = events.slice(-1);
          const [kept] = await found({ limit: 1 });
          expect(kept).toEqual(wellFormed(newest));
        }),
        { numRuns: 20 },
      );
      expect(await verify()).toMatchObject({ broken: undefined });
    });

    test("cuts what a stranger may claim, and leaves out parameters of more than 100 KB", async () => {
      const long = "x".repeat(200_000);
      const claims = { userAgent: long, accessKeyId: long, operation: long, errorMessage: long };
      await append(
        newEvent({ ...claims, requestParameters: { long }, responseElements: { long } }),
      );
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
      const far = "9".repeat(20);
      for (const before of [
        "",
        "x",
        "1",
        "1.1.1",
        "1.1.1.",
        "1.1.1.1.1",
        "-1.1.1.1",
        `${far}.1.1.1`,
      ]) {
        await expect(log.query({ ...here, limit: 1, before })).rejects.toMatchObject({
          code: "InvalidNextTokenException",
        });
      }
    });

    test("commits events that are under way together as one group", async () => {
      await append(newEvent(), newEvent(), newEvent());
      await append(newEvent());
      const counts = await rows(`SELECT "count" FROM "audit_groups" ORDER BY "number"`);
      expect(counts).toEqual([{ count: 3 }, { count: 1 }]);
    });

    test("goes on with its chain when it is opened again", async () => {
      await append(newEvent());
      await log.close();
      await open();
      await append(newEvent(), newEvent());
      await log.close();
      expect(await verify()).toMatchObject({ broken: undefined, events: 3, signedUpTo: 2 });
    });

    test("signs its head when maintained, once, and when closed", async () => {
      await append(newEvent());
      expect((await verify()).signedUpTo).toBe(0);
      await log.maintain();
      await log.maintain();
      expect((await verify()).signedUpTo).toBe(1);
      expect(await rows(`SELECT * FROM "audit_heads"`)).toHaveLength(1);
      await append(newEvent());
      await log.close();
      expect(await verify()).toMatchObject({ broken: undefined, signedUpTo: 2 });
    });

    test("removes whole groups that are past retention and leaves a signed checkpoint", async () => {
      for (let group = 0; group < 205; group++) await append(newEvent(), newEvent());
      await log.maintain();
      now += 12 * hour;
      const kept = newEvent({ userAgent: "kept" });
      await append(kept);
      now += 12 * hour;
      await log.maintain();
      expect((await verify()).events).toBe(411);
      now += 1;
      await log.maintain();
      expect(await found()).toEqual([kept]);
      expect(await verify()).toMatchObject({ broken: undefined, events: 1, signedUpTo: 206 });

      now += 24 * hour;
      await log.maintain();
      expect(await found()).toEqual([]);
      for (const table of ["groups", "moments", "sightings"]) {
        expect(await rows(`SELECT * FROM "audit_${table}"`)).toEqual([]);
      }
      await log.close();
      await open();
      await append(newEvent());
      expect(await verify()).toMatchObject({ broken: undefined, events: 1, head: { number: 207 } });
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
      expect(await verify()).toMatchObject({ broken: undefined });
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

    describe("of uses", () => {
      const start = 1_700_000_000_000;
      const aliceId = "AIDAEXAMPLEALICE";

      /** "service operation region seconds since the start", the latest first. */
      async function uses(userId: string, until = Number.MAX_SAFE_INTEGER) {
        const last = await log.lastUses({ accountId: here.accountId, userId, until });
        return last
          .toSorted((a, b) => b.time - a.time)
          .map(({ service, operation, region, time }) =>
            [service, operation, region, (time - start) / 1000].join(" "),
          );
      }

      test("knows each action's last one, by region, and for its moment", async () => {
        await append(
          newEvent({ time: start }),
          newEvent({ time: start + 10_000 }),
          newEvent({ time: start + 20_000, region: "eu-west-1" }),
          newEvent({ time: start + 30_000, service: "ssm", operation: "GetParameter" }),
          newEvent({ time: start + 40_000, identity: session, accessKeyId: "ASIAEXAMPLE" }),
        );
        expect(await uses(aliceId)).toEqual([
          "ssm GetParameter us-east-1 30",
          "secretsmanager GetSecretValue eu-west-1 20",
          "secretsmanager GetSecretValue us-east-1 10",
        ]);
        expect(await uses(aliceId, start + 9000)).toEqual([
          "secretsmanager GetSecretValue us-east-1 0",
        ]);
        expect(await uses("AROAEXAMPLEREADER")).toEqual([
          "secretsmanager GetSecretValue us-east-1 40",
        ]);
        // A long-term key's uses are its own; temporary ones come and go with their sessions.
        expect(await uses("AKIAEXAMPLE")).toHaveLength(3);
        expect(await uses("ASIAEXAMPLE")).toEqual([]);
        // No other user's or account's.
        expect(await uses("AIDA")).toEqual([]);
        const elsewhere = { accountId: "210987654321", userId: aliceId, until: now };
        expect(await log.lastUses(elsewhere)).toEqual([]);
      });

      test("takes the later of two in a group, however much time has passed between them", async () => {
        // As where the machine slept while the first was under way.
        await append(newEvent({ time: start }), newEvent({ time: start + 2 * hour }));
        expect(await uses(aliceId)).toEqual(["secretsmanager GetSecretValue us-east-1 7200"]);
        expect(await verify()).toMatchObject({ broken: undefined, events: 2 });
      });

      test("has none of who can't prove who it is, whatever it calls its action", async () => {
        const forged = `${here.accountId} ${aliceId} kms us-east-1 Decrypt`;
        await append(
          newEvent({ identity: undefined, accessKeyId: "AKIAEXAMPLE" }),
          newEvent({ identity: undefined, operation: forged, userAgent: forged }),
        );
        expect(await uses(aliceId)).toEqual([]);
        expect(await uses("AKIAEXAMPLE")).toEqual([]);
      });

      test("keeps them over a restart, and lets them go with the events that they are of", async () => {
        await append(newEvent({ time: start }));
        await log.close();
        await open();
        expect(await uses(aliceId)).toHaveLength(1);

        now = start + 30 * hour;
        await append(newEvent({ time: now, identity: { ...alice, principalId: "AIDALATER" } }));
        await log.maintain();
        expect(await uses(aliceId)).toEqual([]);
        expect(await uses("AIDALATER")).toHaveLength(1);
      });
    });

    describe("of reads", () => {
      const start = 1_700_000_000_000;
      const [secretArn = ""] = newEvent().resources;
      const minute = 60_000;
      const endingAt = (sessionExpiresAt: number) => ({
        identity: { ...session, sessionExpiresAt },
        accessKeyId: `ASIA${sessionExpiresAt}`,
      });

      async function reads(query: Partial<SecretReadsQuery> = {}) {
        return log.secretReads({ secretArn, since: 0, limit: 100, ...query });
      }

      test("knows who read which version of a secret, first and last", async () => {
        await append(newEvent({ time: start, versionId: "one" }));
        await append(
          newEvent({ time: start + minute, versionId: "one" }),
          newEvent({ time: start + 2 * minute, versionId: "two", ...endingAt(start + hour) }),
          newEvent({ time: start + 3 * minute, versionId: "two", errorCode: "AccessDenied" }),
          newEvent({ time: start + 3 * minute, versionId: "one", resources: ["arn:other"] }),
        );
        const [two, one] = await reads();
        expect(two).toEqual({
          versionId: "two",
          principalArn: session.sessionIssuerArn,
          sessionName: "i-0abc",
          accessKeyId: `ASIA${start + hour}`,
          sourceAddress: "192.0.2.1",
          firstReadAt: start + 2 * minute,
          lastReadAt: start + 2 * minute,
          expiresAt: start + hour,
        });
        expect(one).toMatchObject({
          versionId: "one",
          principalArn: alice.arn,
          firstReadAt: start,
          lastReadAt: start + minute,
          expiresAt: undefined,
        });
        expect(await reads({ since: start + 2 * minute })).toEqual([two]);
        expect(await reads({ expiresAfter: start + hour + 1 })).toEqual([one]);
        expect(await reads({ limit: 1 })).toEqual([two]);
        expect(await reads({ secretArn: `${secretArn}x` })).toEqual([]);
      });

      test("keeps them over a restart, and until retention removes what they are of", async () => {
        await append(newEvent({ time: start, versionId: "one" }));
        await log.close();
        await open();
        await append(newEvent({ time: start + minute, versionId: "one" }));
        expect(await reads()).toMatchObject([{ firstReadAt: start, lastReadAt: start + minute }]);
        now = start + 24 * hour;
        await log.maintain();
        expect(await reads()).toHaveLength(1);
        now = start + 26 * hour;
        await log.maintain();
        expect(await reads()).toEqual([]);
      });

      test("tells the sessions of a role apart until a day after their end", async () => {
        await log.close();
        await open(90);
        const later = newEvent({ time: start + 2, ...endingAt(start + hour) });
        await append(
          newEvent({ time: start, ...endingAt(start + minute) }),
          newEvent({ time: start + 1, ...endingAt(start + 2 * minute) }),
          later,
        );
        now = start + 23 * hour;
        await log.maintain();
        expect(await reads()).toHaveLength(3);
        now = start + 24 * hour + 10 * minute;
        await append(newEvent({ ...later, time: now }));
        await log.maintain();
        await log.maintain();
        expect(await reads()).toMatchObject([
          { accessKeyId: later.accessKeyId },
          {
            principalArn: session.sessionIssuerArn,
            accessKeyId: "",
            sourceAddress: "",
            sessionName: undefined,
            firstReadAt: start,
            lastReadAt: start + 1,
            expiresAt: start + 2 * minute,
          },
        ]);
      });
    });

    test("hashes an event without an encoded message as it did before there were any", async () => {
      const fields: unknown[] = JSON.parse(lineOf(newEvent()));
      expect(fields).toHaveLength(21);
      expect(fields.at(-1)).toBe(1);
    });
  });
}

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
