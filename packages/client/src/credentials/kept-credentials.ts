/**
 * Credentials that are fetched once and renewed before they end, in one flight however many wait.
 * While a renewal fails, those that are still valid are served.
 */
import { TransportError } from "../transport/transport.ts";
import { type CredentialProvider, type Credentials, sourceFailed } from "./credentials.ts";

export interface KeptCredentials {
  /** Rejects with TransportError, or with the signal's reason. */
  get(signal?: AbortSignal): Promise<Credentials>;
  /** The service refused these. True where there are others now. */
  renew(refused: Credentials, signal?: AbortSignal): Promise<boolean>;
}

/** As the AWS SDKs do it; of shorter lives, the last half. */
const renewBeforeEndMilliseconds = 300_000;
/** So long a source is left alone after what it did, while there are credentials to go on with. */
const pauseMilliseconds = { afterSuccess: 10_000, afterRefusal: 10_000, afterFailure: 1000 };
/** What a source may take, which may be a program that asks its user. */
const fetchMillisecondsMax = 60_000;

export function keepCredentials(provider: CredentialProvider): KeptCredentials {
  let current: Credentials | undefined;
  let renewAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<Credentials> | undefined;
  // By a clock that never jumps.
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let refusedAt = Number.NEGATIVE_INFINITY;

  const hasJustFetched = () => since(fetchedAt) < pauseMilliseconds.afterSuccess;
  const hasJustFailed = () => since(failedAt) < pauseMilliseconds.afterFailure;

  function fetchNow(): Promise<Credentials> {
    flight ??= bounded(provider)
      .then(
        (fetched) => {
          fetchedAt = performance.now();
          renewAt = renewalTime(fetched);
          current = fetched;
          return fetched;
        },
        (error: unknown) => {
          failedAt = performance.now();
          throw error;
        },
      )
      .finally(() => {
        flight = undefined;
      });
    return flight;
  }

  return {
    async get(signal) {
      signal?.throwIfAborted();
      // What came a moment ago is used even where it looks expired: the clock may be wrong.
      if (current !== undefined && (Date.now() < renewAt || hasJustFetched())) return current;
      if (current === undefined || hasEnded(current)) return untilAborted(fetchNow(), signal);
      if (!hasJustFailed()) fetchNow().catch(() => {});
      return current;
    },
    async renew(refused, signal) {
      if (current !== undefined && !isSame(current, refused)) return true;
      const isAnother = since(refusedAt) < pauseMilliseconds.afterRefusal;
      if (flight === undefined && isAnother) return false;
      refusedAt = performance.now();
      return !isSame(await untilAborted(fetchNow(), signal), refused);
    },
  };
}

function since(moment: number): number {
  return performance.now() - moment;
}

function isSame(one: Credentials, other: Credentials): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken;
}

function hasEnded({ expiration }: Credentials): boolean {
  return expiration !== undefined && expiration.getTime() <= Date.now();
}

function renewalTime({ expiration }: Credentials): number {
  if (expiration === undefined) return Number.POSITIVE_INFINITY;
  const life = expiration.getTime() - Date.now();
  return expiration.getTime() - Math.min(renewBeforeEndMilliseconds, life / 2);
}

/** A provider that was handed in may never answer. */
async function bounded(provider: CredentialProvider): Promise<Credentials> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(sourceFailed("the source of the credentials did not answer in time"));
  const timer = setTimeout(giveUp, fetchMillisecondsMax).unref();
  try {
    return await Promise.race([provider(), late]);
  } catch (error) {
    if (error instanceof TransportError) throw error;
    throw sourceFailed("the provider of the credentials failed", error);
  } finally {
    clearTimeout(timer);
  }
}

/** Whoever stops waiting leaves the flight to the others. */
function untilAborted<Result>(flight: Promise<Result>, signal?: AbortSignal): Promise<Result> {
  if (signal === undefined) return flight;
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const leave = () => reject(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  flight.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  return promise;
}
