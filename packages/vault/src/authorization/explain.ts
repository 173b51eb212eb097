/**
 * Why a request is allowed or denied: what each statement of each policy that has a say made of
 * it. Slow beside `decide()`, and asked only where somebody wants to know.
 */
import type { CompiledPolicy, Statement } from "./compile.ts";
import type { Condition } from "./conditions/condition.ts";
import { type Decision, decideOn } from "./decide.ts";
import type { StatementElements } from "./document/document.ts";
import { type Span, statementSpans } from "./document/spans.ts";
import { noKeys, RequestContext } from "./request-context.ts";
import type { Circumstances, ConditionKeys, KeySource, Principal, Resource } from "./types.ts";

/** Who asked for what, the decision, and everything that was looked at. Plain data. */
export interface Trace {
  readonly isAllowed: boolean;
  readonly reason: Decision["reason"];
  readonly principal: {
    readonly arn: string;
    readonly accountId: string;
    readonly principalId: string;
  };
  readonly action: string;
  /** The resource's ARN. */
  readonly resource: string;
  readonly resourceAccountId: string;
  readonly policies: readonly PolicyTrace[];
}

export interface PolicyTrace {
  readonly name: string;
  readonly kind: "identity" | "boundary" | "session" | "resource";
  readonly statements: readonly StatementTrace[];
}

/** What a statement made of the request; the first that keeps it from applying. */
export type Outcome =
  | "applies"
  | "other-action"
  | "other-resource"
  | "other-principal"
  | "condition-fails";

export interface StatementTrace extends Span {
  /** Counted from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly outcome: Outcome;
  /**
   * Action or NotAction, Resource or NotResource, and in a resource policy Principal or
   * NotPrincipal, each as the policy writes it.
   */
  readonly written: Readonly<Record<string, readonly string[]>>;
  /** Only where it came to them, and there are any. */
  readonly conditions?: readonly ConditionTrace[];
}

export interface ConditionTrace {
  /** As the policy spells it: "ForAnyValue:StringEqualsIfExists". */
  readonly operator: string;
  readonly key: string;
  /** As the policy writes them, with their variables. */
  readonly expected: readonly string[];
  /** undefined where the request has no such key. */
  readonly actual: readonly string[] | undefined;
  readonly holds: boolean;
}

/** The decision of `decide()` with its reasons; takes the same arguments. */
export function explain(
  principal: Principal,
  action: string,
  resource: Resource,
  circumstances: Circumstances,
  keys: ConditionKeys | KeySource = noKeys,
): Trace {
  const request = new RequestContext(principal, action, resource, circumstances, keys);
  const { isAllowed, reason } = decideOn(request);
  const { arn, accountId, principalId, policies, boundary, sessionPolicies } = principal;
  const traced = (kind: PolicyTrace["kind"], those: readonly (CompiledPolicy | undefined)[]) =>
    those
      .filter((policy) => policy !== undefined)
      .map((policy) => tracePolicy(policy, kind, request));
  return {
    isAllowed,
    reason,
    principal: { arn, accountId, principalId },
    action,
    resource: resource.arn,
    resourceAccountId: resource.accountId,
    policies: [
      ...traced("identity", policies),
      ...traced("boundary", [boundary]),
      ...traced("session", sessionPolicies),
      ...traced("resource", [resource.policy]),
    ],
  };
}

function tracePolicy(
  policy: CompiledPolicy,
  kind: PolicyTrace["kind"],
  request: RequestContext,
): PolicyTrace {
  const spans = spansOf(policy);
  return {
    name: policy.name,
    kind,
    statements: policy.statements.map((statement, index) => {
      const span = spans[index];
      if (span === undefined) throw new Error("a statement has no place in its document");
      return { index, ...traceStatement(statement, kind, request), ...span };
    }),
  };
}

/** A caller may be denied often, and its policies stay the same. */
const knownSpans = new WeakMap<CompiledPolicy, readonly Span[]>();

function spansOf(policy: CompiledPolicy): readonly Span[] {
  const known = knownSpans.get(policy) ?? statementSpans(policy.document);
  knownSpans.set(policy, known);
  return known;
}

function traceStatement(
  statement: Statement,
  kind: PolicyTrace["kind"],
  request: RequestContext,
): Omit<StatementTrace, "index" | keyof Span> {
  const { effect, elements } = statement;
  const written = writtenIn(elements);
  const traced = (outcome: Outcome) => ({ sid: elements.sid, effect, outcome, written });
  if (!statement.isAbout(request.action)) return traced("other-action");
  if (!statement.isOn(request)) return traced("other-resource");
  if (kind === "resource" && !isMeantFor(statement, request.principal)) {
    return traced("other-principal");
  }
  const conditions = statement.conditions.map((condition) => traceCondition(condition, request));
  const outcome = conditions.every(({ holds }) => holds) ? "applies" : "condition-fails";
  return { ...traced(outcome), ...(conditions.length > 0 && { conditions }) };
}

function writtenIn(elements: StatementElements): StatementTrace["written"] {
  const { actions, resources, principals } = elements;
  const named = (element: string, isNot: boolean, values: readonly string[] | undefined) =>
    values && { [isNot ? `Not${element}` : element]: values };
  return {
    ...named("Action", elements.isNotAction, actions),
    ...named("Resource", elements.isNotResource, resources),
    ...named(
      "Principal",
      elements.isNotPrincipal,
      principals?.map(({ value }) => value),
    ),
  };
}

function isMeantFor(statement: Statement, principal: Principal): boolean {
  return statement.effect === "Deny"
    ? statement.includes(principal)
    : statement.reach(principal) !== "none";
}

function traceCondition(
  { element, read, holds }: Condition,
  request: RequestContext,
): ConditionTrace {
  const { operator, key, operands } = element;
  const values = read(request);
  return {
    operator: operator.spelling,
    key,
    expected: operands,
    actual: typeof values === "string" ? [values] : values,
    holds: holds(request),
  };
}
