import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "./event.ts";
import { alice, newEvent, session } from "./events.fixture.ts";
import { ReadNotes, readerParts, readStride } from "./reads.ts";

const time = 1_700_000_000_000;
const version = "11111111-2222-4333-8444-555555555555";

describe("notes of reads", () => {
  it("tell a session's role, its name, key and address, and when it expires", () => {
    const identity = { ...session, sessionExpiresAt: time + 3_600_000 };
    const [note] = new ReadNotes().of([newEvent({ identity, accessKeyId: "ASIAONE", time })]);
    expect(note).toMatchObject({
      secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
      versionId: version,
      principal: "arn:aws:iam::123456789012:role/service/reader",
      expiresAt: time + 3_600_000,
      from: time,
      until: time,
    });
    expect(readerParts(note?.reader ?? "")).toEqual({
      sessionName: "i-0abc",
      accessKeyId: "ASIAONE",
      sourceAddress: "192.0.2.1",
    });
  });

  it("tell a user's key that it doesn't expire", () => {
    const [note] = new ReadNotes().of([newEvent({ time })]);
    expect(note).toMatchObject({ principal: alice.arn, expiresAt: null });
    expect(readerParts(note?.reader ?? "").sessionName).toBeUndefined();
  });

  it("take sessions of before their end was kept for as long as any may be", () => {
    const hours = (identity: AuditEvent["identity"]) =>
      ((new ReadNotes().of([newEvent({ identity })])[0]?.expiresAt ?? 0) - time) / 3_600_000;
    expect(hours(session)).toBe(12);
    expect(hours({ ...alice, sessionIssuedAt: time })).toBe(36);
  });

  it.each<[string, Partial<AuditEvent>]>([
    ["another operation", { operation: "DescribeSecret" }],
    ["another service", { service: "ssm" }],
    ["a refusal", { errorCode: "AccessDenied" }],
    ["no version", { versionId: undefined }],
    ["a stranger", { identity: undefined }],
    ["a rotation's own session", { identity: { ...session, isRotation: true } }],
  ])("leave out %s", (_, changes) => {
    expect(new ReadNotes().of([newEvent(changes)])).toEqual([]);
  });

  it("are taken once a minute of who goes on reading, and at once of anything new", () => {
    const notes = new ReadNotes();
    const count = (...changes: Partial<AuditEvent>[]) =>
      notes.of(changes.map((each) => newEvent({ time, ...each }))).length;
    expect(count({}, {}, {})).toBe(1);
    expect(count({ time: time + readStride - 1 })).toBe(0);
    expect(count({ time: time + readStride })).toBe(1);
    expect(count({ versionId: "another" })).toBe(1);
    expect(count({}, { sourceAddress: "192.0.2.9" })).toBe(1);
    expect(count({}, { accessKeyId: "AKIAOTHER" })).toBe(1);
    expect(count({ resources: ["arn:other"] })).toBe(1);
    // By turns, from two addresses: known by now.
    expect(count({}, { sourceAddress: "192.0.2.9" }, {}, { sourceAddress: "192.0.2.9" })).toBe(0);
    notes.forget();
    expect(count({})).toBe(1);
  });

  it("hold on to no caller that nobody else knows any more", async () => {
    const notes = new ReadNotes();
    const callers = Array.from({ length: 100 }, () => {
      const identity = { ...alice };
      notes.of([newEvent({ identity, time })]);
      return new WeakRef(identity);
    });
    await new Promise(setImmediate);
    setFlagsFromString("--expose-gc");
    runInNewContext("gc")();
    expect(callers.filter((each) => each.deref() !== undefined).length).toBeLessThan(10);
    expect(notes.of([newEvent({ time })])).toEqual([]);
  });

  it("are one a row in a group, which ON CONFLICT could not write twice", () => {
    const times = [time, time + 5 * readStride, time + 9 * readStride];
    const found = new ReadNotes().of(times.map((time) => newEvent({ time })));
    expect(found).toMatchObject([{ from: time, until: time + 9 * readStride }]);
  });
});
