/**
 * Text with references in it: `claviger(ssm:/path/name)`. The form has no character that YAML,
 * JSON, TOML, INI, XML, shells, nginx or template engines take for their own, so that a template is
 * still a valid file of its kind.
 */
import { linesOf } from "./env-files/lines.ts";
import { CommandFailure } from "./failure.ts";
import { printed, type Reference, readReference } from "./stores/reference.ts";

export interface Template {
  readonly text: string;
  readonly places: readonly Place[];
  readonly references: readonly Reference[];
  /** What begins as a reference and is none, by line. */
  readonly problems: readonly string[];
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly reference: Reference;
  readonly encode: (value: string) => string;
}

/** What a value must become to stand where it stands. */
const encoders = {
  /** Between the double quotes of JSON, YAML or TOML. */
  json: (value: string) => JSON.stringify(value).slice(1, -1),
  /** In an address, as a password is: `postgres://user:…@host`. */
  url: encodeURIComponent,
  /** In text or attributes. */
  xml: (value: string) => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
  base64: (value: string) => Buffer.from(value, "utf8").toString("base64"),
} as const;

export const encodings = Object.keys(encoders);

export function readTemplate(text: string): Template {
  const lineAt = linesOf(text);
  const places: Place[] = [];
  const problems: string[] = [];
  for (const opening of text.matchAll(/\bclaviger\((?=(?:ssm|secretsmanager):)/g)) {
    const start = opening.index;
    const place = placeAt(text, start, start + opening[0].length);
    if (typeof place === "string") problems.push(`line ${lineAt(start)}: ${place}`);
    else places.push(place);
  }
  return { text, places, references: places.map(({ reference }) => reference), problems };
}

/** With `values` for all of its references. */
export function filled({ text, places }: Template, values: ReadonlyMap<string, string>): string {
  let result = "";
  let from = 0;
  for (const { start, end, reference, encode } of places) {
    const value = values.get(printed(reference));
    if (value === undefined) throw new TypeError(`${printed(reference)} was not read`);
    result += text.slice(from, start) + encode(value);
    from = end;
  }
  return result + text.slice(from);
}

/** The place, or what is wrong with it. */
function placeAt(text: string, start: number, inside: number): Place | string {
  const rest = /([^()\s]+)(?: as (\w+))?\)/y;
  rest.lastIndex = inside;
  const [whole, typed = "", encoding] = rest.exec(text) ?? [];
  if (whole === undefined) return "a reference is not closed by )";
  if (encoding !== undefined && !Object.hasOwn(encoders, encoding)) {
    return `'${encoding}' is none of ${encodings.join(", ")}`;
  }
  try {
    const encode = encoding === undefined ? same : encoders[encoding as keyof typeof encoders];
    return { start, end: inside + whole.length, reference: readReference(typed), encode };
  } catch (error) {
    if (error instanceof CommandFailure) return error.message;
    throw error;
  }
}

function same(value: string): string {
  return value;
}
