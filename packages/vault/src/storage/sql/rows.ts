/** Rows as the tables' columns hold them. */
import { parseFrozen } from "../frozen.ts";
import type { IndexedRow, Row } from "../storage.ts";
import { positionOf } from "./bounds.ts";

export interface Columns {
  readonly key: string;
  readonly revision: number;
  readonly body: string;
  readonly sealed: Uint8Array | null;
}

export interface IndexedColumns extends Columns {
  readonly value: string;
}

export function rowOf<Body>({ key, revision, body, sealed }: Columns): Row<Body> {
  return { key, revision, body: parseFrozen(body) as Body, sealed: sealed ?? undefined };
}

export function indexedRowOf<Body>(columns: IndexedColumns): IndexedRow<Body> {
  return { ...rowOf<Body>(columns), position: positionOf(columns.value, columns.key) };
}
