/**
 * `claviger policy` against AWS's APIs as moto_server has them, which was written apart from the
 * vault. It has no CloudTrail lookups and denies nothing, so: generate, blast-radius without dates
 * of reads, and why of a pasted sentence.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isMotoWanted, type Moto, startMoto } from "../../../tools/harness/moto.ts";
import { cleanEnvironment } from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";

const command = fileURLToPath(new URL("../bin/claviger", import.meta.url));

describe.skipIf(!isMotoWanted)("against moto_server", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
    const client = clientConfiguration(moto.environment);
    const { KeyMetadata } = await new KMS(client).createKey({});
    const KeyId = KeyMetadata?.KeyId;
    await new SSM(client).putParameter({ Name: "/app/a", Value: "v", Type: "SecureString", KeyId });
    await new SecretsManager(client).createSecret({ Name: "prod/x", SecretString: "v" });
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" },
    });
    await new IAM(client).createRole({ RoleName: "web", AssumeRolePolicyDocument });
  });

  afterAll(() => moto.stop());

  function policy(...words: string[]) {
    return spawnSync(command, ["policy", ...words], {
      env: { ...cleanEnvironment(), ...moto.environment },
      encoding: "utf8",
      timeout: 30_000,
    });
  }

  test("what generate attaches is what blast-radius finds, and why names what is missing", () => {
    const targets = ["ssm:/app/*", "secretsmanager:prod/x"];
    const attached = policy("generate", "--role", "web", "--attach", "--yes", "--for", ...targets);
    expect(attached).toMatchObject({ status: 0, stderr: expect.stringContaining("has it now") });
    const actions = JSON.parse(attached.stdout).Statement.map(
      (each: { Action: unknown }) => each.Action,
    );
    expect(actions).toContain("kms:Decrypt");

    const { reaches } = JSON.parse(policy("blast-radius", "web", "--format", "json").stdout);
    expect(reaches).toMatchObject([
      { name: "prod/x", read: "yes", write: "no", delete: "no" },
      { name: "/app/a", read: "yes", write: "no", delete: "no" },
    ]);

    const denial =
      "User: arn:aws:sts::123456789012:assumed-role/web/s is not authorized to perform: " +
      "secretsmanager:PutSecretValue on resource: prod/x because no identity-based policy allows " +
      "the secretsmanager:PutSecretValue action";
    const { reason, changes } = JSON.parse(policy("why", "--format", "json", denial).stdout);
    expect(reason).toBe("no-identity-policy");
    expect(changes).toMatchObject([
      { to: "a policy of role web", statement: { Action: "secretsmanager:PutSecretValue" } },
    ]);
  });
});
