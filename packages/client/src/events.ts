/**
 * What the cache does, as diagnostics_channel events named `claviger:client:…`. Without a subscriber
 * they cost one comparison; none ever holds a value.
 */
import { channel } from "node:diagnostics_channel";
import { type Held, isChange } from "./cache/held.ts";

export interface ClientEvent {
  /** The reference's name: "ssm:/weatherproject/apiToken". */
  readonly name: string;
  /** Of the value that was served or fetched. */
  readonly version?: string;
  /** Since that value was fetched. */
  readonly ageMilliseconds?: number;
  /** Of the value that was replaced. */
  readonly previousVersion?: string;
  /** Why it failed: a code of SecretsError. */
  readonly code?: string;
}

export const events = {
  /** Served from the cache, fresh. */
  hit: channel("claviger:client:hit"),
  /** Somebody waits for a fetch. */
  miss: channel("claviger:client:miss"),
  /** Served from the cache although it could not be fetched anew. */
  stale: channel("claviger:client:stale"),
  /** A fetch has succeeded. */
  refresh: channel("claviger:client:refresh"),
  /** It brought another version. */
  change: channel("claviger:client:change"),
  /** A fetch has failed. */
  failure: channel("claviger:client:failure"),
  /** A value left the cache: for room, or because it may no longer be served. */
  drop: channel("claviger:client:drop"),
  /** A listener of `onChange` threw. */
  listenerFailure: channel("claviger:client:listener-failure"),
} as const;

export function tellServed(name: string, held: Held<unknown>, now: number): void {
  const kind = held.isStale ? events.stale : events.hit;
  if (!kind.hasSubscribers) return;
  kind.publish({ name, version: held.version, ageMilliseconds: now - held.askedAt });
}

export function tellLanded(
  name: string,
  held: Held<unknown>,
  before: Held<unknown> | undefined,
): void {
  const { version } = held;
  if (events.refresh.hasSubscribers) events.refresh.publish({ name, version });
  if (!events.change.hasSubscribers || before === undefined) return;
  if (!isChange(before, held)) return;
  events.change.publish({ name, version, previousVersion: before.version });
}

export function tellFailed(name: string, code: string): void {
  if (events.failure.hasSubscribers) events.failure.publish({ name, code });
}

export function tellDropped(name: string, code: string): void {
  if (events.drop.hasSubscribers) events.drop.publish({ name, code });
}
