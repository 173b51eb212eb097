/** Who has which version of a secret, as people read it: role or user, session, address, when. */
import { age, timeLeft } from "../terminal/age.ts";
import { type Row, table } from "../terminal/table.ts";
import { visible } from "../terminal/visible.ts";
import type { Reader } from "./rotation.ts";

/** In one line, for a list of few. */
export function readerLine(reader: Reader, now: number): string {
  return [
    nameOf(reader),
    sessionOf(reader),
    addressOf(reader),
    `read it ${agoOf(reader.lastReadDate, now)}`,
    `credentials ${expiryOf(reader, now)}`,
  ].join("  ");
}

/** For standard output. */
export function readersTable(readers: readonly Reader[], now: number): string {
  const rows = readers.map(
    (reader): Row => [
      nameOf(reader),
      sessionOf(reader),
      addressOf(reader),
      agoOf(reader.lastReadDate, now),
      expiryOf(reader, now),
    ],
  );
  return table(["READER", "SESSION", "ADDRESS", "LAST READ", "CREDENTIALS"], rows);
}

/** `123456789012 role/weather-api`: accounts differ where a secret is shared. */
export function nameOf({ principalArn }: Reader): string {
  const [, , , , account = "", resource = principalArn] = principalArn.split(":");
  return visible(`${account} ${resource}`.trim());
}

export function sessionOf({ sessionName }: Reader): string {
  return visible(sessionName ?? "-");
}

/** Nothing where it stands for all the sessions that a role had long ago. */
export function addressOf({ sourceAddress }: Reader): string {
  return visible(sourceAddress || "-");
}

function expiryOf({ expiresDate }: Reader, now: number): string {
  if (expiresDate === undefined) return "don't expire";
  return expiresDate.getTime() <= now ? "expired" : `expire in ${timeLeft(expiresDate, now)}`;
}

function agoOf(date: Date, now: number): string {
  const ago = age(date, now);
  return ago === "now" ? "just now" : `${ago} ago`;
}
