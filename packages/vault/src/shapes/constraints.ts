/**
 * The constraints of AWS's models and the words in which AWS says that one does not hold, as
 * recorded from its services: "Value 'x' at 'name' failed to satisfy constraint: Member must …".
 */
import { ApiError } from "../errors.ts";

export interface Length {
  readonly min?: number;
  readonly max?: number;
}

export interface Constraint {
  /** "Member must have length less than or equal to 64". */
  readonly says: string;
  /** A string, or a length, or a number, as the shape it belongs to has it. */
  holds(value: string): boolean;
}

export interface StringRules extends Length {
  /** As in the model: must match as a whole. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly isSensitive?: boolean;
}

/** By how much a value can be too long for its pattern to be told still: time stays bounded. */
const excessMax = 1024;

/** In the order in which AWS reports them for one value: enum, pattern, least, most. */
export function stringConstraints({ min, max, pattern, enum: names }: StringRules): Constraint[] {
  const constraints: Constraint[] = [];
  if (names !== undefined) {
    const allowed = new Set(names);
    constraints.push({
      says: `Member must satisfy enum value set: [${names.join(", ")}]`,
      holds: (value) => allowed.has(value),
    });
  }
  if (pattern !== undefined) {
    const whole = wholePattern(pattern);
    const triedUpTo = max === undefined ? Number.POSITIVE_INFINITY : max + excessMax;
    constraints.push({
      says: `Member must satisfy regular expression pattern: ${pattern}`,
      holds: (value) => value.length > triedUpTo || whole.test(value),
    });
  }
  if (min !== undefined) {
    constraints.push({ says: lengthAtLeast(min), holds: (value) => value.length >= min });
  }
  if (max !== undefined) {
    constraints.push({ says: lengthAtMost(max), holds: (value) => value.length <= max });
  }
  return constraints;
}

/**
 * The models' patterns are Java's. JavaScript reads their `\p{L}` with the flag `u` only, which in
 * turn knows no needless escapes as `\!`: a pattern has the one or the other.
 */
function wholePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, /\\p\{/.test(pattern) ? "u" : "");
}

/** All constraints of a list's or map's members, in the order AWS has inside the brackets. */
export function bracketed(constraints: readonly Constraint[]): string {
  return `[${constraints
    .map(({ says }) => says)
    .toReversed()
    .join(", ")}]`;
}

export function lengthAtLeast(min: number): string {
  return `Member must have length greater than or equal to ${min}`;
}

export function lengthAtMost(max: number): string {
  return `Member must have length less than or equal to ${max}`;
}

/** What a length breaks, or undefined. */
export function brokenLength(length: number, { min, max }: Length): string | undefined {
  if (min !== undefined && length < min) return lengthAtLeast(min);
  if (max !== undefined && length > max) return lengthAtMost(max);
  return undefined;
}

// AWS reports ten at most; the bound on what is quoted is ours, so that a reply stays small.
const problemsMax = 10;
const quotedCharactersMax = 4096;

/** Adds to `problems`. `shown` is undefined where the value is sensitive or has no text. */
export function report(
  problems: string[],
  path: string,
  says: string,
  shown: string | undefined,
): void {
  if (problems.length === problemsMax) return;
  const subject =
    shown === undefined ? "Value" : `Value '${shown.slice(0, quotedCharactersMax).toWellFormed()}'`;
  problems.push(`${subject} at '${path}' failed to satisfy constraint: ${says}`);
}

export function reportMissing(problems: string[], path: string): void {
  if (problems.length === problemsMax) return;
  problems.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
}

/** Java's words for a list and a map of strings and numbers; other members have no text. */
export function shownList(items: readonly unknown[]): string {
  return `[${items.slice(0, shownItemsMax).map(shownItem).join(", ")}]`;
}

export function shownMap(entries: readonly (readonly [string, unknown])[]): string {
  const shown = entries.slice(0, shownItemsMax).map(([key, item]) => `${key}=${shownItem(item)}`);
  return `{${shown.join(", ")}}`;
}

const shownItemsMax = 1000;

function shownItem(item: unknown): string {
  return typeof item === "object" ? "…" : String(item);
}

/** Why a JSON value can't be what the model says it is; `wanted` as in "a String". */
export function wrongType(value: unknown, wanted: string): ApiError {
  if (Array.isArray(value)) return serialization("Start of list found where not expected");
  if (typeof value === "object" && value !== null) {
    return serialization("Start of structure or map found where not expected.");
  }
  return serialization(`${jsonToken(value)} can not be converted to ${wanted}`);
}

/** The same where a list, map or structure belongs: "Expected list or null". */
export function wrongCollection(value: unknown, expected: string): ApiError {
  return typeof value === "object" && value !== null
    ? wrongType(value, "")
    : serialization(expected);
}

export function serialization(message: string): ApiError {
  return new ApiError("SerializationException", message);
}

function jsonToken(value: unknown): string {
  if (typeof value === "string") return "STRING_VALUE";
  if (typeof value === "number") return Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  return "NULL_VALUE";
}
