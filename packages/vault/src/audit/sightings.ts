/**
 * Where the events that LookupEvents asks for lie. An index entry for every event and attribute
 * would cost more than the event itself; instead it is noted once in which stretches of time a
 * name was seen in an account and region, and the groups of those stretches are looked through.
 */
import { hash } from "node:crypto";
import { type Fields, places } from "./line.ts";
import { type Use, usesOf } from "./uses.ts";

export const stretchMilliseconds = 2000;

/** Stands for "an event that is not read-only" among the words. */
export const writeSighted = "\0write";

/** What a group adds to what is known of where its events lie. */
export interface Notes {
  /** The stretches of time that its events lie in: mostly one. */
  readonly stretches: readonly number[];
  readonly sightings: readonly Sighting[];
  readonly uses: readonly NotedUse[];
}

export interface Sighting {
  readonly name: number;
  readonly stretch: number;
}

export interface NotedUse extends Use {
  readonly name: number;
  readonly stretch: number;
}

const sightedPlaces = [
  places.service,
  places.operation,
  places.username,
  places.access_key_id,
  places.resource,
];

/** A use is written down again when its last mention is so old: until then retention spares it. */
export const useStride = 3_600_000 / stretchMilliseconds;
const usesRememberedMax = 50_000;

/** Takes notes of one chain's groups, and remembers those it took lately. */
export class Sightings {
  /** Of the latest stretch. */
  readonly #names = new Set<string>();
  /** Of the latest stretch: by identity, the calls that told all they can beside their resource. */
  readonly #told = new Map<string | null, Set<string>>();
  /** When each use was written down last. */
  readonly #uses = new Map<string, number>();
  #stretch = -1;

  /** The notes are taken as written: call `forget` where they could not be. */
  notesOf(events: readonly Fields[]): Notes {
    const stretches = new Set<number>();
    const sightings: Sighting[] = [];
    const uses: NotedUse[] = [];
    if (this.#uses.size > usesRememberedMax) this.#uses.clear();
    for (const fields of events) {
      const stretch = stretchOf(fields[places.time] as number);
      if (stretch !== this.#stretch) this.#turnTo(stretch);
      stretches.add(stretch);
      this.#note(fields, sightings, uses);
    }
    return { stretches: [...stretches], sightings, uses };
  }

  forget(): void {
    this.#turnTo(-1);
    this.#uses.clear();
  }

  #turnTo(stretch: number): void {
    this.#names.clear();
    this.#told.clear();
    this.#stretch = stretch;
  }

  #note(fields: Fields, sightings: Sighting[], uses: NotedUse[]): void {
    const scope = fields[places.scope] as string;
    this.#sight(scope, fields[places.resource] as string | null | undefined, sightings);
    if (!this.#isNewCall(fields)) return;
    for (const place of sightedPlaces) {
      this.#sight(scope, fields[place] as string | null | undefined, sightings);
    }
    if (fields[places.is_read_only] === 0) this.#sight(scope, writeSighted, sightings);
    for (const use of usesOf(fields)) this.#noteUse(use, sightings, uses);
  }

  #isNewCall(fields: Fields): boolean {
    const identity = fields[places.identity] as string | null;
    let calls = this.#told.get(identity);
    if (calls === undefined) {
      calls = new Set();
      this.#told.set(identity, calls);
    }
    const call =
      `${fields[places.operation]}\n${fields[places.service]}\n${fields[places.scope]}\n` +
      `${fields[places.access_key_id]}\n${fields[places.is_read_only]}`;
    if (calls.has(call)) return false;
    calls.add(call);
    return true;
  }

  #sight(scope: string, word: string | null | undefined, sightings: Sighting[]): void {
    if (word === null || word === undefined) return;
    const text = scope + word;
    if (this.#names.has(text)) return;
    this.#names.add(text);
    sightings.push({ name: nameOf(scope, word), stretch: this.#stretch });
  }

  #noteUse(use: Use, sightings: Sighting[], uses: NotedUse[]): void {
    const text = `${use.user}\n${use.action}`;
    this.#sight(useScope, text, sightings);
    const known = this.#uses.get(text);
    if (known !== undefined && this.#stretch < known + useStride) return;
    this.#uses.set(text, this.#stretch);
    uses.push({ ...use, name: nameOf(useScope, text), stretch: this.#stretch });
  }
}

/** The scope in which uses are noted: they say themselves where they were. */
const useScope = "uses";

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
