/** Random text in which every character of an alphabet is equally likely, at every place. */
import type { Randomness } from "../clock.ts";

const byteValues = 256;

/** Of an alphabet of up to 256 single-unit characters. */
export function uniformText(randomness: Randomness, alphabet: string, length: number): string {
  // Bytes beyond the last whole alphabet are thrown away, or its first characters came up more often.
  const bound = byteValues - (byteValues % alphabet.length);
  let characters = "";
  while (characters.length < length) {
    for (const byte of randomness.bytes(length - characters.length)) {
      if (byte < bound) characters += alphabet[byte % alphabet.length];
    }
  }
  return characters;
}
