/**
 * The service's time, as the machine's clock and what the service said about it tell. A signature
 * counts for five minutes, so a machine whose clock is wrong would be refused everything: like the
 * AWS SDKs, it believes the service's Date once that has refused a signature, and tries again.
 */

/** What may be due to the time that was signed. */
const clockCodes = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** Less than the five minutes, because a request takes a while too. */
const skewMilliseconds = 240_000;

export class ClockOffset {
  #milliseconds = 0;

  now(): Date {
    return new Date(Date.now() + this.#milliseconds);
  }

  /**
   * True where the time that was `signed` is why it was refused, and is not what `now()` says any
   * more: of many that were under way together, the first to come back has put it right.
   */
  corrects(code: string, dateHeader: string | null, signed: Date): boolean {
    if (!clockCodes.has(code) || dateHeader === null) return false;
    const servers = Date.parse(dateHeader);
    if (isNear(servers, signed)) return false;
    if (!isNear(servers, this.now())) this.#milliseconds = servers - Date.now();
    return true;
  }
}

/** Also true for what is no time. */
function isNear(servers: number, date: Date): boolean {
  return !(Math.abs(servers - date.getTime()) >= skewMilliseconds);
}
