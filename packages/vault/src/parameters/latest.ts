/** A parameter's row at the moment of a change: as it was permitted, or not at all. */
import { isDeepStrictEqual } from "node:util";
import { Conflict, type Row, type Storage } from "../storage/storage.ts";
import { isExpired } from "./policies.ts";
import {
  type ParameterRecord,
  type ParameterResource,
  parameterKey,
  parameterTable,
} from "./records.ts";

/**
 * The row as it is now; an expired one is none. The policies were asked about the located
 * parameter's tags: where others stand there by now, they have to be asked again, by a request
 * that comes again.
 */
export async function latestOf(
  storage: Storage,
  { named, row: located }: ParameterResource,
  now: number,
): Promise<Row<ParameterRecord> | undefined> {
  const found = await storage.get(parameterTable, parameterKey(named.scope, named.path));
  const row = found === undefined || isExpired(found.body, now) ? undefined : found;
  const isAsPermitted =
    row === located || isDeepStrictEqual(row?.body.tags ?? {}, located?.body.tags ?? {});
  if (!isAsPermitted) throw new Conflict("The parameter is not the one that was located");
  return row;
}
