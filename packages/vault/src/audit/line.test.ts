import { expect, test } from "vitest";
import type { AuditEvent } from "./event.ts";
import { alice, newEvent, session } from "./events.fixture.ts";
import { eventOf, type Fields, lineFrom, lineOf } from "./line.ts";

const readBack = (event: AuditEvent): AuditEvent => eventOf(JSON.parse(lineOf(event)) as Fields);

const changes: readonly Partial<AuditEvent>[] = [
  { service: "ssm" },
  { operation: "DescribeSecret" },
  { isReadOnly: false },
  { accountId: "210987654321" },
  { region: "eu-west-1" },
  { identity: session },
  { identity: { ...session, sessionExpiresAt: 1_700_003_600_000 } },
  { identity: { ...session, sessionExpiresAt: 1_700_003_600_000, sourceIdentity: "ana" } },
  { identity: { ...session, isRotation: true } },
  { identity: undefined },
  { accessKeyId: "AKIAOTHER" },
  { sourceAddress: "192.0.2.99" },
  { userAgent: 'an agent with a " and é' },
  { resources: ["arn:aws:ssm:us-east-1:123456789012:parameter/x", "arn:other"] },
  { requestParameters: { name: "other" } },
  { errorCode: "AccessDenied", errorMessage: "No." },
  { versionId: "other" },
];

test.each(changes)("a line tells %o, whatever the caller's event before told", (change) => {
  const before = newEvent({ identity: alice });
  const after = { ...before, ...change };
  for (const each of [before, after, before]) expect(readBack(each)).toEqual(each);
});

test("a line is its fields' JSON without the nulls at its end, as the chain hashes it", () => {
  const line = lineOf(newEvent());
  expect(lineFrom(JSON.parse(line))).toBe(line);
  expect(line.endsWith("null]")).toBe(false);
});

test("half a surrogate pair becomes a character that a database gives back", () => {
  const half = "\ud800";
  const event = newEvent({ userAgent: half, resources: [half] });
  expect(readBack(event)).toEqual({ ...event, userAgent: "\ufffd", resources: ["\ufffd"] });
});

test("a text that only spells half a surrogate pair stays as it is", () => {
  const event = newEvent({ userAgent: String.raw`\ud800` });
  expect(readBack(event)).toEqual(event);
});
