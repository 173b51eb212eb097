/** How a value is read: as text, as bytes, as JSON that a schema finds right, or a field of that. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Held } from "../cache/held.ts";
import { SecretsError } from "../errors.ts";
import type { SecretRaw } from "../sources/source.ts";

/** Throws SecretsError where it can't be read so; `name` is the reference's. */
export type Reading<Raw, T> = (held: Held<Raw>, name: string) => T | Promise<T>;

export const readText: Reading<SecretRaw, string> = ({ raw }, name) => {
  if (typeof raw === "string") return raw;
  throw new SecretsError("NotText", `${name} is binary, not text: ask for binary()`);
};

export const readBytes: Reading<SecretRaw, Uint8Array> = ({ raw }, name) => {
  if (typeof raw !== "string") return raw;
  throw new SecretsError("NotBinary", `${name} is text, not binary: ask for secret()`);
};

/** Parses a value once, however often the store confirms it. Errors quote nothing of it. */
export function jsonReading<T>(schema?: StandardSchemaV1<unknown, T>): Reading<SecretRaw, T> {
  return once((text, name) => {
    const value = parsed(text, name);
    return schema === undefined ? (value as T) : validated(schema, value, name);
  });
}

/** For fields: the same with its numbers as they were written, beyond what a double can hold. */
export function exactJsonReading(): Reading<SecretRaw, unknown> {
  return once((text, name) => parsed(text, name, keepDigits));
}

/** Reads a text anew only where it is another. */
function once<T>(read: (text: string, name: string) => T | Promise<T>): Reading<SecretRaw, T> {
  let last: { readonly raw: SecretRaw; readonly value: T | Promise<T> } | undefined;
  return (held, name) => {
    const { raw } = held;
    if (last?.raw !== raw) last = { raw, value: read(readText(held, name) as string, name) };
    return last.value;
  };
}

/** A member of an object: a string as it is, anything else as JSON. */
export function fieldReading(
  whole: Reading<SecretRaw, unknown>,
  field: string,
): Reading<SecretRaw, string> {
  return (held, name) => {
    const value = whole(held, name);
    if (value instanceof Promise) return value.then((settled) => fieldOf(settled, field, name));
    return fieldOf(value, field, name);
  };
}

/** The parser's own error quotes the text. */
function parsed(text: string, name: string, revive?: Reviver): unknown {
  try {
    return json.parse(text, revive);
  } catch {
    throw new SecretsError("Malformed", `${name} is not JSON`);
  }
}

function validated<T>(
  schema: StandardSchemaV1<unknown, T>,
  value: unknown,
  name: string,
): T | Promise<T> {
  try {
    const result = schema["~standard"].validate(value);
    if (!(result instanceof Promise)) return outcome(result, name);
    const settled = result.then(
      (awaited) => outcome(awaited, name),
      () => Promise.reject(unfit(name)),
    );
    settled.catch(() => {});
    return settled;
  } catch (error) {
    // What a validator throws may quote the value.
    throw error instanceof SecretsError ? error : unfit(name);
  }
}

function outcome<T>(result: StandardSchemaV1.Result<T>, name: string): T {
  if (result.issues === undefined) return result.value;
  throw unfit(name, result.issues.length);
}

/** Neither the issues' messages nor their paths are told: the keys of a map may be secret too. */
function unfit(name: string, issues = 1): SecretsError {
  const count = issues === 1 ? "" : ` in ${issues} places`;
  return new SecretsError("Malformed", `${name} is not what its schema asks for${count}`);
}

function fieldOf(value: unknown, field: string, name: string): string {
  const isNumber = json.isRawJSON(value);
  if (typeof value !== "object" || value === null || Array.isArray(value) || isNumber) {
    throw new SecretsError("Malformed", `${name} is not a JSON object`);
  }
  const member = Object.hasOwn(value, field) ? value[field as keyof typeof value] : undefined;
  if (member === undefined) throw new SecretsError("NotFound", `${name} has no such field`);
  return typeof member === "string" ? member : JSON.stringify(member);
}

const keepDigits: Reviver = (_key, value, { source }) =>
  typeof value === "number" ? json.rawJSON(source ?? String(value)) : value;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Node has these since 21; TypeScript's library has not. */
const json = JSON as unknown as {
  parse(text: string, revive?: Reviver): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
};
