/**
 * A denial as sts:DecodeAuthorizationMessage tells it: AWS's members in AWS's form, and the trace,
 * which AWS does not have, as a further one.
 */
import type { ConditionTrace, StatementTrace, Trace } from "../authorization/explain.ts";

/** JSON, as AWS gives it. */
export function decodedMessage(trace: Trace): string {
  const { isAllowed, reason, principal, action, resource, policies } = trace;
  const statements = policies.flatMap((policy) => policy.statements);
  const isExplicit = reason.startsWith("explicit-deny");
  return JSON.stringify({
    allowed: isAllowed,
    explicitDeny: isExplicit,
    matchedStatements: items(
      statements
        .filter(
          ({ outcome, effect }) => outcome === "applies" && isExplicit === (effect === "Deny"),
        )
        .map((statement) => matched(statement, principal.principalId)),
    ),
    failures: items([]),
    context: {
      principal: { id: principal.principalId, arn: principal.arn },
      action,
      resource,
      conditions: items(keysAskedFor(statements)),
    },
    trace,
  });
}

function matched({ sid = "", effect, written, conditions = [] }: StatementTrace, id: string) {
  return {
    statementId: sid,
    effect: effect.toUpperCase(),
    principals: items(values([id])),
    principalGroups: items([]),
    actions: items(values(written.Action ?? written.NotAction)),
    resources: items(values(written.Resource ?? written.NotResource)),
    conditions: items(
      conditions.map(({ key, expected }) => ({ key, values: items(values(expected)) })),
    ),
  };
}

/** What the request has for each key that a policy asked about. */
function keysAskedFor(statements: readonly StatementTrace[]) {
  const asked = new Map<string, ConditionTrace["actual"]>();
  for (const { conditions = [] } of statements) {
    for (const { key, actual } of conditions) if (actual !== undefined) asked.set(key, actual);
  }
  return [...asked].map(([key, actual]) => ({ key, values: items(values(actual)) }));
}

function values(texts: readonly string[] = []) {
  return texts.map((value) => ({ value }));
}

function items<Item>(list: readonly Item[]) {
  return { items: list };
}
