/**
 * The values that this process has seen, for masking. To remember one costs next to nothing: its
 * forms are made when something is masked for the first time. Bounded: the oldest are forgotten.
 */
import { formsOf } from "./encodings.ts";
import { Mask } from "./mask.ts";

const valuesMax = 10_000;
const charactersMax = 4 * 1024 * 1024;

/** Every value under a text that is it, in the order in which they were last seen. */
const seen = new Map<string, string | Uint8Array>();
/** Of `seen`, what `mask` lacks. */
const unmasked = new Map<string, string | Uint8Array>();
let characters = 0;
let mask = new Mask();

/** From now on `redact` masks it, as it does each value that a client has fetched. */
export function remember(value: string | Uint8Array): void {
  const key = typeof value === "string" ? value : `\0${Buffer.from(value).toString("latin1")}`;
  if (!seen.delete(key)) {
    unmasked.set(key, value);
    characters += key.length;
  }
  seen.set(key, value);
  if (seen.size > valuesMax || characters > charactersMax) forgetOldest();
}

/** Masks what has been remembered so far. Another one after some was forgotten: ask each time. */
export function currentMask(): Mask {
  for (const value of unmasked.values()) for (const form of formsOf(value)) mask.add(form);
  unmasked.clear();
  return mask;
}

/** A quarter at once, as the mask must be made anew. */
function forgetOldest(): void {
  for (const key of seen.keys()) {
    if (seen.size <= valuesMax * 0.75 && characters <= charactersMax * 0.75) break;
    seen.delete(key);
    characters -= key.length;
  }
  unmasked.clear();
  for (const [key, value] of seen) unmasked.set(key, value);
  mask = new Mask();
}
