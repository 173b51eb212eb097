/**
 * One line of a Condition element: an operator, a key and the operands. All lines of a statement
 * must hold; of the operands one is enough (for a negated operator: none may be met).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
 */
import type { ConditionElement } from "../document/document.ts";
import type { RequestContext } from "../request-context.ts";
import { type KeyReader, keyReader } from "./keys.ts";
import { findOperator, type Operator } from "./operators.ts";
import { booleanOf } from "./values.ts";

export interface Condition {
  readonly element: ConditionElement;
  /** What the request has for the key. */
  readonly read: KeyReader;
  readonly holds: (request: RequestContext) => boolean;
}

/** An operator as a policy spells it, taken apart. */
export interface OperatorName {
  readonly spelling: string;
  readonly set: "ForAllValues" | "ForAnyValue" | undefined;
  readonly operator: Operator | "Null";
  readonly isIfExists: boolean;
}

/** undefined for what AWS has no operator for. Null can't be combined with anything. */
export function parseOperator(name: string): OperatorName | undefined {
  if (name === "Null") {
    return { spelling: name, set: undefined, operator: name, isIfExists: false };
  }
  const form = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name);
  const operator = findOperator(form?.[2] ?? "");
  if (form === null || operator === undefined) return undefined;
  const set = form[1] as OperatorName["set"];
  return { spelling: name, set, operator, isIfExists: form[3] !== undefined };
}

/** The condition, or undefined if an operand can't be understood. */
export function compileCondition(
  element: ConditionElement,
  hasVariables: boolean,
): Condition | undefined {
  const read = keyReader(element.key);
  const holds = compileTest(element, read, hasVariables);
  return holds && { element, read, holds };
}

function compileTest(
  { operator: name, operands }: ConditionElement,
  read: KeyReader,
  hasVariables: boolean,
): Condition["holds"] | undefined {
  const { set, operator, isIfExists } = name;
  if (operator === "Null") return compileNull(read, operands);

  const meetsAny = operator.compile(operands, hasVariables);
  if (meetsAny === undefined) return undefined;
  const { isNegated } = operator;
  const isMet = (value: string, request: RequestContext) => meetsAny(value, request) !== isNegated;
  // ForAllValues holds for nothing; ForAnyValue needs something; alone, "not equal" holds.
  const holdsWhenAbsent = isIfExists || set === "ForAllValues" || (set === undefined && isNegated);
  const needsEvery = set === "ForAllValues" || (set === undefined && isNegated);

  return (request) => {
    const values = read(request);
    if (values === undefined || values.length === 0) {
      // An empty string is a value, but to ForAllValues it is an empty set.
      return values === "" && set !== "ForAllValues" ? isMet(values, request) : holdsWhenAbsent;
    }
    if (typeof values === "string") return isMet(values, request);
    return needsEvery
      ? values.every((value) => isMet(value, request))
      : values.some((value) => isMet(value, request));
  };
}

function compileNull(read: KeyReader, operands: readonly string[]): Condition["holds"] | undefined {
  const expected = operands.map(booleanOf);
  if (expected.includes(undefined)) return undefined;
  return (request) => {
    const values = read(request);
    const isAbsent = values === undefined || (typeof values !== "string" && values.length === 0);
    return expected.includes(isAbsent);
  };
}
