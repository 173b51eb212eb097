/**
 * The condition operators, each as the comparison of one value with one operand. Negation, lists,
 * sets and absent keys are the same for all of them: see `condition.ts`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { arnLikePattern } from "../matching/arn-pattern.ts";
import { glob, type Matcher, type Token } from "../matching/glob.ts";
import { compileTemplates } from "../matching/template.ts";
import type { RequestContext } from "../request-context.ts";
import {
  addressOf,
  addressRangeOf,
  binaryOf,
  booleanOf,
  dateOf,
  isInRange,
  numberOf,
} from "./values.ts";

/** Whether one value that a request has for the key meets any operand of the policy. */
export type Test = (value: string, request: RequestContext) => boolean;

export interface Operator {
  /** StringNotEquals and its kin: true where no operand is met, and where the key is absent. */
  readonly isNegated: boolean;
  /** undefined if the operator can't understand one of the operands. */
  compile(operands: readonly string[], hasVariables: boolean): Test | undefined;
}

export function findOperator(name: string): Operator | undefined {
  return operators.get(name);
}

const equals = text(exact, false);
const equalsIgnoringCase = text(exactIgnoringCase, false);
const like = text(glob, true);
const arnLike = text(arnLikePattern, true);
const inRange = parsed(addressRangeOf, addressOf, (range, address) => isInRange(address, range));

const operators: ReadonlyMap<string, Operator> = new Map([
  ["StringEquals", { isNegated: false, compile: equals }],
  ["StringNotEquals", { isNegated: true, compile: equals }],
  ["StringEqualsIgnoreCase", { isNegated: false, compile: equalsIgnoringCase }],
  ["StringNotEqualsIgnoreCase", { isNegated: true, compile: equalsIgnoringCase }],
  ["StringLike", { isNegated: false, compile: like }],
  ["StringNotLike", { isNegated: true, compile: like }],
  ["ArnEquals", { isNegated: false, compile: arnLike }],
  ["ArnLike", { isNegated: false, compile: arnLike }],
  ["ArnNotEquals", { isNegated: true, compile: arnLike }],
  ["ArnNotLike", { isNegated: true, compile: arnLike }],
  ["IpAddress", { isNegated: false, compile: inRange }],
  ["NotIpAddress", { isNegated: true, compile: inRange }],
  ["Bool", { isNegated: false, compile: same(booleanOf) }],
  ["BinaryEquals", { isNegated: false, compile: same(binaryOf) }],
  ...ordered("Numeric", numberOf),
  ...ordered("Date", dateOf),
]);

function ordered(kind: string, read: (text: string) => number | undefined): [string, Operator][] {
  const compare = (holds: (operand: number, value: number) => boolean) => parsed(read, read, holds);
  return [
    [`${kind}Equals`, { isNegated: false, compile: same(read) }],
    [`${kind}NotEquals`, { isNegated: true, compile: same(read) }],
    [`${kind}LessThan`, { isNegated: false, compile: compare((limit, value) => value < limit) }],
    [
      `${kind}LessThanEquals`,
      { isNegated: false, compile: compare((limit, value) => value <= limit) },
    ],
    [`${kind}GreaterThan`, { isNegated: false, compile: compare((limit, value) => value > limit) }],
    [
      `${kind}GreaterThanEquals`,
      { isNegated: false, compile: compare((limit, value) => value >= limit) },
    ],
  ];
}

function same<Value>(read: (text: string) => Value | undefined): Operator["compile"] {
  return parsed(read, read, (operand, value) => operand === value);
}

/** Both sides are read as what the operator compares; a value that can't be read never fits. */
function parsed<Operand, Value>(
  readOperand: (text: string) => Operand | undefined,
  readValue: (text: string) => Value | undefined,
  holds: (operand: Operand, value: Value) => boolean,
): Operator["compile"] {
  return (texts) => {
    const read = texts.map(readOperand);
    const operands = read.filter((operand) => operand !== undefined);
    if (operands.length < read.length) return undefined;
    return (text) => {
      const value = readValue(text);
      return value !== undefined && operands.some((operand) => holds(operand, value));
    };
  };
}

/** The String and Arn operators: the only ones in which AWS fills in policy variables. */
function text(
  build: (tokens: readonly Token[]) => Matcher,
  hasWildcards: boolean,
): Operator["compile"] {
  return (operands, hasVariables) =>
    compileTemplates(operands, { hasVariables, hasWildcards }, build);
}

function exact(tokens: readonly Token[]): Matcher {
  const expected = tokens.join("");
  return (value) => value === expected;
}

function exactIgnoringCase(tokens: readonly Token[]): Matcher {
  const expected = tokens.join("").toLowerCase();
  return (value) => value.toLowerCase() === expected;
}
