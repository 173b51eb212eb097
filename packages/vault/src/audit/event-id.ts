/**
 * Ids of audit events: UUIDs of version 7, which begin with the time of the event. So an event is
 * found by its id through the order of time, and needs no index of its own for that.
 */

/** `time` in milliseconds since the epoch; `uuid` a random UUID that gives the other 74 bits. */
export function eventIdAt(time: number, uuid: string): string {
  if (latest.time !== time) latest = { time, start: startAt(time) };
  return latest.start + uuid.slice(15);
}

/** Under load many events are of the same millisecond. */
let latest = { time: Number.NaN, start: "" };

function startAt(time: number): string {
  const hexadecimal = time.toString(16).padStart(12, "0");
  return `${hexadecimal.slice(0, 8)}-${hexadecimal.slice(8)}-7`;
}

/** The time that an id was made with; undefined if `eventIdAt` can't have made it. */
export function timeOfEventId(id: string): number | undefined {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/.exec(id) ?? [];
  return high === undefined ? undefined : Number.parseInt(`${high}${low}`, 16);
}
