/** The vault's own keys, KMS keys with their versions, aliases and grants, and access keys. */
import { grantTable, putGrant } from "../../keys/grants/grant-record.ts";
import { keyMaterialRows } from "../../keys/key-material.ts";
import {
  aliasTable,
  type KeyRecord,
  keyRow,
  keyTable,
  keyVersionTable,
  putKey,
  scopePrefix,
  versionName,
  versionsPrefix,
} from "../../keys/key-record.ts";
import { ringRowKey } from "../../keys/ring/ring-row.ts";
import { sealedKeyRows } from "../../keys/ring/sealed-keys.ts";
import type { SealedRows } from "../../keys/ring/sealed-rows.ts";
import { accessKeyRows } from "../../principals/entities/access-keys.ts";
import { rowKey, usersTable } from "../../principals/records.ts";
import type { Scope } from "../../scope.ts";
import {
  type Check,
  type CheckedRow,
  type CheckedVault,
  checkedRow,
  placeProblems,
  problemIf,
  rowCheck,
} from "./checked-vault.ts";

const ownKeys = rowCheck({
  what: "the vault's own keys",
  table: sealedKeyRows.table,
  // That the ring opens was seen before anything else could be.
  problemsOf: async (vault, row) =>
    row.key === ringRowKey ? [] : ringProblems(vault, sealedKeyRows, row),
});

const keys = rowCheck({
  what: "KMS keys",
  table: keyTable,
  async problemsOf(vault, row) {
    const { body } = row;
    const current = versionsPrefix(body) + versionName(body.currentVersion);
    const version = await checkedRow(vault, keyVersionTable, current);
    const isOfOther = version !== undefined && version.body.materialId !== body.currentMaterialId;
    return [
      ...placeProblems(row, putKey(body, "absent")),
      ...problemIf(version === undefined, "its current version is missing"),
      ...problemIf(isOfOther, "its current version is of another material"),
      ...(await missingAliases(vault, body)),
    ];
  },
});

async function missingAliases(vault: CheckedVault, key: KeyRecord): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const name of key.aliases) {
    const alias = await checkedRow(vault, aliasTable, scopePrefix(key) + name);
    if (alias?.body.targetKeyId !== key.keyId) problems.push(`${name} does not lead to it`);
  }
  return problems;
}

const keyVersions = rowCheck({
  what: "KMS key versions",
  table: keyVersionTable,
  async problemsOf(vault, row) {
    const [, , keyId = ""] = row.key.split("/");
    const key = await checkedRow(vault, keyTable, keyRow(scopeOf(row.key), keyId));
    return [
      ...ringProblems(vault, keyMaterialRows, row),
      ...problemIf(key === undefined, "its key is missing"),
    ];
  },
});

const aliases = rowCheck({
  what: "KMS aliases",
  table: aliasTable,
  async problemsOf(vault, { key, body }) {
    const target = await checkedRow(vault, keyTable, keyRow(scopeOf(key), body.targetKeyId));
    // An alias may outlive its key: its name is then free again.
    const isOneSided = target !== undefined && !target.body.aliases.includes(body.aliasName);
    return problemIf(isOneSided, "its key does not know it");
  },
});

const grants = rowCheck({
  what: "KMS grants",
  table: grantTable,
  async problemsOf(vault, row) {
    const key = await checkedRow(vault, keyTable, keyRow(row.body, row.body.keyId));
    return [
      ...placeProblems(row, putGrant(row.body)),
      ...problemIf(key?.body.hasGrants !== true, "its key does not know it"),
    ];
  },
});

const accessKeys = rowCheck({
  what: "access keys",
  table: accessKeyRows.table,
  async problemsOf(vault, row) {
    const { accessKeyId, accountId, userName, userId } = row.body;
    const user = await checkedRow(vault, usersTable, rowKey(accountId, userName));
    const isOwned = user?.body.uniqueId === userId && user.body.accessKeyIds.includes(accessKeyId);
    return [
      ...ringProblems(vault, accessKeyRows, row),
      ...problemIf(!isOwned, "its user does not have it"),
    ];
  },
});

export const keyChecks: readonly Check[] = [
  ownKeys,
  keys,
  keyVersions,
  aliases,
  grants,
  accessKeys,
];

function scopeOf(key: string): Scope {
  const [accountId = "", region = ""] = key.split("/");
  return { accountId, region };
}

/** What is wrong with bytes that are sealed under the ring. */
function ringProblems<Body>(
  { ring }: CheckedVault,
  { purpose, aad }: SealedRows<Body>,
  row: CheckedRow<Body>,
): readonly string[] {
  if (row.sealed === null) return ["its sealed bytes are missing"];
  try {
    ring.open(purpose, row.sealed, aad(row)).fill(0);
    return [];
  } catch {
    return ["its sealed bytes do not open"];
  }
}
