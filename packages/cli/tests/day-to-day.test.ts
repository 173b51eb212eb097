/** The commands of every day against the vault, with what moto_server has not: IAM that denies. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { dayToDay } from "./day-to-day.suite.ts";
import { startProxy } from "./proxy.fixture.ts";
import { command, typeAs } from "./typed-here.fixture.ts";
import { userWho } from "./user-who.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("day")}/data` });
});
afterAll(() => vault.stop());

dayToDay(() => vault.environment);

const asRoot = typeAs(() => vault.environment);

describe("who may not everything", () => {
  test("puts the next version of a secret with that one permission", async () => {
    await asRoot("put secretsmanager:i/token", "one");
    const writer = await userWho(vault.environment, "writer", ["secretsmanager:PutSecretValue"]);
    expect((await writer("put secretsmanager:i/token", "two")).stderr).toMatch(/: version /);
    expect(await writer("get secretsmanager:i/token")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^error: AccessDeniedException: [\s\S]*\nhint: ask which policy/,
      ),
    });
  });

  test("is shown the store that they may list, and told of the other", async () => {
    await asRoot("put /i/url --owner web", "https://example.com");
    const reader = await userWho(vault.environment, "reader", ["ssm:DescribeParameters"]);
    expect(await reader("list")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/url +SecureString {2}- /),
      stderr:
        "note: not shown: owners of parameters: ssm:ListTagsForResource is denied\n" +
        "note: not shown: secrets: secretsmanager:ListSecrets is denied\n",
    });
    const nobody = await userWho(vault.environment, "nobody", ["ssm:GetParameter"]);
    expect(await nobody("list")).toMatchObject({ status: 1, stdout: "" });
  });

  test("loses nothing when a move is denied its end", async () => {
    await asRoot("put /i/a --owner web", "value");
    const mover = await userWho(vault.environment, "mover", [
      "ssm:Get*",
      "ssm:Describe*",
      "ssm:List*",
      "ssm:Put*",
      "ssm:AddTags*",
    ]);
    expect(await mover("mv /i/a /i/b --yes")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /error: ssm:\/i\/b is there, but ssm:\/i\/a could not be removed: AccessDenied/,
      ),
    });
    for (const reference of ["/i/a", "/i/b"]) {
      expect((await asRoot(`get ${reference}`)).stdout).toBe("value");
    }
    expect(await asRoot("mv /i/a /i/b --yes")).toMatchObject({ status: 0 });
    expect(await asRoot("get /i/a")).toMatchObject({ status: 1 });
  });
});

test("a copy of a parameter that expires expires as well", async () => {
  const ssm = new SSM(clientConfiguration(vault.environment));
  const Timestamp = new Date(Date.now() + 86_400_000).toISOString();
  const expiration = { Type: "Expiration", Version: "1.0", Attributes: { Timestamp } };
  await ssm.putParameter({
    Name: "/e/token",
    Value: "value",
    Type: "SecureString",
    Tier: "Advanced",
    Policies: JSON.stringify([expiration]),
  });
  expect(await asRoot("cp /e/token /e/copy")).toMatchObject({ status: 0 });
  const { Parameters: [copied] = [] } = await ssm.describeParameters({
    ParameterFilters: [{ Key: "Name", Values: ["/e/copy"] }],
  });
  expect(copied?.Tier).toBe("Advanced");
  expect(copied?.Policies).toMatchObject([{ PolicyType: "Expiration" }]);
  expect(JSON.parse(copied?.Policies?.[0]?.PolicyText ?? "")).toEqual(expiration);
});

test("a field that somebody else writes at the same time is not lost in silence", async () => {
  await asRoot("put secretsmanager:r/db", '{"a":"1","b":"1"}');
  const secretsManager = new SecretsManager(clientConfiguration(vault.environment));
  const proxy = await startProxy(vault.url, "secretsmanager.PutSecretValue", async () => {
    const SecretString = '{"a":"1","b":"theirs"}';
    await secretsManager.putSecretValue({ SecretId: "r/db", SecretString });
  });
  try {
    const env = { ...cleanEnvironment(), ...vault.environment, AWS_ENDPOINT_URL: proxy.url };
    const { stderr } = await new Promise<{ stderr: string }>((resolve) => {
      const words = ["put", "secretsmanager:r/db#a"];
      const child = execFile(command, words, { env }, (_error, _stdout, stderr) =>
        resolve({ stderr }),
      );
      child.stdin?.end("2");
    });
    const [, theirs] = JSON.parse(
      (await asRoot("history secretsmanager:r/db --format json")).stdout,
    );
    expect(stderr).toBe(
      `error: somebody else wrote secretsmanager:r/db at the same time; their fields are in version ${theirs.version}\n` +
        "hint: compare, and put what is missing again: claviger diff secretsmanager:r/db\n",
    );
    expect((await asRoot("get secretsmanager:r/db#b --stage AWSPREVIOUS")).stdout).toBe("theirs");
  } finally {
    await proxy.stop();
  }
});
