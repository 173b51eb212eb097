import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCron } from "./cron.ts";
import {
  checkRotationRules,
  daysBetween,
  nextRotationDate,
  type RotationRules,
  windowOpening,
} from "./rotation-rules.ts";

const next = (rules: RotationRules, now: string) => {
  checkRotationRules(rules);
  const date = nextRotationDate(rules, Date.parse(now));
  return date === undefined ? undefined : new Date(date).toISOString().replace(".000Z", "Z");
};

describe("the window's last second", () => {
  test.each<[RotationRules, string, string | undefined]>([
    [{}, "2026-01-15T12:00:00Z", undefined],
    [{ automaticallyAfterDays: 1 }, "2026-01-15T12:00:00Z", "2026-01-16T23:59:59Z"],
    [{ automaticallyAfterDays: 30 }, "2026-01-15T00:00:00Z", "2026-02-14T23:59:59Z"],
    [{ automaticallyAfterDays: 7, duration: "3h" }, "2026-01-15T12:00:00Z", "2026-01-22T02:59:59Z"],
    [{ scheduleExpression: "rate(10 days)" }, "2026-01-15T12:00:00Z", "2026-01-25T23:59:59Z"],
    [{ scheduleExpression: "rate(4 hours)" }, "2026-01-15T12:30:00Z", "2026-01-15T16:59:59Z"],
    [{ scheduleExpression: "rate(12 hours)" }, "2026-01-15T12:00:00Z", "2026-01-16T00:59:59Z"],
    // As AWS was seen to answer: rotated on a Monday, due on the next one until its end.
    [{ scheduleExpression: "cron(0 0 ? * 2 *)" }, "2023-10-16T07:18:02Z", "2023-10-23T23:59:59Z"],
    [
      { scheduleExpression: "cron(0 8 1 * ? *)", duration: "2h" },
      "2026-01-15T12:00:00Z",
      "2026-02-01T09:59:59Z",
    ],
    [{ scheduleExpression: "cron(0 8/8 * * ? *)" }, "2026-01-15T12:00:00Z", "2026-01-15T16:59:59Z"],
    [{ scheduleExpression: "cron(0 /8 * * ? *)" }, "2026-01-15T12:00:00Z", "2026-01-15T16:59:59Z"],
    [{ scheduleExpression: "cron(0 8 1 /3 ? *)" }, "2026-01-15T12:00:00Z", "2026-04-01T23:59:59Z"],
    [{ scheduleExpression: "cron(0 16 L * ? *)" }, "2024-02-10T00:00:00Z", "2024-02-29T23:59:59Z"],
    [
      { scheduleExpression: "cron(0 0 29 FEB ? *)" },
      "2024-03-01T00:00:00Z",
      "2028-02-29T23:59:59Z",
    ],
    [
      { scheduleExpression: "cron(0 0 ? * SUN#1 *)" },
      "2026-01-15T00:00:00Z",
      "2026-02-01T23:59:59Z",
    ],
    [{ scheduleExpression: "cron(0 0 ? * 6L *)" }, "2026-01-15T00:00:00Z", "2026-01-30T23:59:59Z"],
    [
      { scheduleExpression: "cron(0 0 ? JAN,JUL MON-FRI *)" },
      "2026-01-31T00:00:00Z",
      "2026-07-01T23:59:59Z",
    ],
  ])("%j after %s", (rules, now, expected) => {
    expect(next(rules, now)).toBe(expected);
  });
});

test.each(["rate(4 hours)", "rate(23 hours)", "rate(1 day)", "rate(1000 days)"])(
  "%s is as often, or as seldom, as AWS allows",
  (scheduleExpression) => {
    expect(() => checkRotationRules({ scheduleExpression })).not.toThrow();
  },
);

describe("what no schedule is", () => {
  test.each([
    "",
    "rate(1 week)",
    "rate(10days)",
    "rate(-1 days)",
    "cron(0 0 * * *)",
    "cron(0 0 * * ? 2026)",
    "cron(1 0 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 0 32 * ? *)",
    "cron(0 0 0 * ? *)",
    "cron(0 0 30 2 ? *)",
    "cron(0 0 ? * ? *)",
    "cron(0 0 * * * *)",
    "cron(0 0 ? * 8 *)",
    "cron(0 0 ? * 2#6 *)",
    "cron(0 0 ? 13 1 *)",
    "cron(0 0/0 * * ? *)",
    "cron(0 5-3 * * ? *)",
    "cron(0 0,2 * * ? *)",
    "cron(0 1,22 * * ? *)",
  ])("%j", (scheduleExpression) => {
    expect(() => checkRotationRules({ scheduleExpression })).toThrow(
      "Invalid schedule expression.",
    );
  });

  test.each([
    ["rate(0 days)", "Rate in day should be greater than 0 and less than 1000."],
    ["rate(1001 days)", "Rate in day should be greater than 0 and less than 1000."],
    ["rate(3 hours)", "Rate in hour should be least 4 and less than 24."],
    ["rate(24 hours)", "Rate in hour should be least 4 and less than 24."],
    ["rate(999999999999 hours)", "Rate in hour should be least 4 and less than 24."],
  ])("%j: %s", (scheduleExpression, says) => {
    expect(() => checkRotationRules({ scheduleExpression })).toThrow(says);
  });
});

/** Every hour from `now` on, asked one by one: slow, and hard to get wrong. */
function naiveNext(hours: readonly number[], isDay: (day: Date) => boolean, now: number): number {
  for (let at = Math.floor(now / 3_600_000) + 1; ; at++) {
    const date = new Date(at * 3_600_000);
    if (hours.includes(date.getUTCHours()) && isDay(date)) return date.getTime();
  }
}

test("a cron expression opens when a walk through the hours says so", () => {
  const now = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 });
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 5 });
  const weekdays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(now, hours, days, weekdays, fc.boolean(), (at, hour, day, weekday, isByDay) => {
      const text = isByDay ? `0 ${hour} ${day} * ? *` : `0 ${hour} ? * ${weekday} *`;
      const isDay = (date: Date) =>
        isByDay ? day.includes(date.getUTCDate()) : weekday.includes(date.getUTCDay() + 1);
      expect(parseCron(text)?.next(at)).toBe(naiveNext(hour, isDay, at));
    }),
    { numRuns: 200 },
  );
});

describe("the window's opening", () => {
  test.each<[RotationRules, string]>([
    [{ automaticallyAfterDays: 30 }, "2026-02-14T00:00:00Z"],
    [{ automaticallyAfterDays: 7, duration: "3h" }, "2026-01-22T00:00:00Z"],
    [{ scheduleExpression: "rate(4 hours)" }, "2026-01-15T16:00:00Z"],
    [{ scheduleExpression: "cron(0 8 1 * ? *)", duration: "2h" }, "2026-02-01T08:00:00Z"],
    [{ scheduleExpression: "cron(0 16 L * ? *)" }, "2026-01-31T16:00:00Z"],
    [{ scheduleExpression: "cron(0 8/8 * * ? *)" }, "2026-01-15T16:00:00Z"],
  ])("%j", (rules, opening) => {
    const closes = nextRotationDate(rules, Date.parse("2026-01-15T12:30:00Z")) ?? 0;
    expect(windowOpening(rules, closes)).toBe(Date.parse(opening));
  });
});

describe("the days between rotations", () => {
  const rotated = "2026-09-07T18:14:58Z";
  test.each<[RotationRules, string | undefined, number | undefined]>([
    [{}, rotated, undefined],
    [{ automaticallyAfterDays: 30 }, undefined, 30],
    // As AWS was seen to answer.
    [{ scheduleExpression: "cron(0 0 ? * 2 *)" }, rotated, 7],
    [{ scheduleExpression: "rate(10 hours)" }, rotated, 1],
    [{ scheduleExpression: "rate(10 days)", duration: "2h" }, rotated, 10],
    [{ scheduleExpression: "rate(10 days)" }, undefined, undefined],
  ])("%j, rotated %s", (rules, last, days) => {
    expect(daysBetween(rules, last === undefined ? undefined : Date.parse(last))).toBe(days);
  });
});
