/** What nobody used of a policy: the difference between it and what it was narrowed to. Pure. */
import { listOf, type PolicyDocument, type Statement } from "./document.ts";
import { globMatches } from "./glob.ts";
import type { Narrowed } from "./narrow.ts";

export interface UnusedGrant {
  /** Counted from 0. */
  readonly statementIndex: number;
  readonly sid: string | undefined;
  /** What the statement gives for nothing: an action, a resource, or all of it. */
  readonly grant: string;
  /** Of a pattern: what was used of it. */
  readonly used: readonly string[];
}

export function unusedGrants(before: PolicyDocument, after: Narrowed): UnusedGrant[] {
  return before.Statement.flatMap((statement, statementIndex) => {
    const kept = after.byStatement[statementIndex] ?? [];
    return grantsOf(statement, kept).map((grant) => ({
      statementIndex,
      sid: statement.Sid,
      ...grant,
    }));
  });
}

type Grant = Pick<UnusedGrant, "grant" | "used">;

function grantsOf(statement: Statement, kept: readonly Statement[]): Grant[] {
  if (kept.length === 0) return [{ grant: "all of it", used: [] }];
  const { Action, NotAction, Resource, NotResource } = statement;
  const actions = kept.flatMap((each) => listOf(each.Action));
  const resources = kept.flatMap((each) => listOf(each.Resource));
  return [
    ...lessThan(listOf(Action), actions),
    ...lessThan(listOf(Resource), resources),
    ...(NotAction !== undefined && actions.length > 0
      ? [{ grant: "all but NotAction", used: actions }]
      : []),
    ...(NotResource !== undefined && resources.length > 0
      ? [{ grant: "all but NotResource", used: resources }]
      : []),
  ];
}

/** The patterns that are not there any more, each with what is there instead. */
function lessThan(patterns: readonly string[], kept: readonly string[]): Grant[] {
  return patterns
    .filter((pattern) => !kept.includes(pattern))
    .map((pattern) => ({
      grant: pattern,
      used: [...new Set(kept.filter((each) => globMatches(pattern, each)))],
    }));
}
