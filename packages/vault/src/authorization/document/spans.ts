/** Where in the text of a policy its statements stand: what IAM's simulator points at. */

/** Lines and columns are counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Span {
  readonly start: Position;
  /** Behind the last character. */
  readonly end: Position;
}

/** The span of each statement, in the order of a document that is known to be a policy's. */
export function statementSpans(document: string): readonly Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let name: string | undefined;
  /** How deep a statement lies: one deeper where there is a list of them. */
  let depthOfStatements = 0;
  let start = 0;
  for (const { 0: token, index } of document.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g)) {
    if (token === "{" || token === "[") {
      depth += 1;
      if (depth === 2) depthOfStatements = name === "Statement" ? (token === "[" ? 3 : 2) : 0;
      if (depth === depthOfStatements) start = index;
    } else if (token === "}" || token === "]") {
      if (depth === depthOfStatements) {
        spans.push({ start: positionAt(document, start), end: positionAt(document, index + 1) });
      }
      depth -= 1;
    } else if (depth === 1) {
      name = JSON.parse(token);
    }
  }
  return spans;
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
