/** Cases with some of their statements, condition lines or ARNs written otherwise. */
import type { Case, Document, Statement } from "./cases.ts";

/** One line of a Condition element. */
export interface Line {
  readonly operator: string;
  readonly key: string;
  readonly operands: readonly string[];
}

export function withStatements(given: Case, change: (statement: Statement) => Statement): Case {
  const changed = (document: Document): Document => ({
    ...document,
    Statement: document.Statement.map(change),
  });
  const { identity, boundary, session, resource } = given;
  return {
    ...given,
    identity: identity.map(changed),
    boundary: boundary && changed(boundary),
    session: session && changed(session),
    resource: resource && changed(resource),
  };
}

/** Leaves out the lines for which `change` gives undefined. */
export function withLines(given: Case, change: (line: Line) => Line | undefined): Case {
  return withStatements(given, ({ Condition, ...rest }) => {
    if (Condition === undefined) return rest;
    const lines = Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, operands]) => change({ operator, key, operands }) ?? []),
    );
    const entries = lines.map(({ operator, key, operands }) => [operator, { [key]: operands }]);
    return lines.length === 0 ? rest : { ...rest, Condition: Object.fromEntries(entries) };
  });
}

/** Rewrites what stands for ARNs: resources, and the operands of ARN operators. */
export function withArns(given: Case, change: (pattern: string) => string): Case {
  const rewritten = withStatements(given, ({ Resource, NotResource, ...rest }) => ({
    ...rest,
    ...(Resource && { Resource: Resource.map(change) }),
    ...(NotResource && { NotResource: NotResource.map(change) }),
  }));
  return withLines(rewritten, (line) =>
    line.operator.includes("Arn") ? { ...line, operands: line.operands.map(change) } : line,
  );
}
