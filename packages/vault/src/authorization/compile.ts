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
import { compilePrincipals, type Grant } from "./matching/principals.ts";
import { compileResources } from "./matching/resources.ts";
import type { RequestContext } from "./request-context.ts";
import type { Principal, PrincipalIds } from "./types.ts";

export type { PolicyKind } from "./document/document.ts";

/** A policy ready to be asked. What is in it is authorization's own business. */
export interface CompiledPolicy {
  /** The statements whose Action or NotAction speaks about `action`. */
  about(action: string): Statements;
}

export interface Statements {
  readonly denies: readonly Statement[];
  readonly allows: readonly Statement[];
}

export interface Statement {
  readonly effect: "Allow" | "Deny";
  isAbout(action: string): boolean;
  /** Whether resource and conditions match; for a Deny also the principal. */
  appliesTo(request: RequestContext): boolean;
  /** How far an Allow of a resource policy goes for the caller. */
  grantTo(principal: Principal): Grant;
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
): CompiledPolicy {
  const parsed = readDocument(document, kind);
  const statements = parsed.statements.map((each) => compileStatement(each, parsed, principalIds));
  return {
    about: remembered((action) => {
      const found = statements.filter((statement) => statement.isAbout(action));
      return {
        denies: found.filter(({ effect }) => effect === "Deny"),
        allows: found.filter(({ effect }) => effect === "Allow"),
      };
    }),
  };
}

/** The AWS principals that a trust policy names, as it writes them. Throws as `compilePolicy` does. */
export function principalsTrustedBy(document: string): readonly string[] {
  return readDocument(document, "trust")
    .statements.flatMap(({ principals = [] }) => principals)
    .filter(({ type }) => type === "AWS")
    .map(({ value }) => value);
}

/** There are about a hundred actions; the bound is against names that a caller makes up. */
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
  const { effect } = elements;
  const resources = compileResources(
    elements.resources ?? ["*"],
    elements.isNotResource,
    hasVariables,
  );
  const principals =
    elements.principals &&
    compilePrincipals(elements.principals, elements.isNotPrincipal, principalIds);
  const conditions = elements.conditions.map((each) => compileCondition(each, hasVariables));
  if (resources === undefined || !areAllUnderstood(conditions)) {
    // The document's validators have asked the same; nothing may slip between the two.
    throw malformed("Syntax errors in policy.");
  }
  const matches = (request: RequestContext) =>
    resources.include(request) && conditions.every((holds) => holds(request));
  return {
    effect,
    isAbout: compileActions(elements.actions, elements.isNotAction),
    appliesTo:
      effect === "Deny" && principals !== undefined
        ? (request) => principals.include(request.principal) && matches(request)
        : matches,
    grantTo: (principal) => principals?.grantTo(principal) ?? "none",
  };
}

function areAllUnderstood(
  conditions: readonly (Condition | undefined)[],
): conditions is Condition[] {
  return !conditions.includes(undefined);
}
