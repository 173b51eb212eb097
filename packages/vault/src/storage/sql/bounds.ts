/**
 * A range of keys, or of an index's entries, as one lower and at most one upper bound, so that a
 * database reads from the first row wanted and no row before it.
 */
import { compareBytes, isStorable, prefixEnd } from "../prefix.ts";
import type { Range } from "../storage.ts";

/** Compared as a whole: the key alone, or an index entry's value and then its key. */
type Place = readonly [key: string] | readonly [value: string, key: string];

export interface Bound {
  readonly operator: ">" | ">=" | "<" | "<=";
  readonly place: Place;
}

export interface Bounds {
  readonly from: Bound;
  /** undefined: to the end. */
  readonly to: Bound | undefined;
}

/** Returns undefined where no row can be in the range. */
export function keyBounds(range: Range): Bounds | undefined {
  const { after } = range;
  return bounds(range, after === undefined ? undefined : [after], (key) => [key]);
}

/** As `keyBounds`, of index entries; `after` is a position, the value and the key around a NUL. */
export function indexBounds(range: Range): Bounds | undefined {
  const after = range.after === undefined ? undefined : entryAt(range.after);
  return bounds(range, after, (value) => [value, ""]);
}

function bounds(
  { prefix, isDescending = false }: Range,
  after: Place | undefined,
  placeOf: (text: string) => Place,
): Bounds | undefined {
  if (!isStorable(prefix)) return undefined;
  const end = prefixEnd(prefix);
  const from: Bound = { operator: ">=", place: placeOf(prefix) };
  const to: Bound | undefined = end === undefined ? end : { operator: "<", place: placeOf(end) };
  if (after === undefined) return { from, to };
  if (isDescending) {
    const behind = resumeBelow(after);
    return { from, to: to !== undefined && compare(behind.place, to.place) >= 0 ? to : behind };
  }
  const behind: Bound = { operator: ">", place: after.map(upToNul) as unknown as Place };
  return { from: compare(behind.place, from.place) < 0 ? from : behind, to };
}

/** No stored text holds a NUL, so what is less than "a\0…" is at most "a". */
function resumeBelow(after: Place): Bound {
  const place = after.map(upToNul) as unknown as Place;
  return { operator: compare(place, after) === 0 ? "<" : "<=", place };
}

function upToNul(text: string): string {
  const nul = text.indexOf("\0");
  return nul === -1 ? text : text.slice(0, nul);
}

function compare(a: Place, b: Place): number {
  return compareBytes(a[0], b[0]) || compareBytes(a[1] ?? "", b[1] ?? "");
}

/** A position in an index as its value and key. Any string is one, so none can fail. */
function entryAt(position: string): Place {
  const nul = position.indexOf("\0");
  return nul === -1 ? [position, ""] : [position.slice(0, nul), position.slice(nul + 1)];
}

/** Where an entry stands, for `after`. */
export function positionOf(value: string, key: string): string {
  return `${value}\0${key}`;
}
