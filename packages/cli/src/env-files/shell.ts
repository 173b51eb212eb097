/**
 * Files that a shell sources: assignments, with or without `export`. Words are read as POSIX says,
 * and `$'…'` as bash does; what would have to run, to expand or to branch is told and not guessed.
 */
import { afterLineEnd, lineEnd } from "./lines.ts";
import { type Word, wordAt } from "./shell-word.ts";
import type { Found, Quoting, Reading, Remark, Syntax } from "./syntax.ts";

export const shell: Syntax = { read, spelled };

function read(text: string): Reading {
  const found: Found[] = [];
  const problems: Remark[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const statement = statementAt(text, at);
    if (statement.problem !== undefined) {
      problems.push({ at: statement.from, says: statement.problem });
    } else {
      found.push(...statement.found);
    }
    at = statement.end;
  }
  return { found, problems };
}

interface Statement {
  readonly from: number;
  /** Behind what ends it. */
  readonly end: number;
  readonly found: readonly Found[];
  readonly problem: string | undefined;
}

const openQuote = "a quote is opened here and never closed; the rest is skipped";
const runs = "this would have to be run; skipped";

/** Up to an unquoted line end or `;`. */
function statementAt(text: string, start: number): Statement {
  const words: Word[] = [];
  let at = start;
  let comment: string | undefined;
  for (;;) {
    at += /^(?:[ \t]|\\\r?\n)*/.exec(text.slice(at, at + 4096))?.[0].length ?? 0;
    const next = text[at];
    if (next === "#") {
      const end = lineEnd(text, at);
      comment = text
        .slice(at, end)
        .replace(/^#+\s?/, "")
        .trimEnd();
      at = end;
    } else if (next === undefined || /[\r\n;]/.test(next)) {
      break;
    } else {
      const word = wordAt(text, at);
      if (word === undefined) return unreadable(text, words[0]?.from ?? at, text.length, openQuote);
      // An operator: a pipe, a subshell, an array.
      const isOperator = word.end === word.from;
      if (isOperator) return unreadable(text, words[0]?.from ?? at, lineEnd(text, at), runs);
      words.push(word);
      at = word.end;
    }
  }
  const end = text[at] === ";" ? at + 1 : afterLineEnd(text, at);
  return { from: words[0]?.from ?? start, end, ...meaning(text, words, comment) };
}

function unreadable(text: string, from: number, end: number, problem: string): Statement {
  return { from, end: afterLineEnd(text, end), found: [], problem };
}

/** `declare -x` is what bash's `export -p` prints. */
const declarers = ["export", "declare", "typeset", "readonly"];

function meaning(text: string, words: readonly Word[], comment: string | undefined) {
  const written = ({ from, end }: Word) => text.slice(from, end);
  const [first] = words;
  const isDeclared = first !== undefined && declarers.includes(written(first));
  const rest = isDeclared ? words.slice(1) : words;
  const options = rest.filter((word) => isDeclared && /^(-\w+|\w+)$/.test(written(word)));
  const isExported =
    isDeclared &&
    (written(first) === "export" || options.some((word) => /^-\w*x/.test(written(word))));
  const found: Found[] = [];
  for (const word of rest) {
    if (options.includes(word)) continue;
    const entry = entryOf(text, word);
    if (entry === undefined) return { found: [], problem: runs };
    found.push({ ...entry, from: isDeclared ? first.from : word.from, isExported, comment });
  }
  return { found, problem: undefined };
}

function entryOf(text: string, word: Word) {
  const [head, key] = /^([A-Za-z_]\w*)=/.exec(text.slice(word.from, word.end)) ?? [];
  if (head === undefined || key === undefined) return undefined;
  const start = word.from + head.length;
  const { value, quoting, expansion } = wordAt(text, start) ?? word;
  const isEmpty = start === word.end;
  return {
    key,
    value: isEmpty ? "" : value,
    start,
    end: word.end,
    quoting: isEmpty ? ("none" as const) : quoting,
    expansion: isEmpty ? undefined : expansion,
  };
}

/** In the double quotes that were there if nothing in it means anything to a shell there. */
function spelled(value: string, quoting: Quoting): string {
  if (quoting === "double" && !/["\\$`!]/.test(value)) return `"${value}"`;
  if (value === "") return quoting === "none" ? "" : "''";
  const isPlain = quoting !== "single" && /^[\w@%+=:,./-]+$/.test(value);
  return isPlain ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
