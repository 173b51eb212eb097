/** How a parameter goes: all its versions and its place in the count with it, in one commit. */
import type { Scope } from "../scope.ts";
import type { Change, Delete, Row } from "../storage/storage.ts";
import { recount } from "./counts.ts";
import { pathOf } from "./name.ts";
import { type ParameterRecord, parameterTable, versionKey, versionTable } from "./records.ts";

export function removal(scope: Scope, { key, revision, body }: Row<ParameterRecord>): Change[] {
  const { oldestVersion, version, tier } = body;
  const path = pathOf(body.name);
  const versions = Array.from({ length: version - oldestVersion + 1 }, (_, at) =>
    deletedVersion(scope, path, oldestVersion + at),
  );
  return [
    { type: "delete", table: parameterTable, key, expect: revision },
    ...versions,
    ...recount(scope, { from: tier, to: undefined }),
  ];
}

export function deletedVersion(scope: Scope, path: string, version: number): Delete {
  return { type: "delete", table: versionTable, key: versionKey(scope, path, version) };
}
