/**
 * Wildcards as IAM has them: `*` is any text, `?` any one character. A pattern is cut at its
 * stars once; matching then looks for each piece in turn and never goes back, so the time is at
 * worst the text's length times the pattern's, whatever an author wrote.
 */
export const anyText = Symbol("*");
export const anyCharacter = Symbol("?");

/** Literal text or a wildcard. Literals come from variables too, and then `*` in them is a star. */
export type Token = string | typeof anyText | typeof anyCharacter;

export type Matcher = (text: string) => boolean;

/** The tokens of a pattern without variables. */
export function tokensOf(pattern: string): Token[] {
  return pattern.split(/([*?])/).flatMap((part): Token[] => {
    if (part === "*") return [anyText];
    if (part === "?") return [anyCharacter];
    return part === "" ? [] : [part];
  });
}

export function glob(tokens: readonly Token[]): Matcher {
  const [head, ...middle] = piecesOf(tokens);
  const tail = middle.pop();
  if (head === undefined) throw new Error("a pattern has at least one piece");
  if (tail === undefined) return (text) => text.length === head.length && isAt(head, text, 0);
  if (middle.length === 0 && tail.length === 0) return (text) => isAt(head, text, 0);
  return (text) => {
    const end = text.length - tail.length;
    if (end < head.length || !isAt(head, text, 0) || !isAt(tail, text, end)) return false;
    let at = head.length;
    for (const piece of middle) {
      const found = find(piece, text, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/** What stands between two stars: text, or text with gaps where a `?` stood. */
type Piece = string | Gapped;

interface Gapped {
  readonly length: number;
  readonly literals: readonly { readonly offset: number; readonly text: string }[];
  /** Where in the piece each of its characters fits, a bit for each place. */
  readonly places: ReadonlyMap<number, Uint32Array>;
  /** Where any other fits. */
  readonly gaps: Uint32Array;
}

/** The head, what is between stars, and the tail; the head or the tail may be empty. */
function piecesOf(tokens: readonly Token[]): Piece[] {
  const runs: Exclude<Token, typeof anyText>[][] = [[]];
  for (const token of tokens) {
    if (token === anyText) runs.push([]);
    else runs.at(-1)?.push(token);
  }
  // An empty piece between two stars asks for nothing.
  const isAsked = (piece: Piece, at: number) =>
    piece.length > 0 || at === 0 || at === runs.length - 1;
  return runs.map(pieceOf).filter(isAsked);
}

function pieceOf(run: readonly Exclude<Token, typeof anyText>[]): Piece {
  if (!run.includes(anyCharacter)) return run.join("");
  let length = 0;
  const literals: { offset: number; text: string }[] = [];
  for (const token of run) {
    if (token !== anyCharacter) literals.push({ offset: length, text: token });
    length += token === anyCharacter ? 1 : token.length;
  }
  return { length, literals, ...placesOf(run, length) };
}

function placesOf(run: readonly Exclude<Token, typeof anyText>[], length: number) {
  const gaps = new Uint32Array(Math.ceil(length / 32));
  const units = run.flatMap((token): (number | typeof anyCharacter)[] =>
    token === anyCharacter
      ? [token]
      : Array.from({ length: token.length }, (_, at) => token.charCodeAt(at)),
  );
  const mark = (bits: Uint32Array, at: number) => {
    bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
  };
  for (const [at, unit] of units.entries()) if (unit === anyCharacter) mark(gaps, at);
  const places = new Map<number, Uint32Array>();
  for (const [at, unit] of units.entries()) {
    if (unit === anyCharacter) continue;
    const bits = places.get(unit) ?? gaps.slice();
    mark(bits, at);
    places.set(unit, bits);
  }
  return { places, gaps };
}

function isAt(piece: Piece, text: string, at: number): boolean {
  if (typeof piece === "string") return text.startsWith(piece, at);
  return (
    at + piece.length <= text.length &&
    piece.literals.every((literal) => text.startsWith(literal.text, at + literal.offset))
  );
}

/** The leftmost place of the piece in `text` from `start` on, or -1. */
function find(piece: Piece, text: string, start: number): number {
  return typeof piece === "string" ? text.indexOf(piece, start) : findGapped(piece, text, start);
}

/**
 * Follows all partial matches at once, a bit for each (the Shift-And algorithm): an author may
 * write a thousand gaps, and trying each place of a long text would hold up everybody else.
 */
function findGapped({ length, places, gaps }: Gapped, text: string, start: number): number {
  const matched = new Uint32Array(gaps.length);
  for (let at = start; at < text.length; at += 1) {
    const fitting = places.get(text.charCodeAt(at)) ?? gaps;
    let carried = 1;
    for (let word = 0; word < matched.length; word += 1) {
      const before = matched[word] ?? 0;
      matched[word] = ((before << 1) | carried) & (fitting[word] ?? 0);
      carried = before >>> 31;
    }
    const last = length - 1;
    if (((matched[last >>> 5] ?? 0) >>> (last & 31)) & 1) return at - last;
  }
  return -1;
}
