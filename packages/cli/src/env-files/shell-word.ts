/**
 * One word of a shell, quotes taken off:
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
import type { Quoting } from "./syntax.ts";

export interface Word {
  readonly from: number;
  /** Equal to `from` where an operator stands instead of a word. */
  readonly end: number;
  /** Expansions stay in it as they are written. */
  readonly value: string;
  readonly quoting: Quoting;
  /** The first of them. */
  readonly expansion: string | undefined;
}

interface Piece {
  readonly end: number;
  readonly value: string;
  readonly quoting: Quoting;
  readonly expansion?: string | undefined;
}

/** The word that begins there; undefined where a quote in it is never closed. */
export function wordAt(text: string, from: number): Word | undefined {
  const pieces: Piece[] = [];
  let at = from;
  while (at < text.length && !/[\s;&|<>()]/.test(text[at] ?? "")) {
    const piece = pieceAt(text, at, at === from);
    if (piece === undefined) return undefined;
    pieces.push(piece);
    at = piece.end;
  }
  const quotings = new Set(pieces.map(({ quoting }) => quoting));
  const [only = "none"] = quotings;
  return {
    from,
    end: at,
    value: pieces.map(({ value }) => value).join(""),
    quoting: quotings.size > 1 || (pieces.length > 1 && only !== "none") ? "mixed" : only,
    expansion: pieces.find(({ expansion }) => expansion !== undefined)?.expansion,
  };
}

function pieceAt(text: string, at: number, isFirst: boolean): Piece | undefined {
  const character = text[at] ?? "";
  if (character === "'") return until(text, at, "'");
  if (character === '"') return doubleQuoted(text, at);
  if (text.startsWith("$'", at)) return ansiQuoted(text, at);
  if (character === "\\") return escaped(text, at);
  if (character === "$" || character === "`") return expansionAt(text, at);
  const plain = /[^\s;&|<>()'"\\$`]+/y;
  plain.lastIndex = at;
  const [value = ""] = plain.exec(text) ?? [];
  const expansion = isFirst && value.startsWith("~") ? "~" : undefined;
  return { end: at + value.length, value, quoting: "none", expansion };
}

function until(text: string, at: number, quote: string): Piece | undefined {
  const close = text.indexOf(quote, at + 1);
  if (close === -1) return undefined;
  return { end: close + 1, value: text.slice(at + 1, close), quoting: "single" };
}

function escaped(text: string, at: number): Piece {
  const [whole = "", next = ""] = /^\\(\r?\n|[\s\S]|$)/u.exec(text.slice(at, at + 3)) ?? [];
  const value = next.endsWith("\n") ? "" : next;
  return { end: at + whole.length, value, quoting: "none" };
}

/** A backslash means something before `$`, a backtick, `"`, `\` and a line end alone. */
function doubleQuoted(text: string, from: number): Piece | undefined {
  let value = "";
  let expansion: string | undefined;
  for (let at = from + 1; at < text.length; ) {
    const character = text[at] ?? "";
    if (character === '"') return { end: at + 1, value, quoting: "double", expansion };
    if (character === "\\" && /[$`"\\\n]/.test(text[at + 1] ?? "")) {
      value += text[at + 1] === "\n" ? "" : text[at + 1];
      at += 2;
    } else if (character === "$" || character === "`") {
      const piece = expansionAt(text, at);
      if (piece === undefined) return undefined;
      value += piece.value;
      expansion ??= piece.expansion;
      at = piece.end;
    } else {
      value += character;
      at += 1;
    }
  }
  return undefined;
}

/** `$NAME`, `${…}`, `$(…)` or `` `…` `` as written; a `$` before anything else is a dollar. */
function expansionAt(text: string, at: number): Piece | undefined {
  const named = /\$(?:\w+|[@*#?$!-])/y;
  named.lastIndex = at;
  const written =
    named.exec(text)?.[0] ??
    (text[at] === "`" ? /^`(?:[^`\\]|\\[\s\S])*`/.exec(text.slice(at))?.[0] : bracketed(text, at));
  if (written === undefined) return undefined;
  const expansion = written === "$" ? undefined : written;
  return { end: at + written.length, value: written, quoting: "none", expansion };
}

/** To the bracket that closes the first; undefined where none does. */
function bracketed(text: string, from: number): string | undefined {
  const open = text[from + 1] ?? "";
  const close = { "{": "}", "(": ")" }[open];
  if (close === undefined) return "$";
  let depth = 0;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === open) depth++;
    if (text[at] === close && --depth === 0) return text.slice(from, at + 1);
  }
  return undefined;
}

const ansi: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** bash's `$'…'`, as its `export -p` prints values with control characters. */
function ansiQuoted(text: string, at: number): Piece | undefined {
  const whole = /\$'((?:[^'\\]|\\[\s\S])*)'/y;
  whole.lastIndex = at;
  const [written, inside] = whole.exec(text) ?? [];
  if (written === undefined || inside === undefined) return undefined;
  const value = inside.replace(
    /\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|([0-7]{1,3})|([\s\S]))/g,
    (_, hex, unicode, octal, other) => {
      if (other !== undefined) return ansi[other] ?? (/["'?\\]/.test(other) ? other : `\\${other}`);
      return String.fromCodePoint(
        octal ? Number.parseInt(octal, 8) : Number.parseInt(hex ?? unicode, 16),
      );
    },
  );
  return { end: at + written.length, value, quoting: "mixed" };
}
