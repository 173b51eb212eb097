/**
 * `.env` files, read as the `dotenv` package reads them; docs/guides/env-files.md names where not.
 * Its grammar, in short: a `#` ends an unquoted value, quotes may span lines, only `\n` and `\r`
 * between double quotes are escapes, and nothing is expanded.
 */
import { firstExpansion } from "./expansion.ts";
import { afterLineEnd, lineEnd } from "./lines.ts";
import type { Found, Quoting, Reading, Remark, Syntax } from "./syntax.ts";

export const dotenv: Syntax = { read, spelled };

const quotings = { "'": "single", '"': "double", "`": "backtick" } as const;
type Quote = keyof typeof quotings;

function read(text: string): Reading {
  const found: Found[] = [];
  const problems: Remark[] = [];
  for (let at = 0; at < text.length; ) {
    const head = headAt(text, at);
    if (head === undefined) {
      const line = text.slice(at, lineEnd(text, at));
      if (!/^\s*(#|$)/.test(line)) problems.push({ at, says: "this is no assignment; skipped" });
      at = afterLineEnd(text, at + line.length);
      continue;
    }
    const { key, from, isExported } = head;
    const body = quotedAt(text, head.end) ?? unquotedAt(text, head.end);
    const end = lineEnd(text, body.end);
    found.push({ key, from, isExported, ...body, comment: commentIn(text.slice(body.end, end)) });
    const remark = remarkOn(text, found.at(-1));
    if (remark !== undefined) problems.push({ at: from, says: remark });
    at = afterLineEnd(text, end);
  }
  return { found, problems };
}

/** `export KEY =` or `KEY: `, on one line; `end` is where the value may begin. */
function headAt(text: string, at: number) {
  const head = /([^\S\r\n]*)(export[^\S\r\n]+)?([\w.-]+)(?:[^\S\r\n]*=|:[^\S\r\n])/y;
  head.lastIndex = at;
  const [whole, indent = "", exported, key] = head.exec(text) ?? [];
  if (whole === undefined || key === undefined) return undefined;
  const from = at + indent.length;
  return { key, from, end: at + whole.length, isExported: exported !== undefined };
}

type Body = Pick<Found, "value" | "start" | "end" | "quoting" | "expansion">;

/** undefined where no quotes open there, or none close so that nothing but a comment follows. */
function quotedAt(text: string, at: number): Body | undefined {
  const start = at + (/^[^\S\r\n]*/.exec(text.slice(at, lineEnd(text, at)))?.[0].length ?? 0);
  const quote = text[start];
  if (!isQuote(quote)) return undefined;
  const close = closingQuote(text, start, quote);
  if (close === undefined) return undefined;
  const inside = text.slice(start + 1, close).replace(/\r\n?/g, "\n");
  return { ...meaning(inside, quote, quote), start, end: close + 1 };
}

/**
 * A backslash keeps a quote from closing, unless none after it closes either: the last one that
 * can, up to the first without a backslash.
 */
function closingQuote(text: string, start: number, quote: Quote): number | undefined {
  let last: number | undefined;
  for (let at = text.indexOf(quote, start + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (/^[^\S\r\n]*(#|$)/.test(text.slice(at + 1, lineEnd(text, at + 1)))) last = at;
    if (text[at - 1] !== "\\") break;
  }
  return last;
}

/** Up to a `#` or the line's end, trimmed, and without the quotes it may still begin and end with. */
function unquotedAt(text: string, at: number): Body {
  const line = text.slice(at, lineEnd(text, at));
  const [raw = ""] = /^[^#]*/.exec(line) ?? [];
  const value = raw.trim();
  if (value === "") return { ...meaning("", undefined, undefined), start: at, end: at };
  const start = at + raw.indexOf(value);
  const [first] = value;
  const opened = isQuote(first) ? first : undefined;
  const isWrapped = opened !== undefined && value.length > 1 && value.endsWith(opened);
  const inside = isWrapped ? value.slice(1, -1) : value;
  return {
    ...meaning(inside, isWrapped ? opened : undefined, opened),
    start,
    end: start + value.length,
  };
}

/** What stands between quotes, or alone; dotenv goes by the first character for its escapes. */
function meaning(inside: string, quote: Quote | undefined, opened: Quote | undefined) {
  const quoting: Quoting = quote === undefined ? "none" : quotings[quote];
  return {
    value: opened === '"' ? inside.replaceAll("\\n", "\n").replaceAll("\\r", "\r") : inside,
    quoting,
    expansion: quoting === "single" ? undefined : firstExpansion(inside),
  };
}

function remarkOn(text: string, entry: Found | undefined): string | undefined {
  if (entry === undefined || entry.quoting !== "none") return undefined;
  if (isQuote(text[entry.start]) && entry.end > entry.start) {
    return `the quote that ${entry.key} opens is not closed, and belongs to the value`;
  }
  return text[entry.end] === "#"
    ? `the value of ${entry.key} ends at #, as dotenv reads it; put it in quotes if # is part of it`
    : undefined;
}

function commentIn(rest: string): string | undefined {
  return /^\s*#+\s?(.*?)\s*$/s.exec(rest)?.[1];
}

function isQuote(character: string | undefined): character is Quote {
  return character !== undefined && Object.hasOwn(quotings, character);
}

/**
 * The quotes that were there if they can hold it, else the plainest way that can. Quotes that the
 * value has in it come last: dotenv reads some of them, other programs hardly do.
 */
function spelled(value: string, quoting: Quoting): string | undefined {
  if (value === "" && quoting === "none") return "";
  const own = Object.entries(quotings).find(([, name]) => name === quoting)?.[0];
  const quotes = [own, "'", '"', "`"].filter(isQuote);
  const isBare = own === undefined && /^[\w@%+=:,./-]+$/.test(value);
  const within = (quote: Quote) => `${quote}${value}${quote}`;
  const spellings = [
    ...(isBare ? [value] : []),
    ...quotes.filter((quote) => !value.includes(quote)).map(within),
    `"${value.replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`,
    value,
    ...quotes.map(within),
  ];
  return spellings.find((spelling) => isRead(spelling, value));
}

/** Whether it reads so, even above lines whose quotes an open one would run into. */
function isRead(spelling: string, value: string): boolean {
  return read(`A=${spelling}\n'\n"\n\`\n`).found[0]?.value === value;
}
