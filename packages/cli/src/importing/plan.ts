/**
 * What an import is going to do, from the files alone: which lines go where, and which stay as they
 * are. The same files give the same plan.
 */
import { basename, dirname } from "node:path";
import { printed, type Reference, readReference } from "../stores/reference.ts";
import { ownPlace, placeFor, referenceTo, type Target } from "./destination.ts";
import { parameterBytesMax, secretBytesMax } from "./limits.ts";
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
  const bytesMax = target.store === "ssm" ? parameterBytesMax : secretBytesMax;
  const { lines, left } = linesOf(sources, bytesMax);
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
      if (!this.#taken.has(name) || this.#taken.get(name) === line.entry.value) {
        this.#taken.set(name, line.entry.value);
        return { reference, isMoved };
      }
      isMoved = true;
    }
    throw new Error(`${placeOf(line)} found no place`);
  }

  /** By its shape, by its own name, by its folder, and then by number. */
  *#choices({ source, entry, judgement }: Line): Generator<Reference> {
    const place = placeFor(entry.key, judgement);
    const own = ownPlace(entry.key, place.service);
    const folder = ownPlace(`${basename(dirname(source.realPath))}_${own.key}`, place.service);
    const { isSecret } = judgement;
    for (const each of [place, own, folder]) yield referenceTo(each, isSecret, this.#target);
    for (let n = 2; ; n++) {
      yield referenceTo({ ...own, key: `${own.key}_${n}` }, isSecret, this.#target);
    }
  }
}
