/**
 * The shape of a document and its statements: which members there may be and of which JSON type.
 * What IAM's two validators make of the members is theirs. A member that isn't known is refused.
 */
import { compileCondition, parseOperator } from "../conditions/condition.ts";
import type { ConditionElement, Version } from "./document.ts";

/** A statement whose members have lawful types; `undefined` for those that aren't there. */
export interface RawStatement {
  readonly sid: string | undefined;
  readonly effect: string | undefined;
  readonly action: readonly string[] | undefined;
  readonly notAction: readonly string[] | undefined;
  readonly resource: readonly string[] | undefined;
  readonly notResource: readonly string[] | undefined;
  readonly principal: unknown;
  readonly notPrincipal: unknown;
  readonly conditions: readonly ConditionElement[];
}

export interface RawDocument {
  readonly version: string | undefined;
  readonly statements: readonly unknown[];
}

/** undefined if the document isn't an object of known members. */
export function readTopLevel(value: unknown): RawDocument | undefined {
  if (!isObject(value) || !hasOnly(value, ["Version", "Id", "Statement"])) return undefined;
  const { Version: version, Id: id, Statement: statement } = value;
  if (!isStringOrAbsent(version) || !isStringOrAbsent(id)) return undefined;
  const statements = Array.isArray(statement) ? statement : [statement];
  return { version, statements: statement === undefined ? [] : statements };
}

/** undefined if a member is unknown, of a wrong type, or excludes another that is there. */
export function readStatement(value: unknown): RawStatement | undefined {
  if (!isObject(value) || !hasOnly(value, statementMembers)) return undefined;
  const { Sid: sid, Effect: effect, Principal: principal, NotPrincipal: notPrincipal } = value;
  if (!isStringOrAbsent(sid) || !isStringOrAbsent(effect)) return undefined;
  const pairs = ["Action", "Resource", "Principal"];
  if (pairs.some((name) => name in value && `Not${name}` in value)) return undefined;
  const lists = ["Action", "NotAction", "Resource", "NotResource"].map((name) =>
    name in value ? stringsOf(value[name]) : [],
  );
  const conditions = readConditions(value.Condition);
  if (lists.includes(undefined) || conditions === undefined) return undefined;
  const list = (at: number, name: string) => (name in value ? lists[at] : undefined);
  return {
    sid,
    effect,
    action: list(0, "Action"),
    notAction: list(1, "NotAction"),
    resource: list(2, "Resource"),
    notResource: list(3, "NotResource"),
    principal,
    notPrincipal,
    conditions,
  };
}

const statementMembers = [
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
];

export function isVersion(version: string): version is Version {
  return version === "2012-10-17" || version === "2008-10-17";
}

/** Sids are optional; those that are there name their statement. */
export function hasUniqueSids(statements: readonly RawStatement[]): boolean {
  const sids = statements.map(({ sid }) => sid).filter((sid) => sid !== undefined && sid !== "");
  return new Set(sids).size === sids.length;
}

/** Whether every operand is something that its operator can compare. */
export function areOperandsUnderstood(
  conditions: readonly ConditionElement[],
  version: Version,
): boolean {
  const hasVariables = version === "2012-10-17";
  return conditions.every((each) => compileCondition(each, hasVariables) !== undefined);
}

/** One string or a list of them; undefined for anything else. */
export function stringsOf(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === "string") ? list : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{operator: {key: operands}}` flattened. An operator without keys asks nothing, as on AWS. */
function readConditions(value: unknown): ConditionElement[] | undefined {
  if (value === undefined) return [];
  if (!isObject(value)) return undefined;
  const conditions: ConditionElement[] = [];
  for (const [name, keys] of Object.entries(value)) {
    if (!isObject(keys)) return undefined;
    for (const [key, given] of Object.entries(keys)) {
      const operator = parseOperator(name);
      const operands = operandsOf(given);
      if (operator === undefined || operands === undefined) return undefined;
      conditions.push({ operator, key, operands });
    }
  }
  return conditions;
}

/** The grammar lets numbers and booleans stand without quotes. */
function operandsOf(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return stringsOf(
    list.map((item) => (typeof item === "number" || typeof item === "boolean" ? `${item}` : item)),
  );
}

function hasOnly(value: Record<string, unknown>, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}

function isStringOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
