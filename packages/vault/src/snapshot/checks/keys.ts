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
  checkedRows,
  placeProblems,
  problemIf,
} from "./checked-vault.ts";

const ownKeys: Check = {
  what: "the vault's own keys",
  async *run(vault) {
    for await (const row of checkedRows(vault, sealedKeyRows.table)) {
      // That the ring opens was seen before anything else could be.
      const problems = row.key === ringRowKey ? [] : ringProblems(vault, sealedKeyRows, row);
      yield { name: row.key, problems };
    }
  },
};

const keys: Check = {
  what: "KMS keys",
  async *run(vault) {
    for await (const row of checkedRows(vault, keyTable)) {
      const { body } = row;
      const current = versionsPrefix(body) + versionName(body.currentVersion);
      const version = await checkedRow(vault, keyVersionTable, current);
      yield {
        name: body.arn,
        problems: [
          ...placeProblems(row, putKey(body, "absent")),
          ...problemIf(version === undefined, "its current version is missing"),
          ...problemIf(
            version !== undefined && version.body.materialId !== body.currentMaterialId,
            "its current version is of another material",
          ),
          ...(await missingAliases(vault, body)),
        ],
      };
    }
  },
};

async function missingAliases(vault: CheckedVault, key: KeyRecord): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const name of key.aliases) {
    const alias = await checkedRow(vault, aliasTable, scopePrefix(key) + name);
    if (alias?.body.targetKeyId !== key.keyId) problems.push(`${name} does not lead to it`);
  }
  return problems;
}

const keyVersions: Check = {
  what: "KMS key versions",
  async *run(vault) {
    for await (const row of checkedRows(vault, keyVersionTable)) {
      const [accountId = "", region = "", keyId = ""] = row.key.split("/");
      const key = await checkedRow(vault, keyTable, keyRow({ accountId, region }, keyId));
      yield {
        name: row.key,
        problems: [
          ...ringProblems(vault, keyMaterialRows, row),
          ...problemIf(key === undefined, "its key is missing"),
        ],
      };
    }
  },
};

const aliases: Check = {
  what: "KMS aliases",
  async *run(vault) {
    for await (const { key, body } of checkedRows(vault, aliasTable)) {
      const target = await checkedRow(vault, keyTable, keyRow(scopeOf(key), body.targetKeyId));
      // An alias may outlive its key: its name is then free again.
      const isOneSided = target !== undefined && !target.body.aliases.includes(body.aliasName);
      yield { name: body.aliasArn, problems: problemIf(isOneSided, "its key does not know it") };
    }
  },
};

const grants: Check = {
  what: "KMS grants",
  async *run(vault) {
    for await (const row of checkedRows(vault, grantTable)) {
      const key = await checkedRow(vault, keyTable, keyRow(row.body, row.body.keyId));
      yield {
        name: row.key,
        problems: [
          ...placeProblems(row, putGrant(row.body)),
          ...problemIf(key?.body.hasGrants !== true, "its key does not know it"),
        ],
      };
    }
  },
};

const accessKeys: Check = {
  what: "access keys",
  async *run(vault) {
    for await (const row of checkedRows(vault, accessKeyRows.table)) {
      const { accessKeyId, accountId, userName, userId } = row.body;
      const user = await checkedRow(vault, usersTable, rowKey(accountId, userName));
      const isOwned =
        user?.body.uniqueId === userId && user.body.accessKeyIds.includes(accessKeyId);
      yield {
        name: row.key,
        problems: [
          ...ringProblems(vault, accessKeyRows, row),
          ...problemIf(!isOwned, "its user does not have it"),
        ],
      };
    }
  },
};

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
