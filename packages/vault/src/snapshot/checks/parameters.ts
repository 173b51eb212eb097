/** Parameters, the versions they keep, and how many there are. */
import { countKey } from "../../parameters/counts.ts";
import { parameterArn, pathOf } from "../../parameters/name.ts";
import {
  type ParameterRecord,
  parameterKey,
  parameterTable,
  putParameter,
  scopeOfKey,
  type VersionRecord,
  versionKey,
  versionTable,
} from "../../parameters/records.ts";
import { isParameterWhole } from "../../parameters/value-proofs.ts";
import { table } from "../../storage/storage.ts";
import {
  type Check,
  type CheckedRow,
  type CheckedVault,
  checkedRow,
  checkedRows,
  keyGone,
  keyOf,
  placeProblems,
  problemIf,
  rowCheck,
  sealProblems,
} from "./checked-vault.ts";

const parameters = rowCheck({
  what: "parameters",
  table: parameterTable,
  async problemsOf(vault, row) {
    const { body } = row;
    const labelled = Object.entries(body.labels ?? {});
    const astray = labelled.filter(([, on]) => on < body.oldestVersion || on > body.version);
    return [
      ...placeProblems(row, putParameter(scopeOfKey(row.key), body, undefined, "absent")),
      ...(await historyProblems(vault, row)),
      ...astray.map(([label]) => `the version with the label ${label} is not kept`),
      ...(await valueProblems(vault, row)),
    ];
  },
});

/** The newest version lies among the others too. */
async function historyProblems(
  { database }: CheckedVault,
  { key, body }: CheckedRow<ParameterRecord>,
): Promise<readonly string[]> {
  const kept = new Set<string>();
  for await (const version of database.rows(versionTable.name, `${key}:`)) kept.add(version.key);
  const { oldestVersion, version } = body;
  const missing = Array.from({ length: version - oldestVersion + 1 }, (_, at) => oldestVersion + at)
    .filter((number) => !kept.has(versionKey(scopeOfKey(key), pathOf(body.name), number)))
    .map((number) => `its version ${number} is missing`);
  const excess = kept.size - (version - oldestVersion + 1) + missing.length;
  return [...missing, ...problemIf(excess > 0, `it has ${excess} versions that it does not know`)];
}

const versions = rowCheck({
  what: "parameter versions",
  table: versionTable,
  async problemsOf(vault, row) {
    const { body } = row;
    const scope = scopeOfKey(row.key);
    const path = pathOf(body.name);
    const parameter = await checkedRow(vault, parameterTable, parameterKey(scope, path));
    const isMisplaced = row.key !== versionKey(scope, path, body.version);
    return [
      ...problemIf(isMisplaced, "its row lies under the key of another"),
      ...problemIf(parameter?.body.id !== body.id, "its parameter is missing"),
      ...(await valueProblems(vault, row)),
    ];
  },
});

const countTable = table<number>("counts");

/** How many parameters of a tier an account has in a region. */
const counts: Check = {
  what: "counts of parameters",
  async *run(vault) {
    const counted = new Map<string, number>();
    for await (const { key, body } of checkedRows(vault, parameterTable)) {
      const name = countKey(scopeOfKey(key), body.tier);
      counted.set(name, (counted.get(name) ?? 0) + 1);
    }
    for await (const { key, body } of checkedRows(vault, countTable)) {
      const found = counted.get(key) ?? 0;
      counted.delete(key);
      yield {
        name: key,
        problems: problemIf(body !== found, `it says ${body}: there are ${found}`),
      };
    }
    for (const [name, found] of counted) {
      yield { name, problems: [`it is missing: there are ${found}`] };
    }
  },
};

export const parameterChecks: readonly Check[] = [parameters, versions, counts];

async function valueProblems(
  vault: CheckedVault,
  { key, body, sealed }: CheckedRow<VersionRecord>,
): Promise<readonly string[]> {
  if (sealed === null) return ["its value is missing"];
  const { id, version, keyArn } = body;
  const place = { arn: parameterArn(scopeOfKey(key), pathOf(body.name)), id, version };
  const kmsKey = keyArn === undefined ? undefined : await keyOf(vault, keyArn);
  if (keyArn !== undefined && kmsKey === undefined) return [keyGone(keyArn)];
  return sealProblems(() => isParameterWhole(vault, place, body, sealed, kmsKey));
}
