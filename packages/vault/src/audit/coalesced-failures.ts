/**
 * Keeps strangers from filling the disk with failed authentications. The first ones of an address
 * and access key in a minute are recorded one by one, before their replies, like everything else;
 * the rest become one event at the end of the minute that says how many they were. Memory and
 * events are bounded whatever the number of addresses and keys that are tried.
 */
import type { Clock } from "../clock.ts";
import type {
  AuditEvent,
  AuditLog,
  AuditPage,
  AuditQuery,
  LastUse,
  SecretRead,
  SecretReadsQuery,
  UseQuery,
} from "./event.ts";

const minuteMilliseconds = 60_000;

/** Recorded one by one in a minute: for an address and key, and altogether. */
const singlesMax = 5;
const singlesTotalMax = 60;

/** Addresses and keys told apart in a minute; the failures of all others are one event. */
const sourcesMax = 32;

/**
 * What a stranger says of itself is cut shorter than what a caller says: with the bounds above,
 * strangers who never stop fill about 60 MB a day.
 */
const userAgentCharactersMax = 256;

interface Source {
  singles: number;
  coalesced: number;
  last: AuditEvent;
}

/** One of many nodes, which learns what others wrote as it records an event. */
interface Node {
  catchUp(): Promise<void>;
}

/** Wraps an audit log so that the failures of strangers take bounded room. */
export function coalesceFailures(log: AuditLog, clock: Clock, node?: Node): AuditLog {
  return new CoalescingLog(log, clock, node);
}

class CoalescingLog implements AuditLog {
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #node: Node | undefined;
  readonly #timer: NodeJS.Timeout;
  #minute = 0;
  #singlesTotal = 0;
  #sources = new Map<string, Source>();

  constructor(log: AuditLog, clock: Clock, node: Node | undefined) {
    this.#log = log;
    this.#clock = clock;
    this.#node = node;
    this.#timer = setInterval(() => this.#turnMinute(), minuteMilliseconds).unref();
  }

  get trouble(): string | undefined {
    return this.#log.trouble;
  }

  append(event: AuditEvent): Promise<void> {
    return isStrangersFailure(event) ? this.#appendFailure(event) : this.#log.append(event);
  }

  query(query: AuditQuery): Promise<AuditPage> {
    return this.#log.query(query);
  }

  lastUses(query: UseQuery): Promise<readonly LastUse[]> {
    return this.#log.lastUses(query);
  }

  secretReads(query: SecretReadsQuery): Promise<readonly SecretRead[]> {
    return this.#log.secretReads(query);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await this.#log.close();
  }

  #appendFailure(failure: AuditEvent): Promise<void> {
    this.#turnMinute();
    const event = { ...failure, userAgent: failure.userAgent.slice(0, userAgentCharactersMax) };
    const source = this.#sourceOf(event);
    const isSingle = source.singles < singlesMax && this.#singlesTotal < singlesTotalMax;
    // What can't be recorded must not be answered, also where it would only be counted.
    if (isSingle || this.#log.trouble !== undefined) {
      source.singles++;
      this.#singlesTotal++;
      return this.#log.append(event);
    }
    this.#count(source, event);
    // Nothing is committed for it, which would have told whether it was refused for old reasons.
    return this.#node?.catchUp() ?? Promise.resolve();
  }

  #count(source: Source, event: AuditEvent): void {
    source.coalesced += event.count;
    source.last = event;
  }

  #sourceOf(event: AuditEvent): Source {
    const name = `${event.sourceAddress} ${event.accessKeyId}`;
    const isToldApart = this.#sources.has(name) || this.#sources.size < sourcesMax;
    const place = isToldApart ? name : "others";
    const source = this.#sources.get(place) ?? { singles: 0, coalesced: 0, last: event };
    this.#sources.set(place, source);
    return source;
  }

  #turnMinute(): void {
    const minute = Math.floor(this.#clock.now() / minuteMilliseconds);
    if (minute === this.#minute) return;
    this.#flush();
    this.#minute = minute;
  }

  #flush(): void {
    const sources = this.#sources.values();
    this.#sources = new Map();
    this.#singlesTotal = 0;
    for (const { last, coalesced } of sources) {
      if (coalesced === 0) continue;
      const event = { ...last, count: coalesced };
      // Replies have left for these, so they are counted again until the log can keep them.
      this.#log.append(event).catch(() => this.#count(this.#sourceOf(event), event));
    }
  }
}

/**
 * A web identity is still a stranger while no role lets it in: whoever has an account with a public
 * issuer gets tokens of it that are genuine.
 */
function isStrangersFailure({ identity, errorCode }: AuditEvent): boolean {
  if (identity === undefined) return true;
  return identity.type === "WebIdentityUser" && errorCode !== undefined;
}
