/** `claviger accounts` as a user runs it, against a vault and without one. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: temporaryFolder("accounts") });
});
afterAll(() => vault.stop());

/** What a terminal shows: standard output, standard error, and the exit code where it isn't 0. */
function claviger(words: readonly string[], environment = vault.environment): Promise<string> {
  const env = { ...cleanEnvironment(), ...environment };
  return new Promise((resolve) => {
    const command = `${root}packages/cli/bin/claviger`;
    execFile(command, ["accounts", ...words], { env }, (error, stdout, stderr) =>
      resolve(`${stdout}${stderr}${error === null ? "" : `[${error.code}]`}`),
    );
  });
}

test("before the first is added there is no organization to list", async () => {
  expect(await claviger(["list"])).toBe(
    "error: AWSOrganizationsNotInUseException: Your account is not a member of an organization.\n" +
      "hint: add the first account: claviger accounts add NAME (AWS: create-organization first)\n[1]",
  );
});

test("an account is added once, however often it is asked for, and can be entered", async () => {
  const created = await claviger(["add", "Team B"]);
  expect(created).toMatch(
    /^Account (\d{12}) \(Team B\) was created\.\nThe first account enters it as arn:aws:iam::\1:role\/OrganizationAccountAccessRole\n$/,
  );
  const [, id = "", RoleArn = ""] = /^Account (\d+).* as (\S+)\n$/s.exec(created) ?? [];
  expect(await claviger(["add", "Team B"])).toMatch(`Account ${id} (Team B) was there already.`);
  const asJson = JSON.parse(await claviger(["add", "Team B", "--format", "json"]));
  expect(asJson).toEqual({ Id: id, Name: "Team B", RoleArn });

  const sts = new STS({
    endpoint: vault.environment.AWS_ENDPOINT_URL ?? "",
    region: "us-east-1",
    credentials: {
      accessKeyId: vault.environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: vault.environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  });
  await sts.assumeRole({ RoleArn, RoleSessionName: "admin" });
});

test("an address belongs to one account", async () => {
  await claviger(["add", "c", "--email", "c@example.com"]);
  expect(await claviger(["add", "d", "--email", "C@example.com"])).toBe(
    "error: the address C@example.com belongs to another account\nhint: give another --email\n[1]",
  );
});

test("all are listed, for people and for programs", async () => {
  const lines = (await claviger(["list"])).split("\n");
  expect(lines[0]).toMatch(/^ID {12}NAME {8}EMAIL$/);
  expect(lines).toContainEqual(expect.stringMatching(/^123456789012 {2}management {2}/));
  expect(lines).toContainEqual(
    expect.stringMatching(/^\d{12} {2}Team B {6}team-b@claviger\.invalid$/),
  );
  const accounts = JSON.parse(await claviger(["list", "--format", "json"]));
  expect(accounts).toContainEqual(expect.objectContaining({ Name: "c", Email: "c@example.com" }));
});

test("AWS itself is never given an address that nobody reads", async () => {
  const { AWS_ENDPOINT_URL: _, ...aws } = vault.environment;
  expect(await claviger(["add", "e"], aws)).toBe(
    "error: AWS needs an address for the account\nhint: give --email\n[2]",
  );
});
