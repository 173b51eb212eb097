/** Variables and configuration files out of the vault, with what moto_server has not. */
import { writeFileSync } from "node:fs";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { exporting } from "./export.suite.ts";
import { userWho } from "./user-who.fixture.ts";

const root = new URL("../../..", import.meta.url).pathname;
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("export")}/data` });
});
afterAll(() => vault.stop());

exporting(() => vault.environment);

test("who may read one parameter and no path exports that one", async () => {
  const arn = (name: string) => `arn:aws:ssm:*:*:parameter${name}`;
  const reader = await userWho(
    vault.environment,
    "one",
    ["ssm:GetParameter"],
    [arn("/x/prod/config/port")],
  );
  expect(await reader("export /x/prod/config/port")).toMatchObject({
    stdout: "PORT=8080\n",
    stderr: "",
  });
  expect(await reader("export /x/prod")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error: ssm:\/x\/prod: AccessDeniedException: .*ssm:GetParametersByPath[\s\S]*\nhint: ask which policy/,
    ),
  });
});

test("a denied reference is named with the others that can't be read", async () => {
  const file = `${temporaryFolder("denied")}/.env`;
  writeFileSync(file, "A=ssm:/x/prod/config/port\nB=secretsmanager:prod/token\nC=ssm:/none\n");
  const reader = await userWho(vault.environment, "other", ["ssm:*"], ["*"]);
  const { stderr, stdout } = await reader(`export --env-file ${file}`);
  expect(stdout).toBe("");
  expect(stderr).toMatch(
    /^error: 2 of 3 can't be read: .*secretsmanager:prod\/token: AccessDenied/,
  );
  expect(stderr).toContain("ssm:/none: no such secret or parameter");
});

test("25 parameters and 22 secrets take three calls and two", async () => {
  const ssm = new SSM(clientConfiguration(vault.environment));
  const secretsManager = new SecretsManager(clientConfiguration(vault.environment));
  const lines: string[] = [];
  for (let index = 0; index < 25; index++) {
    const Name = `/many/prod/key${index}`;
    await ssm.putParameter({ Name, Value: `${index}`, Type: "SecureString" });
    lines.push(`P${index}=ssm:${Name}`);
  }
  for (let index = 0; index < 22; index++) {
    const Name = `many/key${index}`;
    await secretsManager.createSecret({ Name, SecretString: JSON.stringify({ a: index, b: "" }) });
    lines.push(`A${index}='secretsmanager:${Name}#a'`, `B${index}='secretsmanager:${Name}#b'`);
  }
  const file = `${temporaryFolder("many")}/.env`;
  writeFileSync(file, lines.join("\n"));
  const reader = await userWho(
    vault.environment,
    "many",
    ["ssm:*", "secretsmanager:*", "kms:*"],
    ["*"],
  );
  const { stdout } = await reader(`export --env-file ${file} --format json`);
  expect(Object.keys(JSON.parse(stdout))).toHaveLength(25 + 2 * 22);
  const trail = new CloudTrail(clientConfiguration(vault.environment));
  const { Events = [] } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "many" }],
  });
  // A batch leaves an event for each secret in it as well, as on AWS.
  const calls = Object.groupBy(Events, ({ EventName = "" }) => EventName);
  expect(Object.keys(calls).toSorted()).toEqual([
    "BatchGetSecretValue",
    "GetParameters",
    "GetSecretValue",
  ]);
  expect(calls.BatchGetSecretValue).toHaveLength(2);
  expect(calls.GetParameters).toHaveLength(3);
  expect(calls.GetSecretValue).toHaveLength(22);
});
