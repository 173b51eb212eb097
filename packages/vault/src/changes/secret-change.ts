/** What happened to a secret, told by its record before and after. */
import { isDeepStrictEqual } from "node:util";
import type { SecretRecord } from "../secrets/records.ts";
import { current, labelsOf, previous, type Stages, versionAt } from "../secrets/versions.ts";
import type { ChangeEntry } from "./entry.ts";

/** Version ids that the same commit makes. */
export type NewVersions = ReadonlySet<string>;

/** undefined where nothing happened that a reader of the secret could tell. */
export function secretChange(
  before: SecretRecord | undefined,
  after: SecretRecord | undefined,
  made: NewVersions,
  now: number,
): ChangeEntry | undefined {
  const record = after ?? before;
  const kind = kindOf(before, after, made, now);
  if (record === undefined || kind === undefined) return undefined;
  const version =
    kind === "revoked"
      ? newlyRevoked(before, after)
      : versionOf(before?.stages ?? {}, record.stages, made);
  const { arn, name, tags } = record;
  return {
    event: "change",
    arn,
    name,
    type: "secret",
    kind,
    version,
    stages: version === undefined ? [] : labelsOf(record.stages, version),
    time: now,
    tags,
    isPolicyBound: record.policy && true,
    policy: after === undefined ? record.policy : undefined,
  };
}

function kindOf(
  before: SecretRecord | undefined,
  after: SecretRecord | undefined,
  made: NewVersions,
  now: number,
): ChangeEntry["kind"] | undefined {
  if (after === undefined) return before && "deleted";
  if (before?.arn !== after.arn) return "created";
  if (after.deletedDate !== undefined) {
    // What goes at once is told of by the commit that takes its row away.
    return before.deletedDate === undefined && after.deletedDate > now ? "deleted" : undefined;
  }
  if (newlyRevoked(before, after) !== undefined) return "revoked";
  if (Object.values(after.stages).some((id) => made.has(id))) return "updated";
  if (!isDeepStrictEqual(before.stages, after.stages)) return "stages";
  if (!isDeepStrictEqual(before.policy, after.policy)) return "policy";
  return isDeepStrictEqual(described(before), described(after)) ? undefined : "updated";
}

/** What DescribeSecret shows of a secret beside its versions and the dates of reads. */
function described(record: SecretRecord) {
  const { description, type, kmsKeyId, tags, rotation, replicas, deletedDate } = record;
  return { description, type, kmsKeyId, tags, rotation, replicas, deletedDate };
}

/** Told before all else that the same commit does: whoever holds its value is to let go of it. */
function newlyRevoked(before?: SecretRecord, after?: SecretRecord): string | undefined {
  const known = before?.revoked ?? {};
  return Object.keys(after?.revoked ?? {}).find((id) => !Object.hasOwn(known, id));
}

/** The version that labels came to: a new one first, else the one that has become current. */
function versionOf(before: Stages, after: Stages, made: NewVersions): string | undefined {
  const moved = Object.keys(after).filter((label) => after[label] !== versionAt(before, label));
  const lost = Object.keys(before).filter((label) => versionAt(after, label) === undefined);
  const isMade = (label: string) => made.has(after[label] ?? "");
  const first =
    Object.keys(after).find((label) => isMade(label) && label !== previous) ??
    moved.find((label) => label === current) ??
    moved.find((label) => label !== previous) ??
    moved[0];
  if (first !== undefined) return versionAt(after, first);
  return lost[0] === undefined ? versionAt(after, current) : versionAt(before, lost[0]);
}
