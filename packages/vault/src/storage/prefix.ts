/**
 * What a key may be, and in what order keys are.
 *
 * Keys that start with a prefix are one range in the byte order of UTF-8, which is the order of
 * code points. So a prefix needs no LIKE, and `_` and `%` mean themselves.
 */

/**
 * The smallest string above every string that starts with `prefix`, or undefined where there is
 * none (the empty prefix, or one made of the last code point only).
 */
export function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates are no code points of a well-formed string: the next one after them is U+E000.
  points.push(last === 0xd7ff ? 0xe000 : last + 1);
  return String.fromCodePoint(...points);
}

/**
 * Whether databases keep the text as it is: a lone surrogate has no UTF-8 and would silently
 * become another key, and PostgreSQL knows no NUL.
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Less than 0, 0 or more, as `a` stands before, at or behind `b` in the order of their UTF-8. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
