/**
 * The validator of identity policies: IAM's checks in IAM's order, each over the whole document
 * before the next, so that a document with several faults gets the message that AWS gives.
 */
import type { PolicyDocument, StatementElements } from "./document.ts";
import { malformed } from "./malformed.ts";
import {
  actionProblem,
  areVariablesUnderstood,
  failsLegacyParsing,
  resourceProblem,
} from "./names.ts";
import {
  areOperandsUnderstood,
  hasUniqueSids,
  isVersion,
  type RawStatement,
  readStatement,
  readTopLevel,
} from "./statement.ts";

export function readIdentityDocument(value: unknown): PolicyDocument {
  const raw = readTopLevel(value);
  const statements = raw?.statements.map(readStatement).filter((each) => each !== undefined);
  if (
    raw === undefined ||
    statements === undefined ||
    statements.length === 0 ||
    statements.length < raw.statements.length ||
    (raw.version !== undefined && !isVersion(raw.version)) ||
    !statements.every(({ effect }) => /^(?:allow|deny)$/i.test(effect ?? ""))
  ) {
    throw malformed("Syntax errors in policy.");
  }
  const { version } = raw;
  if (version !== "2012-10-17") {
    throw malformed("Policy document must be version 2012-10-17 or greater.");
  }
  if (statements.some((each) => each.principal !== undefined || each.notPrincipal !== undefined)) {
    throw malformed("Policy document should not specify a principal.");
  }
  const problemOfResources = checkWithLegacyParser(statements);
  if (!statements.every(({ sid = "" }) => /^[0-9A-Za-z]*$/.test(sid))) {
    throw malformed(
      "Statement IDs (SID) must be alpha-numeric. " +
        "Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  }
  if (!hasUniqueSids(statements)) {
    throw malformed("Statement IDs (SID) in a single policy must be unique.");
  }
  if (statements.some((each) => actionsOf(each).length === 0)) {
    throw malformed("Policy statement must contain actions.");
  }
  if (statements.some((each) => resourcesOf(each).length === 0)) {
    throw malformed("Policy statement must contain resources.");
  }
  if (problemOfResources !== undefined) throw malformed(problemOfResources);
  const problemOfActions = statements.flatMap(actionsOf).map(actionProblem).find(Boolean);
  if (problemOfActions !== undefined) throw malformed(problemOfActions);
  return { version, statements: statements.map(elementsOf) };
}

/** Gives back what is wrong with a resource: AWS reports it only after other checks. */
function checkWithLegacyParser(statements: readonly RawStatement[]): string | undefined {
  const isUnderstood = statements.every(
    ({ effect, conditions }) =>
      (effect === "Allow" || effect === "Deny") && areOperandsUnderstood(conditions, "2012-10-17"),
  );
  if (!isUnderstood) throw failedLegacyParsing();
  const resources = statements.flatMap(resourcesOf);
  for (const resource of resources) {
    if (failsLegacyParsing(resource)) throw failedLegacyParsing();
    const problem = resourceProblem(resource);
    if (problem !== undefined) return problem;
  }
  if (!areVariablesUnderstood(resources)) throw failedLegacyParsing();
  return undefined;
}

function failedLegacyParsing() {
  return malformed("The policy failed legacy parsing");
}

function actionsOf({ action, notAction }: RawStatement): readonly string[] {
  return action ?? notAction ?? [];
}

function resourcesOf({ resource, notResource }: RawStatement): readonly string[] {
  return resource ?? notResource ?? [];
}

function elementsOf(statement: RawStatement): StatementElements {
  return {
    sid: statement.sid,
    effect: statement.effect === "Allow" ? "Allow" : "Deny",
    actions: actionsOf(statement),
    isNotAction: statement.notAction !== undefined,
    resources: resourcesOf(statement),
    isNotResource: statement.notResource !== undefined,
    principals: undefined,
    isNotPrincipal: false,
    conditions: statement.conditions,
  };
}
