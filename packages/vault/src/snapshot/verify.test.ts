import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RootKeyError, rootKeyFrom } from "../encryption/root-keys/root-key.ts";
import { rootKeySource } from "../encryption/root-keys/sources.ts";
import type { TestVault } from "../testing/index.ts";
import { backUp } from "./backup.ts";
import { emptyFolder, filledVault, verified } from "./filled-vault.fixture.ts";
import { restore } from "./restore.ts";
import { type Verified, verifySnapshot, verifyVault } from "./verify.ts";

let vault: TestVault;
let directory: string;
let path: string;

beforeAll(async () => {
  vault = await filledVault();
  directory = emptyFolder();
  path = join(directory, "vault.snapshot");
  const place = { type: "folder", directory: vault.dataDirectory } as const;
  await backUp(place, path, { madeBy: "test", onProgress() {} });
  await restore(path, { type: "folder", directory: join(directory, "whole") }, () => {});
});

afterAll(async () => {
  await vault.close();
  rmSync(directory, { recursive: true });
});

function rootKey(path = join(vault.dataDirectory, "root.key")) {
  return rootKeySource({ type: "file", path, isMadeIfMissing: false }, undefined);
}

/** What is found in a copy of the whole vault after the statements. */
async function found(database: "vault.db" | "audit.db", sql: string): Promise<Verified> {
  const copy = join(directory, "damaged");
  cpSync(join(directory, "whole"), copy, { recursive: true });
  try {
    const file = new DatabaseSync(join(copy, database), { enableForeignKeyConstraints: false });
    file.exec(sql);
    file.close();
    return await verified({ type: "folder", directory: copy }, vault.dataDirectory);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

const told = ({ problems }: Verified) =>
  problems.map(({ what, name, problem }) => `${what}: ${name}: ${problem}`);

test("a whole vault has no problems, while it serves and in a snapshot", async () => {
  const serving = { type: "folder", directory: vault.dataDirectory } as const;
  const { problems, checks } = await verified(serving, vault.dataDirectory);
  expect(problems).toEqual([]);
  expect(Object.fromEntries(checks.map(({ what, count }) => [what, count]))).toMatchObject({
    secrets: 2,
    "secret versions": 3,
    parameters: 2,
    "parameter versions": 3,
    "access keys": 1,
    "audit chains": 1,
  });
  const ofFile = await verifySnapshot(path, { rootKey: rootKey(), onProgress() {} });
  expect(ofFile.problems).toEqual([]);
});

test("another root key opens nothing, and says so before anything is checked", async () => {
  const other = join(directory, "other.key");
  const bytes = Buffer.alloc(32, "another");
  writeFileSync(other, bytes.toString("base64"), { mode: 0o600 });
  const { fingerprint } = rootKeyFrom(bytes);
  const verifying = verifyVault(
    { type: "folder", directory: join(directory, "whole") },
    { rootKey: rootKey(other), onProgress() {} },
  );
  await expect(verifying).rejects.toThrow(RootKeyError);
  await expect(verifying).rejects.toThrow(fingerprint);
});

/** A byte in the middle is another one: 0x00, or 0x01 where it was that. */
const flipped = (column: string) =>
  `CAST(substr(${column}, 1, 40) || iif(substr(${column}, 41, 1) = x'00', x'01', x'00')
    || substr(${column}, 42) AS BLOB)`;
const one = (table: string, key: string) =>
  `"key" = (SELECT "key" FROM "${table}" WHERE "key" LIKE '${key}' ORDER BY "key" LIMIT 1)`;

describe("damage is found", () => {
  const sealed = {
    secret_versions: ["%/db-%", /^secret versions: \S+: its value does not open$/],
    parameters: ["%/shop/key", /^parameters: \S+\/shop\/key: its value does not open$/],
    parameter_versions: ["%/port:%", /^parameter versions: \S+: its value does not open$/],
    key_versions: ["%", /^KMS key versions: \S+: its sealed bytes do not open$/],
    access_keys: ["%", /^access keys: AKIA\w+: its sealed bytes do not open$/],
    sealed_keys: ["page-tokens", /^the vault's own keys: page-tokens: its sealed bytes do not/],
  } as const;

  test.each(Object.entries(sealed))("in what is sealed in %s", async (table, [key, expected]) => {
    const where = one(table, key.replace("/db-", "/db:"));
    const sql = `UPDATE "${table}" SET "sealed" = ${flipped(`"sealed"`)} WHERE ${where}`;
    const problems = told(await found("vault.db", sql));
    expect(problems).toContainEqual(expect.stringMatching(expected));
    expect(problems.join()).not.toMatch(/first|second|third|8080/);
  });

  const cases: Readonly<Record<string, readonly [sql: string, expected: RegExp]>> = {
    "a sealed value that was moved to another row": [
      `UPDATE "secret_versions" SET "sealed" = (SELECT "sealed" FROM "secret_versions"
        WHERE "key" LIKE '%/other:%') WHERE ${one("secret_versions", "%/db:%")}`,
      /secret versions: \S+\/db:\S+: its value does not open/,
    ],
    "a fingerprint of another value": [
      `UPDATE "parameters" SET "body" = json_set("body", '$.fingerprint', 'x')
        WHERE "key" LIKE '%/shop/key'`,
      /parameters: \S+: its value is not that of its fingerprint/,
    ],
    "a body that is no JSON": [
      `UPDATE "roles" SET "body" = "body"; UPDATE "users" SET "body" = '{"name":'`,
      /rows: users \S+: its body can't be read/,
    ],
    "a record of another kind": [
      `UPDATE "secrets" SET "body" = '{}' WHERE "key" LIKE '%/db'`,
      /secrets: \S+\/db: its record is not one of its kind/,
    ],
    "a version that is gone": [
      `DELETE FROM "secret_versions_index"; DELETE FROM "secret_versions"`,
      /secrets: \S+: its version with the label AWSCURRENT is missing/,
    ],
    "a secret that is gone": [
      `DELETE FROM "secrets_index" WHERE "key" LIKE '%/db'; DELETE FROM "secrets" WHERE "key" LIKE '%/db'`,
      /secret versions: \S+: its secret is missing/,
    ],
    "a parameter's version that is gone": [
      `DELETE FROM "parameter_versions" WHERE "key" LIKE '%/shop/key:%1'`,
      /parameters: \S+\/shop\/key: its version 1 is missing/,
    ],
    "a parameter under another's key": [
      `UPDATE "parameters" SET "key" = "key" || 'x' WHERE "key" LIKE '%/shop/port'`,
      /parameters: \S+portx: its row lies under the key of another/,
    ],
    "a wrong count": [
      `UPDATE "counts" SET "body" = '7'`,
      /counts of parameters: \S+\/Standard: it says 7: there are 2/,
    ],
    "an index entry that is gone": [
      `DELETE FROM "parameters_index" WHERE "key" LIKE '%/shop/key'`,
      /parameters: \S+\/shop\/key: its index entries are not those of its row/,
    ],
    "an index entry of no row": [
      `INSERT INTO "secrets_index" VALUES ('created-date', 'x', 'nobody')`,
      /rows: secrets_index: 1 entries belong to no row/,
    ],
    "a row of a commit that never was": [
      `UPDATE "secrets" SET "revision" = 9007199254740991 WHERE "key" LIKE '%/db'`,
      /rows: secrets \S+\/db: it is newer than the newest commit/,
    ],
    "a KMS key that is gone": [
      `DELETE FROM "keys_index"; DELETE FROM "keys"`,
      /secret versions: \S+: its key arn:aws:kms:\S+ is gone: nobody can open it/,
    ],
    "a group without its member": [
      `DELETE FROM "group_members"`,
      /users: \S+\/alice: the group people lacks it/,
    ],
    "a policy that is gone": [
      `DELETE FROM "policies"`,
      /users: \S+\/alice: its policy arn:aws:iam::\d+:policy\/reads is missing/,
    ],
    "a policy's wrong count": [
      `UPDATE "policies" SET "body" = json_set("body", '$.attachmentCount', 4)`,
      /managed policies: \S+\/reads: it is a policy of 1 and counts 4/,
    ],
    "a grant that its key does not know": [
      `UPDATE "keys" SET "body" = json_remove("body", '$.hasGrants')`,
      /KMS grants: \S+: its key does not know it/,
    ],
  };

  test.each(Object.entries(cases))("%s", async (_, [sql, expected]) => {
    expect(told(await found("vault.db", sql))).toContainEqual(expect.stringMatching(expected));
  });

  test("an audit group that is gone", async () => {
    const sql = `DELETE FROM "audit_groups" WHERE "number" = 3`;
    expect(told(await found("audit.db", sql))).toEqual([
      expect.stringMatching(/^audit chains: embedded: group 3: it is missing/),
    ]);
  });

  test("a page of the file that is not as it was written", async () => {
    const copy = join(directory, "damaged");
    cpSync(join(directory, "whole"), copy, { recursive: true });
    const file = join(copy, "vault.db");
    const bytes = readFileSync(file);
    bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 4096);
    writeFileSync(file, bytes);
    const { problems, checks } = await verified(
      { type: "folder", directory: copy },
      vault.dataDirectory,
    );
    expect(checks.map(({ what }) => what)).toEqual(["database file"]);
    expect(problems.length).toBeGreaterThan(0);
    rmSync(copy, { recursive: true });
  });
});
