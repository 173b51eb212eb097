/** `claviger advise` against the vault, with its trail and with callers who may not everything. */
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { advice } from "./advise.suite.ts";
import { startProxy } from "./proxy.fixture.ts";
import { typeAs } from "./typed-here.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("advice")}/data` });
});
afterAll(() => vault.stop());

const asRoot = typeAs(() => vault.environment);

advice(() => vault.environment);

test("its own reads count for nothing, and anybody else's count", async () => {
  const unread = async () => {
    const { stdout } = await asRoot("advise --all --days 0 --format json");
    const { findings } = JSON.parse(stdout);
    return findings
      .filter(({ rule }: Record<string, string>) => rule === "never-read")
      .map(({ reference }: Record<string, string>) => reference);
  };
  // The suite above has read every value, by its own advice alone.
  const before = await unread();
  expect(before).toContain("secretsmanager:prod/shop/token");
  expect(before).toContain("ssm:/shop/prod/db/password");
  await asRoot("get secretsmanager:prod/shop/token");
  await asRoot("get /shop/prod/db/password");
  const after = await unread();
  expect(after).not.toContain("secretsmanager:prod/shop/token");
  expect(after).not.toContain("ssm:/shop/prod/db/password");
  expect(after).toContain("ssm:/shop/dev/db/password");
});

test("what is deleted while it is looked at is left out", async () => {
  const secretsManager = new SecretsManager(clientConfiguration(vault.environment));
  await secretsManager.createSecret({ Name: "dev/shop/gone", SecretString: "for a moment" });
  const way = await startProxy(vault.url, "secretsmanager.DescribeSecret", async () => {
    const SecretId = "dev/shop/gone";
    await secretsManager.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
  });
  const type = typeAs(() => ({ ...vault.environment, AWS_ENDPOINT_URL: way.url }));
  const { stdout, status } = await type("advise --all --no-values --format json");
  await way.stop();
  expect(status).toBe(0);
  expect(stdout).toContain("secretsmanager:prod/shop/token");
  expect(stdout).not.toContain("dev/shop/gone");
});

test("who may not everything gets the rest, and is told what is left out", async () => {
  const iam = new IAM(clientConfiguration(vault.environment));
  const UserName = "adviser";
  await iam.createUser({ UserName });
  const Action = ["ssm:DescribeParameters", "ssm:GetParameters"];
  const Resource = [
    "arn:aws:ssm:*:*:parameter/shop/prod/*",
    "arn:aws:ssm:us-east-1:123456789012:*",
  ];
  const deny = {
    Effect: "Deny",
    Action: "ssm:GetParameters",
    Resource: "arn:aws:ssm:*:*:parameter/shop/dev/*",
  };
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action, Resource }, deny],
  });
  await iam.putUserPolicy({ UserName, PolicyName: "own", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const adviser = typeAs(() => ({
    ...vault.environment,
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "",
  }));
  const { stdout, stderr, status } = await adviser("advise --all --format json");
  expect(status).toBe(0);
  const { findings, notes } = JSON.parse(stdout);
  expect(notes.toSorted()).toEqual([
    "not looked at: owners of parameters: ssm:ListTagsForResource is denied",
    "not looked at: secrets: secretsmanager:ListSecrets is denied",
    "not looked at: values of 1 parameters: ssm:GetParameters is denied",
    "the audit trail can't be read: AccessDeniedException",
  ]);
  expect(stderr.split("\n")).toHaveLength(5);
  const rules = findings.map(({ rule }: Record<string, string>) => rule);
  expect(rules).toContain("plain-text-secret");
  expect(rules).not.toContain("no-owner");
  expect(rules).not.toContain("same-value");
});
