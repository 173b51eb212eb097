/**
 * Input shapes, declared once per operation: types, lengths, patterns and enums as botocore's
 * service models state them. `validate` decodes a parsed request and gives AWS's own messages
 * for what is wrong, all at once, without ever quoting a sensitive value.
 */
import { notSupported, validationError } from "../errors.ts";
import {
  bracketed,
  brokenLength,
  type Length,
  report,
  reportMissing,
  type StringRules,
  serialization,
  shownList,
  shownMap,
  stringConstraints,
  wrongCollection,
  wrongType,
} from "./constraints.ts";
import {
  type Field,
  type Members,
  type RequiredShape,
  type Shape,
  type Structure,
  shape,
} from "./shape.ts";

export { auditable } from "./auditable.ts";
export type { Infer, Kind, Shape } from "./shape.ts";

export function string<const Rules extends StringRules>(
  rules?: Rules,
): Shape<Rules extends { readonly enum: readonly (infer Name)[] } ? Name : string>;
export function string(rules: StringRules = {}): Shape<string> {
  const { isSensitive = false } = rules;
  const constraints = stringConstraints(rules);
  return shape("string", { isSensitive, constraints }, (value, path, problems) => {
    if (typeof value !== "string") throw wrongType(value, "a String");
    // Half a surrogate pair has no UTF-8: another secret than the caller's would be stored.
    if (!value.isWellFormed()) throw serialization("");
    for (const { holds, says } of constraints) {
      if (!holds(value)) report(problems, path, says, isSensitive ? undefined : value);
    }
    return value;
  });
}

export function integer(rules: { readonly min?: number; readonly max?: number } = {}) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = rules;
  const atLeast = `Member must have value greater than or equal to ${min}`;
  const atMost = `Member must have value less than or equal to ${max}`;
  return shape<number>("integer", {}, (value, path, problems) => {
    if (typeof value !== "number") throw wrongType(value, "an Integer");
    const whole = Math.trunc(value);
    if (whole < min) report(problems, path, atLeast, String(whole));
    if (whole > max) report(problems, path, atMost, String(whole));
    return whole;
  });
}

/** The words true and false are taken for it too, as AWS does. */
export function boolean(): Shape<boolean> {
  return shape("boolean", {}, (value) => {
    if (typeof value === "boolean") return value;
    if (typeof value === "string" && /^true$/i.test(value)) return true;
    if (typeof value === "string" && /^false$/i.test(value)) return false;
    throw wrongType(value, "a Boolean");
  });
}

/** Base64 on the wire, bytes in the operation. Lengths are of the decoded bytes. */
export function blob(rules: Length & { readonly isSensitive?: boolean } = {}): Shape<Uint8Array> {
  return shape("blob", { isSensitive: rules.isSensitive === true }, (value, path, problems) => {
    if (typeof value !== "string") throw wrongType(value, "a Blob");
    if (!isBase64(value)) throw serialization("A blob member is not valid base64.");
    const bytes = Buffer.from(value, "base64");
    const broken = brokenLength(bytes.length, rules);
    if (broken !== undefined) report(problems, path, broken, undefined);
    return bytes;
  });
}

/** Epoch seconds (a number) in JSON, ISO 8601 in Query; milliseconds in the operation. */
export function timestamp(): Shape<number> {
  return shape("timestamp", {}, (value) => {
    const milliseconds =
      typeof value === "number"
        ? Math.round(value * 1000)
        : typeof value === "string"
          ? Date.parse(value)
          : Number.NaN;
    if (!isInstant(milliseconds)) throw wrongType(value, "milliseconds since epoch");
    return milliseconds;
  });
}

export function list<T>(member: Shape<T>, rules: Length = {}): Shape<readonly T[]> {
  const { isSensitive } = member;
  const memberSays = `Member must satisfy constraint: ${bracketed(member.constraints)}`;
  return shape("list", { isSensitive, member }, (value, path, problems) => {
    if (!Array.isArray(value)) throw wrongCollection(value, "Expected list or null");
    const shown = () => (isSensitive ? undefined : shownList(value));
    const broken = brokenLength(value.length, rules);
    if (broken !== undefined) report(problems, path, broken, shown());
    // Beyond the limit nothing is looked at: work must not grow with a hostile list.
    const within = rules.max === undefined ? value : value.slice(0, rules.max);
    if (member.constraints.length === 0) {
      return within.map((item, at) => member.decode(item, `${path}.${at + 1}.member`, problems));
    }
    const brokenMembers: string[] = [];
    const decoded = within.map((item) => member.decode(item, path, brokenMembers));
    if (brokenMembers.length > 0) report(problems, path, memberSays, shown());
    return decoded;
  });
}

export function map<T>(
  keyShape: Shape<string>,
  member: Shape<T>,
  rules: Length = {},
): Shape<Readonly<Record<string, T>>> {
  const { isSensitive } = member;
  const keysSay = `Map keys must satisfy constraint: ${bracketed(keyShape.constraints)}`;
  const valuesSay = `Map value must satisfy constraint: ${bracketed(member.constraints)}`;
  return shape("map", { isSensitive, member }, (value, path, problems) => {
    if (!isObject(value)) throw wrongCollection(value, "Expected map or null");
    const entries = Object.entries(value);
    const shown = () => (isSensitive ? undefined : shownMap(entries));
    const broken = brokenLength(entries.length, rules);
    if (broken !== undefined) report(problems, path, broken, shown());
    const brokenKeys: string[] = [];
    const brokenValues: string[] = [];
    const within = rules.max === undefined ? entries : entries.slice(0, rules.max);
    const decoded = within.map(([key, item]): [string, T] => {
      const found = member.constraints.length === 0 ? problems : brokenValues;
      return [
        keyShape.decode(key, path, brokenKeys),
        member.decode(item, `${path}.${key}.member`, found),
      ];
    });
    if (brokenKeys.length > 0) report(problems, path, keysSay, shown());
    if (brokenValues.length > 0) report(problems, path, valuesSay, shown());
    // Unlike assignment, this makes "__proto__" a key like any other.
    return Object.fromEntries(decoded);
  });
}

/** Members not declared are ignored, as AWS ignores what its model does not have. */
export function structure<const M extends Members>(members: M): Shape<Structure<M>> {
  const fields = Object.entries(members).map(
    ([name, of]): Field => ({ name, lowerName: lowerFirst(name), shape: of }),
  );
  return shape("structure", { members, fields }, (value, path, problems) => {
    if (!isObject(value)) throw wrongCollection(value, "Expected null");
    const decoded: Record<string, unknown> = {};
    for (const { name, lowerName, shape: member } of fields) {
      const given = value[name];
      if (given === undefined || given === null) {
        if (member.isRequired) reportMissing(problems, under(path, lowerName));
      } else if (member.refusal !== undefined) {
        throw notSupported(name, member.refusal);
      } else {
        decoded[name] = member.decode(given, under(path, lowerName), problems);
      }
    }
    return decoded as Structure<M>;
  });
}

export function required<T>(of: Shape<T>): RequiredShape<T> {
  return { ...of, isRequired: true };
}

/** A member that AWS has and that can't be honoured yet: refused by name, never ignored. */
export function refused(reason: string): Shape<never> {
  const never = shape<never>("string", {}, () => {
    throw new Error("a refused member is never decoded");
  });
  return { ...never, refusal: reason };
}

/** The same for a member that is a list. */
export function refusedList(reason: string): Shape<never> {
  return { ...refused(reason), kind: "list" };
}

/**
 * The input as the operation takes it. Throws SerializationException for a wrong JSON type and
 * ValidationError with every failed constraint ("2 validation errors detected: …"), ten at most.
 */
export function validate<T>(of: Shape<T>, value: unknown): T {
  const problems: string[] = [];
  const decoded = of.decode(value, "", problems);
  if (problems.length === 0) return decoded;
  const plural = problems.length === 1 ? "error" : "errors";
  throw validationError(`${problems.length} validation ${plural} detected: ${problems.join("; ")}`);
}

function under(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** What a Date can hold; Date.parse and hostile numbers give what it can't. */
function isInstant(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= 8.64e15;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
