/**
 * A file of variables, read without losing a byte: `readEnvFile` tells what each entry says and
 * where its value stands, `withValues` writes other values there and leaves the rest as it was.
 */
import { CommandFailure } from "../failure.ts";
import { commentedOut, lineComments } from "./comments.ts";
import { decoded } from "./decoded.ts";
import { docker } from "./docker.ts";
import { dotenv } from "./dotenv.ts";
import { formatOf } from "./format-of.ts";
import { heroku } from "./heroku.ts";
import { json } from "./json.ts";
import { linesOf } from "./lines.ts";
import { shell } from "./shell.ts";
import type { Found, Quoting, Syntax } from "./syntax.ts";
import { yaml } from "./yaml.ts";

export type Format = "dotenv" | "shell" | "docker" | "heroku" | "json" | "yaml";

export interface EnvFile {
  /** For messages. */
  readonly name: string;
  readonly format: Format;
  /** In the file's order, the overridden ones too. */
  readonly entries: readonly Entry[];
  /** What was skipped or may surprise, by line; values never stand in it. */
  readonly problems: readonly Problem[];
  /** The file, with its byte order mark and its line ends. */
  readonly text: string;
}

export interface Entry {
  /** As written; of nested JSON or YAML the path, joined by dots: `stripe.key`. */
  readonly key: string;
  /** As the format's own reader gives it to a program; `$` expansions as they are written. */
  readonly value: string;
  /** Counted from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Behind it on its line, else in the lines right above it. May hold an old value: show no one. */
  readonly comment: string | undefined;
  readonly isExported: boolean;
  readonly quoting: Quoting;
  /** The first `$VAR`, `${VAR}`, `$(command)` or YAML alias in it, as written: not expanded. */
  readonly expansion: string | undefined;
  /** The line of a later entry of the same key, which is the one that counts. */
  readonly overriddenOnLine: number | undefined;
  /** Where the value stands in the text, with its quotes. */
  readonly start: number;
  readonly end: number;
}

export interface Problem {
  readonly line: number;
  readonly says: string;
}

const syntaxes: Readonly<Record<Format, Syntax>> = { dotenv, shell, docker, heroku, json, yaml };

/** `name` tells the format where none is given, or the content does. Throws for what isn't UTF-8. */
export function readEnvFile(bytes: Uint8Array, name: string, format?: Format): EnvFile {
  const text = decoded(bytes, name);
  return readText(text, name, format ?? formatOf(name, text));
}

/**
 * The file with other values for some of its own entries, byte for byte the same elsewhere. Throws,
 * naming the entry, where the format has no way to write such a value.
 */
export function withValues(file: EnvFile, values: ReadonlyMap<Entry, string>): Uint8Array {
  const syntax = syntaxes[file.format];
  let text = "";
  let from = 0;
  for (const entry of file.entries) {
    const value = values.get(entry);
    if (value === undefined) continue;
    const spelling = syntax.spelled(value, entry.quoting, file.text.slice(entry.start, entry.end));
    if (spelling === undefined) throw cannotHold(file, entry.key);
    text += file.text.slice(from, entry.start) + spelling;
    from = entry.end;
  }
  text += file.text.slice(from);
  const bytes = Buffer.from(text, "utf8");
  verify(file, readEnvFile(bytes, file.name, file.format), values);
  return bytes;
}

/** The entries that count: of several with one key the last, in the file's order. */
export function effectiveEntries({ entries }: EnvFile): readonly Entry[] {
  return entries.filter(({ overriddenOnLine }) => overriddenOnLine === undefined);
}

/** One line of a new file, as `export` writes it; undefined where the format can't hold the value. */
export function spelledIn(format: Format, value: string): string | undefined {
  return syntaxes[format].spelled(value, "none", "");
}

export function readFormatName(typed: string): Format {
  if (Object.hasOwn(syntaxes, typed)) return typed as Format;
  const names = Object.keys(syntaxes).join(", ");
  throw new CommandFailure(`'${typed}' is not a format of such files`, `give one of ${names}`, 2);
}

function readText(text: string, name: string, format: Format): EnvFile {
  const { found, problems } = syntaxes[format].read(text, name);
  const lineAt = linesOf(text);
  const last = new Map(found.map((each) => [each.key, each]));
  const above = format === "json" ? () => undefined : lineComments(text);
  const commented = format === "json" ? [] : commentedOut(text, found);
  const entryOf = (each: Found): Entry => {
    const { key, value, start, end, isExported, quoting, expansion } = each;
    const firstLine = lineAt(each.from);
    const winner = last.get(key);
    return {
      key,
      value,
      firstLine,
      lastLine: lineAt(Math.max(each.from, end - 1)),
      comment: each.comment ?? above(firstLine),
      isExported,
      quoting,
      expansion,
      overriddenOnLine: winner === each || winner === undefined ? undefined : lineAt(winner.from),
      start,
      end,
    };
  };
  return {
    name,
    format,
    entries: found.map(entryOf),
    problems: [...problems, ...commented]
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, says }) => ({ line: lineAt(at), says })),
    text,
  };
}

/** Whatever was written must read as it was meant, and nothing else may have moved. */
function verify(before: EnvFile, after: EnvFile, values: ReadonlyMap<Entry, string>): void {
  for (const [index, entry] of before.entries.entries()) {
    const now = after.entries[index];
    const isRight = now?.key === entry.key && now.value === (values.get(entry) ?? entry.value);
    if (!isRight || after.entries.length !== before.entries.length) {
      throw cannotHold(before, entry.key);
    }
  }
}

function cannotHold({ name, format }: EnvFile, key: string): CommandFailure {
  return new CommandFailure(
    `${name}: no ${format} file can hold the new value of ${key}`,
    "change that entry by hand; nothing was written",
  );
}
