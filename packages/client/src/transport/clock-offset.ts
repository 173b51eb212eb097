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

  /** True where the refusal was the clock's fault, and is so no more. */
  corrects(code: string, dateHeader: string | null): boolean {
    if (!clockCodes.has(code) || dateHeader === null) return false;
    const servers = Date.parse(dateHeader);
    const isSkewed = Math.abs(servers - this.now().getTime()) >= skewMilliseconds;
    if (isSkewed) this.#milliseconds = servers - Date.now();
    return isSkewed;
  }
}
