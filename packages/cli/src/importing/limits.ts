/** How much a value may hold, in bytes of UTF-8. */
import { bytesOf } from "../stores/value.ts";

/** Of an advanced parameter; a standard one holds half of it. */
export const parameterBytesMax = 8192;
export const secretBytesMax = 65_536;

const standardBytesMax = 4096;

/** Whether a parameter with this value is one that costs. */
export function isAdvanced(text: string): boolean {
  return lengthOf(text) > standardBytesMax;
}

export function lengthOf(text: string): number {
  return bytesOf({ text }).length;
}
