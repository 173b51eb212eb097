import { expect, test } from "vitest";
import type { Rotation } from "./rotation.ts";
import { dueStyle, rotationsTable } from "./rotations-table.ts";

const now = Date.parse("2026-11-22T12:00:00Z");
const at = (text: string) => new Date(`2026-${text}Z`);
const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/weather-AbCdEf";

function rowOf(rotation: Partial<Rotation>): string[] {
  const printed = rotationsTable([{ arn, name: "prod/weather", ...rotation }], now);
  return printed.split("\n")[1]?.split(/ {2,}/) ?? [];
}

test("says of each secret when it was rotated, when it will be, and that all is well", () => {
  const rotation = {
    rotationEnabled: true,
    scheduleExpression: "rate(30 days)",
    lastRotatedDate: at("11-19T12:00:00"),
    nextRotationDate: at("12-19T12:00:00"),
    phase: "succeeded",
  } as const;
  expect(rotationsTable([{ arn, name: "prod/weather", ...rotation }], now)).toBe(
    "SECRET        SCHEDULE       LAST  NEXT       STATE    OVERLAP  LAGGARDS\n" +
      "prod/weather  rate(30 days)  3d    in 27d 0h  rotated  -        -\n",
  );
});

test("counts an overlap down, and names what it waits for when its time is over", () => {
  const overlap = { phase: "overlap", laggardCount: 2 } as const;
  expect(rowOf({ ...overlap, graceUntil: at("11-23T11:30:00") }).slice(4)).toEqual([
    "both keys live",
    "23h 30m",
    "2",
  ]);
  expect(rowOf({ ...overlap, graceUntil: at("11-22T11:30:00") }).slice(4)).toEqual([
    "waits for laggards",
    "0s",
    "2",
  ]);
});

test("says by when a person has to make a key, and how long that is overdue", () => {
  const byHand = { phase: "byHand" } as const;
  const stateBy = (date: string) => rowOf({ ...byHand, dueDate: at(date) })[4];
  expect(stateBy("11-28T13:00:00")).toBe("by hand: due in 6d 1h");
  expect(stateBy("11-22T12:59:00")).toBe("by hand: due in 59m 00s");
  expect(stateBy("11-22T12:00:00")).toBe("by hand: due now");
  expect(stateBy("11-20T11:00:00")).toBe("by hand: overdue 2d");
  expect(rowOf(byHand)[4]).toBe("by hand: value due");
  // It may have come, and failed.
  const failed = { ...byHand, phase: "testSecret", dueDate: at("11-20T11:00:00") } as const;
  expect(rowOf(failed)[4]).toBe("testing");
});

test("what is overdue is red", () => {
  expect(dueStyle(at("11-20T11:00:00"), now)).toBe("red");
  expect(dueStyle(at("11-28T13:00:00"), now)).toBe("yellow");
});

test("says of a failure which step it was and when it is tried again", () => {
  const failure = { failureStep: "testSecret", failureReason: "it is refused" };
  const nextAttemptDate = at("11-22T12:00:59");
  expect(rowOf({ ...failure, phase: "failed", nextAttemptDate })[4]).toBe(
    "testSecret failed, again in 59s",
  );
  expect(rowOf({ ...failure, phase: "failed" })[4]).toBe("testSecret failed");
  expect(rowOf({ ...failure, phase: "rollBack", nextAttemptDate })[4]).toBe(
    "testSecret failed, again in 59s",
  );
  // The step is that of an earlier try.
  expect(rowOf({ ...failure, phase: "setSecret", nextAttemptDate: new Date(now) })[4]).toBe(
    "setting",
  );
  expect(rowOf({ ...failure, phase: "succeeded" })[4]).toBe("rotated");
});

test("has a word for every kind of schedule", () => {
  const enabled = { rotationEnabled: true };
  expect(rowOf({ ...enabled, automaticallyAfterDays: 1 })[1]).toBe("every day");
  expect(rowOf({ ...enabled, automaticallyAfterDays: 30 })[1]).toBe("every 30 days");
  expect(rowOf(enabled)[1]).toBe("-");
  expect(rowOf({ rotationEnabled: false, automaticallyAfterDays: 30 })[1]).toBe("off");
  expect(rowOf({ ...enabled, nextRotationDate: at("11-22T11:59:00") })[3]).toBe("due");
});

test("says how to begin where there is none", () => {
  expect(rotationsTable([], now)).toBe(
    "No secret that you may describe is rotated yet: claviger rotate --help\n",
  );
});
