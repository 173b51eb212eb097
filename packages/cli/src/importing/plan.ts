/**
 * What an import is going to do, from the files alone: which lines go where, and which stay as they
 * are. The same files give the same plan.
 */
import { basename, dirname } from "node:path";
import { printed, type Reference, readReference } from "../stores/reference.ts";
import { ownPlace, placeFor, referenceTo, type Target } from "./destination.ts";
import { lengthOf, secretBytesMax, whyNoParameter } from "./limits.ts";
import { type Left, type Line, linesOf, placeOf } from "./line.ts";
import type { Source } from "./source.ts";

/** A value with its place, and the lines that hold it. */
export interface Item {
  readonly lines: readonly [Line, ...Line[]];
  readonly reference: Reference;
  readonly value: string;
  readonly isSecret: boolean;
  /** Other lines of the files with the same value, which go elsewhere. */
  readonly twins: readonly Line[];
  /** Another value has the place that it would have had. */
  readonly isMoved: boolean;
}

export interface Plan {
  readonly items: readonly Item[];
  readonly left: readonly Left[];
}

export function planOf(sources: readonly Source[], target: Target): Plan {
  const { lines, left } = linesOf(sources, target.store);
  const places = new Places(target, left);
  const items = new Map<string, Item>();
  for (const line of lines) {
    const { reference, isMoved } = places.take(line);
    const found = items.get(printed(reference));
    items.set(printed(reference), {
      lines: found === undefined ? [line] : [...found.lines, line],
      reference,
      value: line.entry.value,
      isSecret: line.judgement.isSecret,
      twins: [],
      isMoved,
    });
  }
  return {
    items: [...items.values()].map((item) => ({ ...item, twins: twinsOf(item, lines) })),
    left,
  };
}

/** Short values and plain ones are alike by accident. */
const twinCharactersMin = 8;

export function isTelling({ isSecret, value }: Pick<Item, "isSecret" | "value">): boolean {
  return isSecret && value.length >= twinCharactersMin;
}

function twinsOf(item: Item, lines: readonly Line[]): readonly Line[] {
  if (!isTelling(item)) return [];
  return lines.filter((line) => line.entry.value === item.value && !item.lines.includes(line));
}

/** Who has which place. The first line of the files has the first choice. */
class Places {
  readonly #target: Target;
  /** What stands there; undefined for a place that a reference in the files has. */
  readonly #taken = new Map<string, string | undefined>();
  /** Of each secret's fields together. */
  readonly #bytes = new Map<string, number>();

  constructor(target: Target, left: readonly Left[]) {
    this.#target = target;
    for (const { isReference, entry } of left) {
      if (isReference) this.#taken.set(printed(readReference(entry.value)), undefined);
    }
  }

  take(line: Line): { reference: Reference; isMoved: boolean } {
    let isMoved = false;
    for (const reference of this.#choices(line)) {
      const name = printed(reference);
      const isSame = this.#taken.get(name) === line.entry.value;
      if (isSame || (!this.#taken.has(name) && this.#hasRoom(reference, line.entry.value))) {
        this.#taken.set(name, line.entry.value);
        return { reference, isMoved };
      }
      isMoved = true;
    }
    throw new Error(`${placeOf(line)} found no place`);
  }

  /** The first field of a secret always has. */
  #hasRoom({ name, field }: Reference, value: string): boolean {
    if (field === undefined) return true;
    const others = this.#bytes.get(name) ?? 0;
    const all = others + lengthOf(JSON.stringify({ [field]: value }));
    if (others > 0 && all > secretBytesMax) return false;
    this.#bytes.set(name, all);
    return true;
  }

  /** By its shape, by its own name, by its folder, and then by number. */
  *#choices({ source, entry, judgement }: Line): Generator<Reference> {
    const place = placeFor(entry.key, judgement);
    const own = ownPlace(entry.key, place.service);
    const folder = ownPlace(`${basename(dirname(source.realPath))}_${own.key}`, place.service);
    // Plain configuration is a parameter in either store, where one can hold it.
    const isHidden = judgement.isSecret || whyNoParameter(entry.value) !== undefined;
    for (const each of [place, own, folder]) yield referenceTo(each, isHidden, this.#target);
    for (let n = 2; ; n++) {
      const key = `${own.key}_${n}`;
      // As secrets, these are fields of one, and of one each.
      for (const each of [key, `${key}_value`]) {
        yield referenceTo({ ...own, key: each }, isHidden, this.#target);
      }
    }
  }
}
