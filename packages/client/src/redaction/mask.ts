/**
 * Finds many forms in a text at once. Every character that belongs to an occurrence of any of them
 * is masked, and each run of such characters becomes one `[redacted]`: so what overlaps or touches
 * lets nothing through, and a longer form never shows its end after a shorter one.
 */
import { shortestMasked } from "./encodings.ts";

/** What stands wherever a value would have. */
export const redacted = "[redacted]";

/** Characters to mask: from the first to before the second. */
export type Run = readonly [from: number, to: number];

export class Mask {
  /** Forms by their first characters. */
  readonly #byStart = new Map<string, Set<string>>();
  /** The beginnings of the map's keys, made when a stream needs them. */
  #shortStarts: Set<string> | undefined;
  /** A mark for the four characters that a form starts with: most of a text is passed by it. */
  readonly #filter = new Uint8Array(1 << 16);
  #longest = 0;

  /** `form` has at least `shortestMasked` characters. */
  add(form: string): void {
    const start = form.slice(0, shortestMasked);
    const forms = this.#byStart.get(start);
    if (forms === undefined) this.#byStart.set(start, new Set([form]));
    else forms.add(form);
    this.#filter[slot(form, 0)] = 1;
    this.#shortStarts = undefined;
    this.#longest = Math.max(this.#longest, form.length);
  }

  masked(text: string): string {
    const runs = this.runs(text);
    if (runs.length === 0) return text;
    let shown = "";
    let at = 0;
    for (const [from, to] of runs) {
      shown += text.slice(at, from) + redacted;
      at = to;
    }
    return shown + text.slice(at);
  }

  /** In order, apart from each other; the first `already` characters are masked in any case. */
  runs(text: string, already = 0): Run[] {
    const runs: Run[] = [];
    let [from, to] = [0, already];
    for (let at = 0; at <= text.length - shortestMasked; at++) {
      if (this.#filter[slot(text, at)] === 0) continue;
      const end = at + this.#lengthAt(text, at);
      if (end === at) continue;
      if (at > to) {
        if (to > 0) runs.push([from, to]);
        from = at;
      }
      to = Math.max(to, end);
    }
    if (to > 0) runs.push([from, to]);
    return runs;
  }

  /** Where the first form begins that may end behind the end of the text; its length if none. */
  unfinishedFrom(text: string): number {
    let at = Math.max(0, text.length - this.#longest + 1);
    for (; at <= text.length - shortestMasked; at++) {
      if (this.#filter[slot(text, at)] === 1 && this.#isUnfinished(text.slice(at))) return at;
    }
    this.#shortStarts ??= beginnings(this.#byStart.keys());
    while (at < text.length && !this.#shortStarts.has(text.slice(at))) at++;
    return at;
  }

  /** Of the longest form there; 0 if there is none. */
  #lengthAt(text: string, at: number): number {
    let length = 0;
    for (const form of this.#byStart.get(text.slice(at, at + shortestMasked)) ?? []) {
      if (form.length > length && text.startsWith(form, at)) length = form.length;
    }
    return length;
  }

  #isUnfinished(rest: string): boolean {
    const forms = this.#byStart.get(rest.slice(0, shortestMasked)) ?? new Set();
    return forms.values().some((form) => form.length > rest.length && form.startsWith(rest));
  }
}

function beginnings(starts: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const start of starts) {
    for (let end = 1; end < start.length; end++) found.add(start.slice(0, end));
  }
  return found;
}

/** A number for four characters. */
function slot(text: string, at: number): number {
  let number = 0;
  for (let index = at; index < at + 4; index++) number = number * 31 + text.charCodeAt(index);
  return number & 0xffff;
}
