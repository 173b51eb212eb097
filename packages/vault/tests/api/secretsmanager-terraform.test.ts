/** The requests of Terraform's AWS provider for each of its Secrets Manager resources, in a row. */
import { randomUUID } from "node:crypto";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { beforeAll, expect, test } from "vitest";
import { refusal } from "./refusal.fixture.ts";
import { allow, policyOf, startSecrets } from "./secretsmanager.fixture.ts";

const started = startSecrets();
let client: SecretsManager;
beforeAll(() => {
  client = started().root;
});

test("aws_secretsmanager_secret", async () => {
  const Name = "tf/secret";
  const { ARN: SecretId = "" } = await client.createSecret({
    ClientRequestToken: randomUUID(),
    Name,
    Description: "first",
    Tags: [{ Key: "env", Value: "dev" }],
    ForceOverwriteReplicaSecret: false,
  });
  const read = await client.describeSecret({ SecretId });
  expect(read).toMatchObject({ Name, Description: "first", Tags: [{ Key: "env", Value: "dev" }] });
  expect((await client.getResourcePolicy({ SecretId })).ResourcePolicy).toBeUndefined();

  await client.updateSecret({
    ClientRequestToken: randomUUID(),
    SecretId,
    Description: "second",
  });
  await client.untagResource({ SecretId, TagKeys: ["env"] });
  await client.tagResource({ SecretId, Tags: [{ Key: "team", Value: "blue" }] });
  const { ReplicationStatus } = await client.replicateSecretToRegions({
    SecretId,
    AddReplicaRegions: [{ Region: "eu-west-1" }],
  });
  expect(ReplicationStatus?.[0]?.StatusMessage).toBe("Replication succeeded");
  expect(await client.describeSecret({ SecretId })).toMatchObject({
    Description: "second",
    Tags: [{ Key: "team", Value: "blue" }],
    ReplicationStatus: [{ Region: "eu-west-1", Status: "InSync" }],
  });

  await client.removeRegionsFromReplication({ SecretId, RemoveReplicaRegions: ["eu-west-1"] });
  await client.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
  expect((await client.describeSecret({ SecretId })).DeletedDate).toBeInstanceOf(Date);
  expect(await refusal(client.createSecret({ Name }))).toBe(
    "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
  await client.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
  expect(await refusal(client.describeSecret({ SecretId }))).toMatch(/^ResourceNotFound/);
  const again = await client.createSecret({ Name, ClientRequestToken: randomUUID() });
  expect(again.ARN).not.toBe(SecretId);
});

test("aws_secretsmanager_secret_version", async () => {
  const { ARN: SecretId = "" } = await client.createSecret({ Name: "tf/version" });
  const put = (SecretString: string, VersionStages?: string[]) =>
    client.putSecretValue({
      ClientRequestToken: randomUUID(),
      SecretId,
      SecretString,
      ...(VersionStages && { VersionStages }),
    });
  const first = await put("one");
  expect(await client.getSecretValue({ SecretId, VersionId: first.VersionId })).toMatchObject({
    SecretString: "one",
    VersionStages: ["AWSCURRENT"],
  });
  // A change of the value makes another version, and the old one goes after it.
  const second = await put("two", ["AWSCURRENT", "MINE"]);
  // A label is added, with AWSCURRENT's holder looked up, and one is taken away.
  const { Versions = [] } = await client.listSecretVersionIds({ SecretId });
  const holder = Versions.find(({ VersionStages }) => VersionStages?.includes("AWSCURRENT"));
  expect(holder?.VersionId).toBe(second.VersionId);
  await client.updateSecretVersionStage({
    SecretId,
    VersionStage: "AWSCURRENT",
    MoveToVersionId: first.VersionId,
    RemoveFromVersionId: holder?.VersionId,
  });
  await client.updateSecretVersionStage({
    SecretId,
    VersionStage: "OTHER",
    MoveToVersionId: first.VersionId,
  });
  await client.updateSecretVersionStage({
    SecretId,
    VersionStage: "MINE",
    RemoveFromVersionId: second.VersionId,
  });
  // Destruction takes every label but AWSCURRENT.
  for (const [VersionStage, RemoveFromVersionId] of [
    ["AWSPREVIOUS", second.VersionId],
    ["OTHER", first.VersionId],
  ] as const) {
    await client.updateSecretVersionStage({ SecretId, VersionStage, RemoveFromVersionId });
  }
  expect((await client.describeSecret({ SecretId })).VersionIdsToStages).toEqual({
    [String(first.VersionId)]: ["AWSCURRENT"],
  });
  const gone = await client.getSecretValue({ SecretId, VersionId: second.VersionId });
  expect(gone.VersionStages).toBeUndefined();
});

test("aws_secretsmanager_secret_policy", async () => {
  const { ARN: SecretId = "" } = await client.createSecret({ Name: "tf/policy" });
  const policy = (action: string) =>
    policyOf(allow(action, { Principal: { AWS: "arn:aws:iam::123456789012:root" } }));
  for (const ResourcePolicy of [policy("GetSecretValue"), policy("DescribeSecret")]) {
    const put = await client.putResourcePolicy({
      SecretId,
      ResourcePolicy,
      BlockPublicPolicy: true,
    });
    expect(put.ARN).toBe(SecretId);
    expect((await client.getResourcePolicy({ SecretId })).ResourcePolicy).toBe(ResourcePolicy);
  }
  await client.deleteResourcePolicy({ SecretId });
  expect((await client.getResourcePolicy({ SecretId })).ResourcePolicy).toBeUndefined();
});

test("aws_secretsmanager_secret_rotation, with rotate_immediately = false", async () => {
  const { ARN: SecretId = "" } = await client.createSecret({ Name: "tf/rotation" });
  const RotationLambdaARN = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
  const rules = [
    { AutomaticallyAfterDays: 7 },
    { ScheduleExpression: "rate(10 days)", Duration: "3h" },
  ];
  for (const RotationRules of rules) {
    await client.rotateSecret({
      ClientRequestToken: randomUUID(),
      SecretId,
      RotationLambdaARN,
      RotationRules,
      RotateImmediately: false,
    });
    expect(await client.describeSecret({ SecretId })).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN,
      RotationRules,
    });
  }
  await client.cancelRotateSecret({ SecretId });
  expect((await client.describeSecret({ SecretId })).RotationEnabled).toBe(false);
});
