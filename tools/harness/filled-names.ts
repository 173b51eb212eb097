/**
 * What a filled vault holds: names that are scattered like those of many applications, and can be
 * told from their number, so that whoever asks at random needs no list of them.
 */

/** One in ten lies in a single wide folder, the others fifty by fifty in folders of their own. */
export const wideFolder = "/wide";

export function parameterName(number: number): string {
  return number % 10 === 0
    ? `${wideFolder}/key-${scattered(number)}`
    : `/apps/${scattered(Math.floor(number / 50))}/prod/key-${number % 50}`;
}

export function secretName(number: number): string {
  return `${scattered(Math.floor(number / 20))}/prod/key-${number % 20}`;
}

/** Different for different numbers, and far apart: 2^32 has no factor but 2 (Knuth's hash). */
function scattered(number: number): string {
  return (Math.imul(number, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
}
