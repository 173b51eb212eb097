/**
 * The fields of a secret whose value is a JSON object. What isn't changed stays as it was written,
 * numbers to the last digit: https://github.com/tc39/proposal-json-parse-with-source
 */
import { CommandFailure } from "../failure.ts";

/** Numbers are kept as raw JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** undefined for what is no JSON object. */
export function readFields(text: string): Fields | undefined {
  const value = parsed(text);
  return kindOf(value) === "object" ? (value as Fields) : undefined;
}

/** A string as it is, anything else as JSON; undefined where there is no such field. */
export function fieldText(fields: Fields, field: string): string | undefined {
  if (!Object.hasOwn(fields, field)) return undefined;
  const value = fields[field];
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * The object as JSON with the one field set. A new field is a string; one that holds a number or
 * anything else but a string takes JSON of the same kind, so that its readers still understand it.
 */
export function withField(fields: Fields, field: string, text: string): string {
  const before = Object.hasOwn(fields, field) ? kindOf(fields[field]) : "string";
  if (before === "string" || before === "null") return JSON.stringify({ ...fields, [field]: text });
  const given = parsed(text);
  if (kindOf(given) !== before) {
    throw new CommandFailure(
      `the field '${field}' holds JSON of the kind ${before}, and what was given is none`,
      `give a JSON ${before}, or remove the field first: claviger rm`,
    );
  }
  return JSON.stringify({ ...fields, [field]: given });
}

export function withoutField(fields: Fields, field: string): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field)),
  );
}

/** undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return json.parse(text, (_key, each, { source }) =>
      typeof each === "number" ? json.rawJSON(source ?? String(each)) : each,
    );
  } catch {
    return undefined;
  }
}

function kindOf(value: unknown): string {
  if (json.isRawJSON(value)) return "number";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Node has these since 21; TypeScript's library has not. */
const json = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
};
