/**
 * Where the events that LookupEvents asks for lie. An index entry for every event and attribute
 * would cost more than the event itself; instead it is noted once in which stretches of time a
 * name was seen in an account and region, and the groups of those stretches are looked through.
 */
import { hash } from "node:crypto";
import type { AuditEvent, AuditIdentity } from "./event.ts";
import { cut, scopeText, usernameOf } from "./line.ts";
import { type NotedRead, ReadNotes } from "./reads.ts";
import { type Use, usesOf } from "./uses.ts";

export const stretchMilliseconds = 2000;

/** Stands for "an event that is not read-only" among the words. */
export const writeSighted = "\0write";

/** What a group adds to what is known of where its events lie. */
export interface Notes {
  /** The times of its earliest and its latest event. */
  readonly from: number;
  readonly until: number;
  /** The stretches of time that its events lie in: mostly one. */
  readonly stretches: readonly number[];
  readonly sightings: readonly Sighting[];
  readonly uses: readonly NotedUse[];
  readonly reads: readonly NotedRead[];
}

interface Sighting {
  readonly name: number;
  readonly stretch: number;
}

interface NotedUse extends Use, Sighting {}

/** A use is written down again when its last mention is so old: until then retention spares it. */
export const useStride = 3_600_000 / stretchMilliseconds;
const usesRememberedMax = 50_000;

/** What a call tells beside its resource, and the names that are noted of its scope. */
interface Call {
  readonly service: string;
  readonly isReadOnly: boolean;
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly names: Set<string>;
}

/** Takes notes of one chain's groups, and remembers those it took lately. */
export class Sightings {
  /** Of the latest stretch: by scope, the names that are noted. */
  readonly #names = new Map<string, Set<string>>();
  /** Of the latest stretch: by caller and operation, the last call. It mostly tells nothing new. */
  readonly #calls = new Map<AuditIdentity | undefined, Map<string, Call>>();
  /** When each use was written down last. */
  readonly #uses = new Map<string, number>();
  readonly #reads = new ReadNotes();
  #stretch = -1;
  #sightings: Sighting[] = [];
  /** Of the group that is looked at: one of each use, since one statement writes them. */
  #notedUses = new Map<string, NotedUse>();

  /**
   * `otherwise` is the time of a group whose events are lost. The notes are taken as written: call
   * `forget` where they could not be.
   */
  notesOf(events: readonly AuditEvent[], otherwise = 0): Notes {
    let from = Number.MAX_SAFE_INTEGER;
    let until = 0;
    const stretches = new Set<number>();
    this.#sightings = [];
    this.#notedUses = new Map();
    if (this.#uses.size > usesRememberedMax) this.#uses.clear();
    for (const event of events) {
      const time = Math.round(event.time);
      if (time < from) from = time;
      if (time > until) until = time;
      const stretch = stretchOf(time);
      if (stretch !== this.#stretch) this.#turnTo(stretch);
      stretches.add(stretch);
      const names = this.#namesOfKnownCall(event) ?? this.#noteCall(event);
      const [resource] = event.resources;
      if (resource !== undefined) this.#sight(event, names, resource);
    }
    if (events.length === 0) from = until = otherwise;
    const [sightings, uses] = [this.#sightings, [...this.#notedUses.values()]];
    const reads = this.#reads.of(events);
    return { from, until, stretches: [...stretches], sightings, uses, reads };
  }

  forget(): void {
    this.#turnTo(-1);
    this.#uses.clear();
    this.#reads.forget();
  }

  #turnTo(stretch: number): void {
    this.#names.clear();
    this.#calls.clear();
    this.#stretch = stretch;
  }

  /** The names of its scope, if the caller's last call of this operation told the same. */
  #namesOfKnownCall(event: AuditEvent): Set<string> | undefined {
    const call = this.#calls.get(event.identity)?.get(event.operation);
    const isKnown =
      call !== undefined &&
      call.service === event.service &&
      call.isReadOnly === event.isReadOnly &&
      call.accountId === event.accountId &&
      call.region === event.region &&
      call.accessKeyId === event.accessKeyId;
    return isKnown ? call.names : undefined;
  }

  #noteCall(event: AuditEvent): Set<string> {
    const { identity, operation, service, isReadOnly, accountId, region, accessKeyId } = event;
    const scope = scopeText(event);
    let names = this.#names.get(scope);
    if (names === undefined) {
      names = new Set();
      this.#names.set(scope, names);
    }
    this.#sight(event, names, cut(service));
    this.#sight(event, names, cut(operation));
    this.#sight(event, names, cut(accessKeyId));
    if (identity !== undefined) this.#sight(event, names, usernameOf(identity));
    if (!isReadOnly) this.#sight(event, names, writeSighted);
    for (const use of usesOf(event)) this.#noteUse(use);
    let calls = this.#calls.get(identity);
    if (calls === undefined) {
      calls = new Map();
      this.#calls.set(identity, calls);
    }
    calls.set(operation, { service, isReadOnly, accountId, region, accessKeyId, names });
    return names;
  }

  #sight(event: AuditEvent, names: Set<string>, word: string): void {
    if (names.has(word)) return;
    names.add(word);
    this.#sightings.push({ name: nameOf(scopeText(event), word), stretch: this.#stretch });
  }

  #noteUse(use: Use): void {
    const text = `${use.user} ${use.action}`;
    const sighting = { name: nameOf("uses", text), stretch: this.#stretch };
    this.#sightings.push(sighting);
    const known = this.#uses.get(text);
    if (known !== undefined && this.#stretch < known + useStride) return;
    this.#uses.set(text, this.#stretch);
    this.#notedUses.set(text, { ...use, ...sighting });
  }
}

/**
 * A word in its account and region as a number that fits where JavaScript and SQL both are exact.
 * Two that share one by chance only cost a look: what is found is compared in full.
 */
export function nameOf(scope: string, word: string): number {
  return Number.parseInt(hash("sha256", `${scope}\n${word}`).slice(0, 13), 16);
}

export function stretchOf(time: number): number {
  return Math.floor(time / stretchMilliseconds);
}
