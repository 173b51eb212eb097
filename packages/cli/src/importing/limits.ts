/** What the stores hold of a value: how much, in bytes of UTF-8, and what never. */
import { bytesOf } from "../stores/value.ts";

/** A secret's, with all of its fields. */
export const secretBytesMax = 65_536;

const advancedBytesMax = 8192;
const standardBytesMax = 4096;
/** For the field's name, and what JSON puts around it. */
const fieldBytesMax = 1024;

/** Why no parameter can hold the text; undefined where one can. */
export function whyNoParameter(text: string): string | undefined {
  const elsewhere = whyNoSecret(text) === undefined ? ": import it with --to secretsmanager" : "";
  if (lengthOf(text) > advancedBytesMax) {
    return `more than the 8 KB that a parameter holds${elsewhere}`;
  }
  return /\{\{.*\}\}/s.test(text) ? `has {{ }} in it, as no parameter may${elsewhere}` : undefined;
}

/** Why no field of a secret can hold the text. */
export function whyNoSecret(text: string): string | undefined {
  const isMore = lengthOf(JSON.stringify(text)) > secretBytesMax - fieldBytesMax;
  return isMore ? "more than the 64 KB that a secret holds" : undefined;
}

/** Whether a parameter with this value is one that costs. */
export function isAdvanced(text: string): boolean {
  return lengthOf(text) > standardBytesMax;
}

export function lengthOf(text: string): number {
  return bytesOf({ text }).length;
}
