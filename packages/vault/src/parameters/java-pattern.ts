/**
 * Regular expressions as Java spells them, in JavaScript's spelling: AWS's patterns are Java's. What
 * JavaScript can't say (possessive quantifiers, atomic groups, unions and intersections of classes)
 * is refused, never read as something else.
 * https://docs.oracle.com/javase/8/docs/api/java/util/regex/Pattern.html
 */
import { invalidAllowedPattern } from "./errors.ts";

export interface JavaScriptPattern {
  readonly source: string;
  readonly flags: string;
}

/** POSIX's classes, which are ASCII's in Java: what stands between the brackets. */
const posix: Readonly<Record<string, string>> = {
  Lower: "a-z",
  Upper: "A-Z",
  ASCII: "\\x00-\\x7f",
  Alpha: "A-Za-z",
  Digit: "0-9",
  Alnum: "A-Za-z0-9",
  Punct: "!-\\/:-@\\[-`\\{-~",
  Graph: "!-~",
  Print: " -~",
  Blank: " \\t",
  Cntrl: "\\x00-\\x1f\\x7f",
  XDigit: "0-9A-Fa-f",
  Space: " \\t-\\r",
};

const binary = new Set(["Alphabetic", "Uppercase", "Lowercase", "Ideographic", "White_Space"]);

/** Where the whole text begins and ends, whatever `^` and `$` mean. */
const anchors: Readonly<Record<string, string>> = {
  A: "(?<![^])",
  z: "(?![^])",
  Z: "(?=\\n?(?![^]))",
};

const leadingFlags = /^\(\?([ims]+)\)/;
const tokens =
  /\\Q(?<quoted>.*?)(?:\\E|$)|\\(?<sign>[pP])(?:\{(?<long>[^}]*)\}|(?<short>[A-Z]))|\\(?<letter>[A-Za-z0-9])|\\(?<escaped>.)|(?<quantifier>\{\d+(?:,\d*)?\})|(?<plain>&&|.)/gsu;

export function javaScriptPattern(java: string): JavaScriptPattern {
  const [lead = "", flags = ""] = leadingFlags.exec(java) ?? [];
  const reader = new PatternReader();
  for (const { groups = {} } of java.slice(lead.length).matchAll(tokens)) reader.read(groups);
  return { source: reader.source, flags: `${flags}u` };
}

type Token = Readonly<Record<string, string | undefined>>;

class PatternReader {
  source = "";
  #isInClass = false;
  /** A "-" behind a set of characters is no range. */
  #isBehindSet = false;

  read({ quoted, sign, long, short, letter, escaped, quantifier, plain }: Token): void {
    const isBehindSet = this.#isBehindSet;
    this.#isBehindSet = sign !== undefined || /^[dDwWsS]$/.test(letter ?? "");
    if (quoted !== undefined) this.source += [...quoted].map(literal).join("");
    else if (sign !== undefined) this.source += this.#property(sign, long ?? short ?? "");
    else if (letter !== undefined) this.source += this.#letter(letter);
    else if (escaped !== undefined) this.source += literal(escaped);
    else if (quantifier !== undefined) this.source += quantifier;
    else this.source += this.#plain(plain ?? "", isBehindSet);
  }

  #letter(letter: string): string {
    return (this.#isInClass ? undefined : anchors[letter]) ?? `\\${letter}`;
  }

  #property(sign: string, name: string): string {
    const ascii = Object.hasOwn(posix, name) ? posix[name] : undefined;
    if (ascii === undefined) return `\\${sign}{${unicodeName(name)}}`;
    if (!this.#isInClass) return `[${sign === "P" ? "^" : ""}${ascii}]`;
    if (sign === "P") throw invalidAllowedPattern();
    return ascii;
  }

  #plain(text: string, isBehindSet: boolean): string {
    if (!this.#isInClass) {
      this.#isInClass = text === "[";
      return text === "]" || text === "}" ? `\\${text}` : text;
    }
    if (text === "[" || text === "&&") throw invalidAllowedPattern();
    if (text === "]") {
      // The first one closes no class: it is a member of it.
      if (/\[\^?$/.test(this.source)) return "\\]";
      this.#isInClass = false;
    }
    return text === "-" && isBehindSet ? "\\-" : text;
  }
}

function unicodeName(name: string): string {
  const bare = name.replace(/^Is/, "");
  if (bare === name || /^[A-Z][a-z]?$/.test(bare) || binary.has(bare)) return bare;
  return `Script=${bare}`;
}

function literal(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
