/**
 * The validator of resource policies and of role trust policies. It takes statements one by one
 * and stops at the first fault, in the words that AWS has for these policies.
 */
import { compileActions } from "../matching/actions.ts";
import type { PolicyDocument, PolicyKind, StatementElements, Version } from "./document.ts";
import { malformed } from "./malformed.ts";
import {
  actionProblem,
  areVariablesUnderstood,
  failsLegacyParsing,
  resourceProblem,
} from "./names.ts";
import { readPrincipals } from "./principals.ts";
import {
  areOperandsUnderstood,
  hasUniqueSids,
  isVersion,
  type RawStatement,
  readStatement,
  readTopLevel,
} from "./statement.ts";

export function readResourceDocument(
  value: unknown,
  kind: Exclude<PolicyKind, "identity">,
): PolicyDocument {
  if (value === undefined) throw malformed("This policy contains invalid Json");
  const raw = readTopLevel(value);
  if (raw === undefined) throw syntaxError();
  const version = raw.version ?? "2008-10-17";
  if (!isVersion(version)) throw malformed("The policy must contain a valid version string");
  if (raw.statements.length === 0) {
    throw malformed("Could not parse the policy: Statement is empty!");
  }
  const read = kind === "trust" ? readTrustStatement : readResourceStatement;
  const statements = raw.statements.map((each) => {
    const statement = readStatement(each);
    if (statement === undefined) throw syntaxError();
    return { statement, elements: read(statement, version) };
  });
  if (!hasUniqueSids(statements.map(({ statement }) => statement))) {
    throw malformed("The Statement Ids in the policy are not unique");
  }
  return { version, statements: statements.map(({ elements }) => elements) };
}

/** What a role may be asked for. */
const assumingActions = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  "sts:AssumeRoleWithWebIdentity",
  "sts:SetContext",
  "sts:SetSourceIdentity",
  "sts:TagSession",
];

/** One of these, or a pattern of STS's actions that means any of them. */
function isAssuming(action: string): boolean {
  return /^sts:[^:]+$/i.test(action) && assumingActions.some(compileActions([action], false));
}

/** Who may assume a role: the role is the resource, and few of STS's actions make sense. */
function readTrustStatement(statement: RawStatement, version: Version): StatementElements {
  const effect = effectOf(statement);
  if (statement.notPrincipal !== undefined) {
    throw malformed(
      effect === "Allow"
        ? "Allow with NotPrincipal is not allowed."
        : "AssumeRole policy must not contain NotPrincipal field.",
    );
  }
  const principals = readPrincipals(statement.principal, "trust");
  if (!areOperandsUnderstood(statement.conditions, version)) throw syntaxError();
  const actions = actionsOf(statement);
  if (!actions.every(isAssuming)) {
    throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  if (statement.resource !== undefined) throw malformed("Has prohibited field Resource");
  if (statement.notResource !== undefined) {
    throw malformed("AssumeRole policy must not contain resources.");
  }
  return {
    sid: statement.sid,
    effect,
    actions,
    isNotAction: statement.notAction !== undefined,
    resources: undefined,
    isNotResource: false,
    principals,
    isNotPrincipal: false,
    conditions: statement.conditions,
  };
}

/** A key policy or a secret's policy. */
function readResourceStatement(statement: RawStatement, version: Version): StatementElements {
  const effect = effectOf(statement);
  const isNotPrincipal = statement.notPrincipal !== undefined;
  // It would allow all the world but a few, service principals and other accounts included.
  if (isNotPrincipal && effect === "Allow") {
    throw malformed("Allow with NotPrincipal is not allowed.");
  }
  const principals = readPrincipals(statement.notPrincipal ?? statement.principal, "resource");
  if (!areOperandsUnderstood(statement.conditions, version)) throw syntaxError();
  const actions = actionsOf(statement);
  const resources = statement.resource ?? statement.notResource ?? [];
  if (resources.length === 0) throw malformed("Missing required field Resource");
  if (resources.some(failsLegacyParsing)) throw syntaxError();
  const problem = [...actions.map(actionProblem), ...resources.map(resourceProblem)].find(Boolean);
  if (problem !== undefined) throw malformed(problem);
  if (version === "2012-10-17" && !areVariablesUnderstood(resources)) throw syntaxError();
  return {
    sid: statement.sid,
    effect,
    actions,
    isNotAction: statement.notAction !== undefined,
    resources,
    isNotResource: statement.notResource !== undefined,
    principals,
    isNotPrincipal,
    conditions: statement.conditions,
  };
}

function effectOf({ effect }: RawStatement): "Allow" | "Deny" {
  if (effect === "Allow" || effect === "Deny") return effect;
  throw malformed(
    effect === undefined ? "Missing required field Effect" : `Invalid effect: ${effect}`,
  );
}

function actionsOf({ action, notAction }: RawStatement): readonly string[] {
  const actions = action ?? notAction ?? [];
  if (actions.length === 0) throw malformed("Missing required field Action");
  return actions;
}

function syntaxError() {
  return malformed("Syntax error in policy.");
}
