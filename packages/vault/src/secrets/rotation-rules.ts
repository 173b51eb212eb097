/**
 * When a secret is to be rotated: every so many days, or by a schedule with windows.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 */
import type { ApiError } from "../errors.ts";
import { type CronSchedule, parseCron } from "./cron.ts";
import { invalidParameter } from "./errors.ts";

export interface RotationRules {
  readonly automaticallyAfterDays?: number | undefined;
  readonly scheduleExpression?: string | undefined;
  /** The length of a window: "3h". */
  readonly duration?: string | undefined;
}

type Schedule =
  | { readonly type: "days" | "hours"; readonly every: number }
  | ({ readonly type: "cron" } & CronSchedule);

const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;
const hoursInDay = 24;
/** Nothing is rotated more often. */
const hoursBetweenMin = 4;
/** Nor more seldom, also where the days are a schedule's. */
const daysMax = 1000;

/** Throws InvalidParameterException for rules that can't be followed. */
export function checkRotationRules(rules: RotationRules): void {
  if (rules.automaticallyAfterDays !== undefined && rules.scheduleExpression !== undefined) {
    throw invalidParameter(
      "You cannot specify both rotation frequency and schedule expression together.",
    );
  }
  const schedule = scheduleOf(rules);
  if (schedule !== undefined) checkFrequency(schedule);
  if (rules.duration !== undefined) checkWindow(hoursOf(rules.duration), schedule);
}

function checkFrequency(schedule: Schedule): void {
  if (schedule.type === "cron" && schedule.hoursBetween < hoursBetweenMin) throw invalidSchedule();
  if (schedule.type === "cron") return;
  const { type, every } = schedule;
  if (type === "hours" && (every < hoursBetweenMin || every >= hoursInDay)) {
    throw invalidParameter("Rate in hour should be least 4 and less than 24.");
  }
  if (type === "days" && (every < 1 || every > daysMax)) {
    throw invalidParameter("Rate in day should be greater than 0 and less than 1000.");
  }
}

/** Neither into the next day nor into the next window. */
function checkWindow(hours: number, schedule: Schedule | undefined): void {
  if (hours < 1 || hours > hoursInDay) {
    throw invalidParameter("Duration must be at least 1 hour, at most 24 hour.");
  }
  if (schedule === undefined || schedule.type === "days") return;
  if (schedule.type === "cron" && Math.max(...schedule.hours) + hours > hoursInDay) {
    throw invalidParameter("Starting hour and duration must be within a day.");
  }
  if (hours > (schedule.type === "cron" ? schedule.hoursBetween : schedule.every)) {
    throw invalidParameter("Duration cannot be greater than Rate in hour.");
  }
}

/**
 * The last second of the window in which the secret falls due next, after `now`; undefined where
 * the rules name no time. AWS calls it the NextRotationDate.
 */
export function nextRotationDate(rules: RotationRules, now: number): number | undefined {
  const schedule = scheduleOf(rules);
  if (schedule === undefined) return undefined;
  const opens = nextOpening(schedule, now);
  if (opens === undefined) return undefined;
  const closes =
    rules.duration !== undefined
      ? opens + hoursOf(rules.duration) * hourMilliseconds
      : isHourly(schedule)
        ? opens + hourMilliseconds
        : startOfDay(opens) + dayMilliseconds;
  return closes - 1000;
}

/**
 * The days between rotations: the caller's own or, once the secret was rotated, those that AWS
 * reckons from the schedule and shows beside it.
 */
export function daysBetween(
  rules: RotationRules,
  lastRotatedDate: number | undefined,
): number | undefined {
  if (rules.scheduleExpression === undefined) return rules.automaticallyAfterDays;
  if (lastRotatedDate === undefined) return undefined;
  const schedule = scheduleOf(rules);
  if (schedule?.type === "days") return schedule.every;
  const next = nextRotationDate(rules, lastRotatedDate);
  if (next === undefined) return undefined;
  return Math.max(1, Math.floor((next - lastRotatedDate) / dayMilliseconds));
}

/** When the window opens whose last second is `nextRotationDate`. */
export function windowOpening(rules: RotationRules, closesAt: number): number {
  const closes = closesAt + 1000;
  const schedule = scheduleOf(rules);
  if (rules.duration !== undefined) return closes - hoursOf(rules.duration) * hourMilliseconds;
  if (isHourly(schedule)) return closes - hourMilliseconds;
  const day = startOfDay(closesAt);
  return schedule?.type === "cron" ? (schedule.next(day - 1) ?? day) : day;
}

function isHourly(schedule: Schedule | undefined): boolean {
  return schedule?.type === "hours" || (schedule?.type === "cron" && schedule.hours.length > 1);
}

function nextOpening(schedule: Schedule, now: number): number | undefined {
  if (schedule.type === "cron") return schedule.next(now);
  if (schedule.type === "days") return startOfDay(now) + schedule.every * dayMilliseconds;
  // Windows are counted from midnight.
  const every = schedule.every * hourMilliseconds;
  const sinceMidnight = now - startOfDay(now);
  return startOfDay(now) + (Math.floor(sinceMidnight / every) + 1) * every;
}

function scheduleOf(rules: RotationRules): Schedule | undefined {
  const { automaticallyAfterDays, scheduleExpression: expression } = rules;
  if (automaticallyAfterDays !== undefined) return { type: "days", every: automaticallyAfterDays };
  if (expression === undefined) return undefined;
  const schedule = rateOf(expression) ?? cronOf(expression);
  if (schedule === undefined) throw invalidSchedule();
  return schedule;
}

function rateOf(expression: string): Schedule | undefined {
  const [, value = "", unit = ""] = /^rate\((\d+) (hours?|days?)\)$/.exec(expression) ?? [];
  if (unit === "") return undefined;
  return { type: unit.startsWith("hour") ? "hours" : "days", every: Number(value) };
}

function cronOf(expression: string): Schedule | undefined {
  const [, fields] = /^cron\((.*)\)$/.exec(expression) ?? [];
  const cron = fields === undefined ? undefined : parseCron(fields);
  return cron && { type: "cron", ...cron };
}

function invalidSchedule(): ApiError {
  return invalidParameter("Invalid schedule expression.");
}

function hoursOf(duration: string): number {
  return Number.parseInt(duration, 10);
}

function startOfDay(time: number): number {
  return time - (time % dayMilliseconds);
}
