/**
 * The cron expressions of rotation schedules: "Minutes Hours Day-of-month Month Day-of-week Year",
 * in UTC. Windows open on the hour, so minutes are 0; the year is always `*`; one of the two days
 * is `?`.
 */

export interface CronSchedule {
  /** The hours of a day at which windows open, in ascending order. */
  readonly hours: readonly number[];
  /** The fewest hours from one window to the next. */
  readonly hoursBetween: number;
  /** The first time after `now`; undefined if there is none. */
  next(now: number): number | undefined;
}

type DayTest = (day: Date) => boolean;

const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;
const hoursInDay = 24;
/** The 29th of February comes back after eight years at the latest. */
const daysSearchedMax = 8 * 366;

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** undefined for what is no such expression, or never comes true. */
export function parseCron(text: string): CronSchedule | undefined {
  const fields = text.split(" ");
  const [minutes, hourField = "", dayField = "", monthField = "", weekdayField = "", year] = fields;
  if (fields.length !== 6 || minutes !== "0" || year !== "*") return undefined;
  if ((dayField === "?") === (weekdayField === "?")) return undefined;
  const hours = valuesOf(hourField, 0, hoursInDay - 1);
  const inMonths = valuesOf(named(monthField, months), 1, months.length);
  const isDay = dayField === "?" ? weekdayTest(weekdayField) : dayOfMonthTest(dayField);
  if (hours === undefined || inMonths === undefined || isDay === undefined) return undefined;
  const schedule = {
    hours,
    hoursBetween: fewestBetween(hours),
    next: (now: number) =>
      nextOf(now, hours, (day) => inMonths.includes(day.getUTCMonth() + 1) && isDay(day)),
  };
  return schedule.next(0) === undefined ? undefined : schedule;
}

function nextOf(now: number, hours: readonly number[], isDay: DayTest): number | undefined {
  const today = now - (now % dayMilliseconds);
  for (let days = 0; days <= daysSearchedMax; days++) {
    const midnight = today + days * dayMilliseconds;
    if (!isDay(new Date(midnight))) continue;
    const hour = hours.find((each) => midnight + each * hourMilliseconds > now);
    if (hour !== undefined) return midnight + hour * hourMilliseconds;
  }
  return undefined;
}

/** Around midnight too: what opens at 22 and at 1 is three hours apart. */
function fewestBetween(hours: readonly number[]): number {
  const first = hours[0] ?? 0;
  const later = [...hours.slice(1), first + hoursInDay];
  return Math.min(...later.map((hour, at) => hour - (hours[at] ?? 0)));
}

function dayOfMonthTest(field: string): DayTest | undefined {
  if (field === "L") return isLastOfMonth;
  const values = valuesOf(field, 1, 31);
  return values && ((day) => values.includes(day.getUTCDate()));
}

/** `2L` is the month's last Monday and `2#1` its first. */
function weekdayTest(field: string): DayTest | undefined {
  const [, name = "", last, nth] = /^([A-Za-z0-9]+?)(?:(L)|#([1-5]))$/.exec(field) ?? [];
  const [only] = valuesOf(named(name, weekdays), 1, weekdays.length) ?? [];
  if (last !== undefined && name !== "") {
    return only === undefined ? undefined : (day) => isWeekday(day, only) && isInLastWeek(day);
  }
  if (nth !== undefined) {
    if (only === undefined) return undefined;
    return (day) => isWeekday(day, only) && Math.ceil(day.getUTCDate() / 7) === Number(nth);
  }
  if (field === "L") return (day) => isWeekday(day, weekdays.length);
  const values = valuesOf(named(field, weekdays), 1, weekdays.length);
  return values && ((day) => values.includes(day.getUTCDay() + 1));
}

function isWeekday(day: Date, weekday: number): boolean {
  return day.getUTCDay() + 1 === weekday;
}

function isLastOfMonth(day: Date): boolean {
  return new Date(day.getTime() + dayMilliseconds).getUTCDate() === 1;
}

function isInLastWeek(day: Date): boolean {
  return new Date(day.getTime() + 7 * dayMilliseconds).getUTCMonth() !== day.getUTCMonth();
}

/** Names as the numbers that they stand for, counted from 1. */
function named(field: string, names: readonly string[]): string {
  return field.replace(/[A-Za-z]{3}/g, (name) => {
    const at = names.indexOf(name.toUpperCase());
    return at === -1 ? name : String(at + 1);
  });
}

/** `*`, numbers, ranges, steps and lists of them, ascending; undefined for anything else. */
function valuesOf(field: string, min: number, max: number): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:(\*|(?=\/))|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const [, every, from, to, step] = match;
    const first = every === undefined ? Number(from) : min;
    // `8/8` goes on to the end, and so does `/8` from the first; `8` is only itself.
    const isOpen = every !== undefined || step !== undefined;
    const last = to !== undefined ? Number(to) : isOpen ? max : first;
    if (first < min || last > max || first > last || Number(step ?? 1) === 0) return undefined;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return [...values].sort((one, other) => one - other);
}
