/** JSON maps of variables. Objects and arrays inside are walked: the key is the path, by dots. */
import { CommandFailure } from "../failure.ts";
import { linesOf } from "./lines.ts";
import type { Found, Reading, Remark, Syntax } from "./syntax.ts";

export const json: Syntax = { read, spelled: (value) => JSON.stringify(value) };

function read(text: string, name: string): Reading {
  const from = text.startsWith("\uFEFF") ? 1 : 0;
  if (!text.slice(from).trimStart().startsWith("{")) throw noMap(name);
  try {
    JSON.parse(text.slice(from));
  } catch (error) {
    throw notJson(text.slice(from), name, error);
  }
  const walk = new Walk(text, from);
  walk.value([]);
  return { found: walk.found, problems: walk.problems };
}

/** Over text that is known to be JSON, for the places of its values. */
class Walk {
  readonly found: Found[] = [];
  readonly problems: Remark[] = [];
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  value(path: readonly string[], from?: number): void {
    const at = this.#skipSpace();
    const first = this.#text[at];
    if (first === "{" || first === "[") this.#members(path, first === "{");
    else this.#scalar(path, from ?? at);
  }

  #members(path: readonly string[], isObject: boolean): void {
    this.#at++;
    for (let index = 0; ; index++) {
      const from = this.#skipSpace();
      if (/[}\]]/.test(this.#text[from] ?? "}")) break;
      const key = isObject ? JSON.parse(this.#token()) : String(index);
      if (isObject) this.#skip(":");
      this.value([...path, key], from);
      this.#skip(",");
    }
    this.#at++;
  }

  #scalar(path: readonly string[], from: number): void {
    const start = this.#at;
    const token = this.#token();
    const key = path.join(".");
    if (token === "null") this.problems.push({ at: from, says: `${key} is null, read as empty` });
    const isString = token.startsWith('"');
    this.found.push({
      key,
      value: isString ? JSON.parse(token) : token === "null" ? "" : token,
      from,
      start,
      end: this.#at,
      isExported: false,
      quoting: isString ? "double" : "none",
      expansion: undefined,
      comment: undefined,
    });
  }

  /** A string, or a number or word to the last digit. */
  #token(): string {
    const token = /"(?:[^"\\]|\\.)*"|[^\s,:[\]{}"]+/y;
    token.lastIndex = this.#at;
    const [found = ""] = token.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #skipSpace(): number {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#at;
  }

  #skip(mark: string): void {
    if (this.#text[this.#skipSpace()] === mark) this.#at++;
  }
}

/** The parser's own message quotes the text around the fault. */
function notJson(text: string, name: string, error: unknown): CommandFailure {
  const [, position] = /position (\d+)/.exec(String(error)) ?? [];
  const where = position === undefined ? "" : ` (line ${linesOf(text)(Number(position))})`;
  return new CommandFailure(
    `${name} is not JSON${where}`,
    "check it with another tool, or name its format",
  );
}

function noMap(name: string): CommandFailure {
  return new CommandFailure(
    `${name} is no map of variables`,
    'give a JSON object: {"NAME": "value"}',
  );
}
