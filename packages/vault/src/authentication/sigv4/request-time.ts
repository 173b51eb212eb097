/** When a request was signed, and whether that is close enough to now. */
import { incompleteSignature, requestExpired, signatureDoesNotMatch } from "./refusals.ts";

export interface RequestTime {
  /** Seconds since the epoch. */
  readonly seconds: number;
  /** ISO 8601 basic format, as in the string to sign: 20150830T123600Z. */
  readonly basic: string;
}

const skewSeconds = 5 * 60;

/** Of X-Amz-Date or a Date header. Throws IncompleteSignature. */
export function readRequestTime(given: string): RequestTime {
  if (latest?.given !== given) latest = { given, time: parse(given) };
  return latest.time;
}

/** Under load most requests were signed in the same second as the one before. */
let latest: { readonly given: string; readonly time: RequestTime } | undefined;

function parse(given: string): RequestTime {
  const seconds = basicSeconds(given);
  if (seconds !== undefined) return { seconds, basic: given };
  if (httpDate.test(given)) {
    const milliseconds = Date.parse(given);
    if (!Number.isNaN(milliseconds)) return atSeconds(milliseconds / 1000);
  }
  throw incompleteSignature(
    `Date must be in ISO-8601 'basic format'. Got '${given.slice(0, 64)}'. ` +
      "See http://en.wikipedia.org/wiki/ISO_8601",
  );
}

/**
 * A signed request is good for five minutes either way. A presigned one may be used until
 * `expiresSeconds` after it was signed.
 */
export function checkRequestTime(
  { seconds, basic }: RequestTime,
  expiresSeconds: number | undefined,
  now: number,
): void {
  const nowSeconds = Math.floor(now / 1000);
  if (seconds > nowSeconds + skewSeconds) {
    const latest = atSeconds(nowSeconds + skewSeconds).basic;
    throw signatureDoesNotMatch(
      `Signature not yet current: ${basic} is still later than ${latest} ` +
        `(${atSeconds(nowSeconds).basic} + 5 min.)`,
    );
  }
  if (expiresSeconds !== undefined) {
    if (seconds + expiresSeconds < nowSeconds) throw requestExpired();
    return;
  }
  if (seconds < nowSeconds - skewSeconds) {
    const earliest = atSeconds(nowSeconds - skewSeconds).basic;
    throw signatureDoesNotMatch(
      `Signature expired: ${basic} is now earlier than ${earliest} ` +
        `(${atSeconds(nowSeconds).basic} - 5 min.)`,
    );
  }
}

const basicFormat = /^\d{8}T\d{6}Z$/;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function basicSeconds(given: string): number | undefined {
  if (!basicFormat.test(given)) return undefined;
  const hour = Number(given.slice(9, 11));
  const minute = Number(given.slice(11, 13));
  const second = Number(given.slice(13, 15));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const midnight = midnightSeconds(given.slice(0, 8));
  return midnight === undefined ? undefined : midnight + (hour * 60 + minute) * 60 + second;
}

function midnightSeconds(text: string): number | undefined {
  const month = Number(text.slice(4, 6));
  const day = Number(text.slice(6));
  const date = new Date(Date.UTC(Number(text.slice(0, 4)), month - 1, day));
  // Date carries over (30 February is 2 March): such a day is none.
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay ? date.getTime() / 1000 : undefined;
}

function atSeconds(seconds: number): RequestTime {
  const iso = new Date(seconds * 1000).toISOString();
  const basic = `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
  return { seconds, basic };
}
