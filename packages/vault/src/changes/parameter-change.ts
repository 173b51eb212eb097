/** What happened to a parameter, told by its record before and after. */
import { isDeepStrictEqual } from "node:util";
import { type Labels, labelsOf } from "../parameters/labels.ts";
import { parameterArn, pathOf } from "../parameters/name.ts";
import type { ParameterRecord } from "../parameters/records.ts";
import type { Scope } from "../scope.ts";
import type { ChangeEntry } from "./entry.ts";

/** undefined where nothing happened that a reader of the parameter could tell. */
export function parameterChange(
  scope: Scope,
  before: ParameterRecord | undefined,
  after: ParameterRecord | undefined,
  now: number,
): ChangeEntry | undefined {
  const record = after ?? before;
  const kind = kindOf(before, after);
  if (record === undefined || kind === undefined) return undefined;
  const version =
    (kind === "stages" ? relabelled(before?.labels, after?.labels) : undefined) ?? record.version;
  const { name, tags } = record;
  return {
    event: "change",
    arn: parameterArn(scope, pathOf(name)),
    name,
    type: "parameter",
    kind,
    version,
    labels: labelsOf(record.labels, version),
    time: now,
    tags,
  };
}

function kindOf(
  before: ParameterRecord | undefined,
  after: ParameterRecord | undefined,
): ChangeEntry["kind"] | undefined {
  if (after === undefined) return before && "deleted";
  // Another id is another parameter in the place of one that had expired.
  if (before?.id !== after.id) return "created";
  if (before.version !== after.version) return "updated";
  if (!isDeepStrictEqual(before.labels, after.labels)) return "stages";
  return isDeepStrictEqual(before.tags, after.tags) ? undefined : "updated";
}

/** The version that a label came to, else the one that lost it. */
function relabelled(before: Labels = {}, after: Labels = {}): number | undefined {
  const gained = Object.keys(after).find((label) => after[label] !== before[label]);
  const lost = Object.keys(before).find((label) => after[label] === undefined);
  if (gained !== undefined) return after[gained];
  return lost === undefined ? undefined : before[lost];
}
