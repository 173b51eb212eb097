/**
 * Policies are compiled once, when they are stored or first read: the document is checked as IAM
 * checks it, and its statements are made ready to be asked, each action's found but once.
 */
import { type Condition, compileCondition } from "./conditions/condition.ts";
import {
  type PolicyDocument,
  type PolicyKind,
  readDocument,
  type StatementElements,
} from "./document/document.ts";
import { malformed } from "./document/malformed.ts";
import { compileActions } from "./matching/actions.ts";
import { compilePrincipals, type Reach } from "./matching/principals.ts";
import { compileResources } from "./matching/resources.ts";
import type { RequestContext } from "./request-context.ts";
import type { Principal, PrincipalIds } from "./types.ts";

export type { PolicyKind } from "./document/document.ts";

/** A policy ready to be asked. What is in it is authorization's own business. */
export interface CompiledPolicy {
  /** What traces call it: a managed policy's ARN, "inline policy NAME of role NAME", … */
  readonly name: string;
  readonly document: string;
  /** In the order of the document. */
  readonly statements: readonly Statement[];
  /** The statements whose Action or NotAction speaks about `action`. */
  about(action: string): Statements;
}

export interface Statements {
  readonly denies: readonly Statement[];
  readonly allows: readonly Statement[];
}

export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** As it was written. */
  readonly elements: StatementElements;
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
  isAbout(action: string): boolean;
  isOn(request: RequestContext): boolean;
  /** Whether resource and conditions match; the principal is asked about apart. */
  matches(request: RequestContext): boolean;
  /** Whether a Deny is meant for the caller; an identity policy's always is. */
  includes(principal: Principal): boolean;
  /** How far an Allow of a resource policy goes for the caller. */
  reach(principal: Principal): Reach;
}

/**
 * Throws MalformedPolicyDocument with IAM's message for anything that isn't understood in full.
 * An ARN that `principalIds` knows names whoever has that unique id, and nobody else.
 *
 * @example compilePolicy('{"Version":"2012-10-17","Statement":[…]}', "identity")
 */
export function compilePolicy(
  document: string,
  kind: PolicyKind,
  principalIds: PrincipalIds = {},
  name = `${kind} policy`,
): CompiledPolicy {
  const parsed = readDocument(document, kind);
  const statements = parsed.statements.map((each) => compileStatement(each, parsed, principalIds));
  return {
    name,
    document,
    statements,
    about: remembered((action) => {
      const found = statements.filter((statement) => statement.isAbout(action));
      return {
        denies: found.filter(({ effect }) => effect === "Deny"),
        allows: found.filter(({ effect }) => effect === "Allow"),
      };
    }),
  };
}

/** The AWS principals that a policy names, as it writes them. Throws as `compilePolicy` does. */
export function principalsNamedBy(document: string, kind: PolicyKind): readonly string[] {
  return readDocument(document, kind)
    .statements.flatMap(({ principals = [] }) => principals)
    .filter(({ type }) => type === "AWS")
    .map(({ value }) => value);
}

/** There are about two hundred actions; the bound is against names that a caller makes up. */
const actionsRemembered = 500;

function remembered(find: (action: string) => Statements): (action: string) => Statements {
  const known = new Map<string, Statements>();
  return (action) => {
    let statements = known.get(action);
    if (statements === undefined) {
      statements = find(action);
      if (known.size >= actionsRemembered) known.clear();
      known.set(action, statements);
    }
    return statements;
  };
}

function compileStatement(
  elements: StatementElements,
  { version }: PolicyDocument,
  principalIds: PrincipalIds,
): Statement {
  const hasVariables = version === "2012-10-17";
  const resources = compileResources(
    elements.resources ?? ["*"],
    elements.isNotResource,
    hasVariables,
  );
  const principals =
    elements.principals &&
    compilePrincipals(elements.principals, {
      isNotPrincipal: elements.isNotPrincipal,
      isTrust: elements.resources === undefined,
      principalIds,
    });
  const conditions = elements.conditions.map((each) => compileCondition(each, hasVariables));
  if (resources === undefined || !areAllUnderstood(conditions)) {
    // The document's validators have asked the same; nothing may slip between the two.
    throw malformed("Syntax errors in policy.");
  }
  const isOn = (request: RequestContext) => resources.include(request);
  return {
    effect: elements.effect,
    elements,
    conditions,
    isAbout: compileActions(elements.actions, elements.isNotAction),
    isOn,
    matches: (request) => isOn(request) && holdsAll(conditions, request),
    includes: (principal) => principals?.include(principal) ?? true,
    reach: (principal) => principals?.reach(principal) ?? "none",
  };
}

/** Most statements have no conditions: nothing is made for the question. */
function holdsAll(conditions: readonly Condition[], request: RequestContext): boolean {
  for (const { holds } of conditions) if (!holds(request)) return false;
  return true;
}

function areAllUnderstood(
  conditions: readonly (Condition | undefined)[],
): conditions is Condition[] {
  return !conditions.includes(undefined);
}
