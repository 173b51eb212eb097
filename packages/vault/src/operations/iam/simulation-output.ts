/** What a simulation found, as IAM's replies show it. */
import type { MatchedStatement, SimulationResult } from "../../authorization/simulate.ts";
import { pageInOrder } from "../../principals/page.ts";
import { pageMembers, pageRequest } from "./pages.ts";

interface Asked {
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[] | undefined;
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** One result for each action; where resources are named, each has its own inside. */
export function simulationOutput(
  asked: Asked,
  simulate: (action: string, resource: string) => SimulationResult,
) {
  const { ResourceArns = [] } = asked;
  const resources = ResourceArns.length === 0 ? ["*"] : ResourceArns;
  const numbered = asked.ActionNames.map((action, at) => ({ action, at }));
  const page = pageInOrder(numbered, pageRequest(asked), ({ at }) => String(at));
  return {
    EvaluationResults: page.items.map(({ action }) => {
      const results = resources.map((resource) => simulate(action, resource));
      return evaluation(action, resources, results);
    }),
    ...pageMembers(page),
  };
}

const bySeverity = ["explicitDeny", "implicitDeny", "allowed"] as const;

function evaluation(
  action: string,
  resources: readonly string[],
  results: readonly SimulationResult[],
) {
  const only = results.length === 1 ? results[0] : undefined;
  const decisions = new Set(results.map(({ decision }) => decision));
  const isAboutAll = resources.length === 1 && resources[0] === "*";
  return {
    EvalActionName: action,
    // AWS names the type of resource there, by a pattern; of several, none is the result's own.
    EvalResourceName: only === undefined ? "*" : resources[0],
    EvalDecision: bySeverity.find((decision) => decisions.has(decision)),
    MatchedStatements: (only?.matched ?? []).map(statement),
    MissingContextValues: only?.missingKeys ?? [],
    ...boundaryDetail(only?.isInBoundary),
    ...(!isAboutAll && {
      EvalDecisionDetails: decisionDetails(only) ?? new Map(),
      ResourceSpecificResults: results.map((result, at) => ({
        EvalResourceName: resources[at],
        EvalResourceDecision: result.decision,
        MatchedStatements: result.matched.map(statement),
        MissingContextValues: result.missingKeys,
        EvalDecisionDetails: decisionDetails(result),
        ...boundaryDetail(result.isInBoundary),
      })),
    }),
  };
}

const policyTypes = {
  identity: "IAM Policy",
  boundary: "Permissions Boundary Policy",
  session: "Session Policy",
  resource: "Resource Policy",
};

function statement({ policyId, kind, start, end }: MatchedStatement) {
  return {
    SourcePolicyId: policyId,
    SourcePolicyType: policyTypes[kind],
    StartPosition: { Line: start.line, Column: start.column },
    EndPosition: { Line: end.line, Column: end.column },
  };
}

function boundaryDetail(isInBoundary: boolean | undefined) {
  if (isInBoundary === undefined) return {};
  return { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: isInBoundary } };
}

/** Only across accounts is there more to say than the decision. */
function decisionDetails(result: SimulationResult | undefined) {
  if (result?.bySide === undefined) return undefined;
  return new Map([
    [policyTypes.identity, result.bySide.identity],
    [policyTypes.resource, result.bySide.resource],
  ]);
}
