import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { AuditEvent, SecretRead } from "../../audit/event.ts";
import { alice, newEvent, session } from "../../audit/events.fixture.ts";
import { type NotedRead, ReadNotes, readerParts, readStride } from "../../audit/reads.ts";
import { laggardsAmong, type Move, readersAmong, readersMoving } from "./readers-of-version.ts";

const minute = 60_000;
const start = 1_700_000_000_000;

describe("laggards", () => {
  const move: Move = { from: "old", to: new Set(["new"]), at: start };
  const laggards = (...reads: SecretRead[]) => laggardsAmong(reads, move, start + minute);
  const read = (changes: Partial<SecretRead>): SecretRead => ({
    versionId: "old",
    principalArn: "arn:aws:iam::123456789012:role/api",
    sessionName: "one",
    accessKeyId: "ASIAONE",
    sourceAddress: "192.0.2.1",
    firstReadAt: start - minute,
    lastReadAt: start - minute,
    expiresAt: start + 10 * minute,
    ...changes,
  });
  const fresh = { versionId: "new", firstReadAt: start + 1, lastReadAt: start + 1 };

  it("are named with what they read last and when their credentials expire", () => {
    expect(laggards(read({}))).toEqual([
      {
        principalArn: "arn:aws:iam::123456789012:role/api",
        sessionName: "one",
        sourceAddress: "192.0.2.1",
        versionId: "old",
        lastReadAt: start - minute,
        expiresAt: start + 10 * minute,
      },
    ]);
  });

  it.each([
    ["who has read the new version", read(fresh)],
    ["nobody who read it again as the one before", read({ ...fresh, lastReadAt: start + 2 })],
  ])("are not %s", (_, then) => {
    expect(laggards(read({ lastReadAt: start + 30 }), then)).toEqual([]);
  });

  it.each([
    ["who read the new version only while it was pending", { lastReadAt: start - 1 }],
    ["whose namesake with other credentials has", { accessKeyId: "ASIATWO" }],
    ["whose namesake at another address has", { sourceAddress: "192.0.2.2" }],
    ["whose namesake in another role has", { principalArn: "arn:aws:iam::1:role/other" }],
  ])("are those too %s", (_, changes) => {
    expect(laggards(read({}), read({ ...fresh, ...changes }))).toHaveLength(1);
  });

  it("are all sessions together that were folded by a clock far ahead, until the last is over", () => {
    const folded = { accessKeyId: "", sourceAddress: "", sessionName: undefined };
    const both = [read(folded), read({ ...folded, ...fresh })];
    expect(laggards(...both)).toHaveLength(1);
    expect(laggardsAmong(both, move, start + 16 * minute)).toEqual([]);
  });

  it("are so for as long as their credentials and what a client keeps of them", () => {
    const ended = read({ expiresAt: start + minute - 5 * minute });
    expect(laggards(ended)).toHaveLength(1);
    expect(laggards({ ...ended, expiresAt: (ended.expiresAt ?? 0) - 1 })).toEqual([]);
    expect(laggards(read({ expiresAt: undefined }))).toHaveLength(1);
  });
});

describe("readers", () => {
  const read = (versionId: string, firstReadAt: number, lastReadAt: number): SecretRead => ({
    versionId,
    principalArn: "arn:aws:iam::123456789012:user/ana",
    sessionName: undefined,
    accessKeyId: "AKIAONE",
    sourceAddress: "192.0.2.1",
    firstReadAt,
    lastReadAt,
    expiresAt: undefined,
  });
  const reads = [read("one", 1, 20), read("two", 10, 30), read("three", 40, 50)];

  it("are told of once, with what they read last", () => {
    expect(readersAmong(reads)).toMatchObject([
      { versionId: "three", firstReadAt: 40, lastReadAt: 50, movedAt: undefined },
    ]);
  });

  it("of a version are told of with what came after it", () => {
    expect(readersAmong(reads, "two")).toMatchObject([
      { versionId: "two", firstReadAt: 10, lastReadAt: 30, movedAt: 40 },
    ]);
    expect(readersAmong(reads, "none")).toEqual([]);
  });

  const moving = (at: number, changes: Partial<SecretRead> = {}) =>
    readersMoving(
      reads.slice(0, 2).map((each) => ({ ...each, ...changes })),
      { from: "one", to: new Set(["two"]), at },
    ).map(({ versionId, movedAt }) => [versionId, movedAt]);

  it("of a rotation are told of with when they moved, which is not before the labels did", () => {
    expect(moving(5)).toEqual([["two", 10]]);
    expect(moving(15)).toEqual([["two", 15]]);
    expect(moving(31)).toEqual([["two", undefined]]);
  });

  it("of a rotation had credentials then, and one of its versions", () => {
    expect(moving(15, { expiresAt: 15 })).toEqual([["two", 15]]);
    expect(moving(15, { expiresAt: 14 })).toEqual([]);
    expect(moving(5, { versionId: "two" })).toEqual([["two", undefined]]);
    expect(moving(5, { versionId: "three" })).toEqual([]);
  });
});

const soonOver = { ...session, sessionExpiresAt: start + 3 * minute };
const longLived = { ...session, sessionExpiresAt: start + 60 * minute };
/** Told apart by their addresses; the sessions have one role and one name. */
const readers: readonly Partial<AuditEvent>[] = [
  { identity: soonOver, accessKeyId: "ASIAONE", sourceAddress: "192.0.2.1" },
  { identity: longLived, accessKeyId: "ASIATWO", sourceAddress: "192.0.2.2" },
  { identity: longLived, accessKeyId: "ASIATWO", sourceAddress: "192.0.2.3" },
  { identity: alice, accessKeyId: "AKIAONE", sourceAddress: "192.0.2.4" },
  { identity: alice, accessKeyId: "AKIATWO", sourceAddress: "192.0.2.5" },
];

/** Reads of three versions in the order of time, in groups; between some the notes are forgotten. */
const groups = fc.array(
  fc.record({
    isForgotten: fc.boolean(),
    reads: fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 2 * minute }),
        reader: fc.constantFrom(...readers),
        versionId: fc.constantFrom("old", "new", "other"),
      }),
      { maxLength: 6 },
    ),
  }),
  { maxLength: 8 },
);

test("no laggard is missed, and who has moved is known to have within a minute", () => {
  const later = fc.integer({ min: 0, max: 20 * minute });
  fc.assert(
    fc.property(groups, later, (given, passed) => {
      const move: Move = { from: "old", to: new Set(["new"]), at: start + 5 * minute };
      const now = move.at + passed;
      const notes = new ReadNotes();
      const rows = new Map<string, NotedRead>();
      const events: AuditEvent[] = [];
      let time = start;
      for (const { isForgotten, reads } of given) {
        if (isForgotten) notes.forget();
        const group = reads.map(({ after, reader, versionId }) => {
          time += after;
          return newEvent({ ...reader, versionId, time });
        });
        events.push(...group);
        for (const read of notes.of(group)) upsert(rows, read);
      }
      const reads = [...rows.values()].map(rowAsRead);
      const found = new Set(
        laggardsAmong(reads, move, now).map(({ sourceAddress }) => sourceAddress),
      );
      expect(found.isSupersetOf(naiveLaggards(events, move, now, 0))).toBe(true);
      expect(found.isSubsetOf(naiveLaggards(events, move, now, readStride))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

/** From the events alone. Who moved less than `late` after the labels may not be known to have. */
function naiveLaggards(events: readonly AuditEvent[], move: Move, now: number, late: number) {
  const live = events.filter(
    ({ identity }) => (identity?.sessionExpiresAt ?? now) + 5 * minute >= now,
  );
  const readersOf = (versionId: string, from: number) =>
    new Set(
      live
        .filter((event) => event.versionId === versionId && event.time >= from)
        .map(({ sourceAddress }) => sourceAddress),
    );
  const had = readersOf("old", 0).union(readersOf("other", 0));
  return had.difference(readersOf("new", move.at + late));
}

/** As the databases do. */
function upsert(rows: Map<string, NotedRead>, read: NotedRead): void {
  const key = [read.versionId, read.principal, read.reader].join(" ");
  const { from, until } = rows.get(key) ?? read;
  rows.set(key, {
    ...read,
    from: Math.min(from, read.from),
    until: Math.max(until, read.until),
  });
}

function rowAsRead({
  versionId,
  principal,
  reader,
  expiresAt,
  from,
  until,
}: NotedRead): SecretRead {
  return {
    versionId,
    principalArn: principal,
    ...readerParts(reader),
    firstReadAt: from,
    lastReadAt: until,
    expiresAt: expiresAt ?? undefined,
  };
}
