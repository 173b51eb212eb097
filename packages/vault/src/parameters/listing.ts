/**
 * Pages over the hierarchy. Each page seeks to where the one before it ended and looks at a
 * bounded number of rows, so it costs the same at the start and at the end, however deep or wide
 * the rest is. Where filters let little through, a page may hold fewer rows than asked for (even
 * none) and still name a next one, as AWS's does.
 */
import type { Scope } from "../scope.ts";
import type { Row, Storage } from "../storage/storage.ts";
import type { Matches, Span } from "./filters.ts";
import {
  type ParameterRecord,
  parameterKey,
  parameterTable,
  parentIndex,
  parentIndexPrefix,
} from "./records.ts";

interface RowPage {
  readonly rows: readonly Row<ParameterRecord>[];
  /** Give it back as `after`; undefined on the last page. */
  readonly next: string | undefined;
}

interface Listing {
  readonly scope: Scope;
  readonly spans: readonly Span[];
  readonly matches: Matches;
  readonly limit: number;
  readonly after: string | undefined;
}

const examinedMax = 1000;
const batchMax = 100;

interface Placed {
  readonly row: Row<ParameterRecord>;
  readonly position: string;
}

export async function listParameters(storage: Storage, listing: Listing): Promise<RowPage> {
  const { spans, matches, limit } = listing;
  const rows: Row<ParameterRecord>[] = [];
  let { spanIndex, position } = parsePosition(listing.after);
  let examined = 0;
  for (; spanIndex < spans.length; spanIndex++, position = undefined) {
    const span = spans[spanIndex] as Span;
    for (;;) {
      const batch = await readSpan(storage, listing.scope, span, position, batchSize(limit));
      for (const placed of batch) {
        const isMatch = matches(placed.row.body);
        const isFull = isMatch && rows.length === limit;
        if (isFull || examined === examinedMax)
          return { rows, next: `${spanIndex}:${position ?? ""}` };
        if (isMatch) rows.push(placed.row);
        position = placed.position;
        examined++;
      }
      if (batch.length < batchSize(limit)) break;
    }
  }
  return { rows, next: undefined };
}

/** One more than the page, which tells whether there is another. */
function batchSize(limit: number): number {
  return Math.min(limit + 1, batchMax);
}

async function readSpan(
  storage: Storage,
  scope: Scope,
  span: Span,
  after: string | undefined,
  limit: number,
): Promise<readonly Placed[]> {
  switch (span.type) {
    case "one": {
      const row = await storage.get(parameterTable, parameterKey(scope, span.path));
      return row === undefined || after !== undefined ? [] : [{ row, position: row.key }];
    }
    case "startingWith": {
      const prefix = parameterKey(scope, span.prefix);
      const found = await storage.list(parameterTable, { prefix, after, limit });
      return found.map((row) => ({ row, position: row.key }));
    }
    case "childrenOf": {
      const prefix = parentIndexPrefix(scope, span.parent);
      const range = { prefix, after, limit };
      const found = await storage.listByIndex(parameterTable, parentIndex, range);
      return found.map((row) => ({ row, position: row.position }));
    }
  }
}

/** `span:position`; the position is empty where a span is only about to begin. */
function parsePosition(after: string | undefined) {
  const colon = after?.indexOf(":") ?? -1;
  if (after === undefined || colon < 0) return { spanIndex: 0, position: undefined };
  const position = after.slice(colon + 1);
  return {
    spanIndex: Number(after.slice(0, colon)),
    position: position === "" ? undefined : position,
  };
}
