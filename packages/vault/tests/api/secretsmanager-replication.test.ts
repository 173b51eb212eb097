/** Secrets replicated between regions of the vault, through the AWS SDK. */

import { KMS } from "@aws-sdk/client-kms";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";
import { allow, policyOf, type SecretsFixture, startSecrets } from "./secretsmanager.fixture.ts";

const started = startSecrets();
let fixture: SecretsFixture;
let root: SecretsManager;
let ireland: SecretsManager;
let count = 0;
let Name: string;
let ARN: string;
beforeAll(() => {
  fixture = started();
  ({ root } = fixture);
  ireland = fixture.inRegion("eu-west-1");
});

const AddReplicaRegions = [{ Region: "eu-west-1" }];
const inSync = {
  Region: "eu-west-1",
  KmsKeyId: "alias/aws/secretsmanager",
  Status: "InSync",
  StatusMessage: "Replication succeeded",
};
const onReplica =
  "InvalidParameterException: Operation not permitted on a replica secret. Call must be made in primary secret's region.";

beforeEach(async () => {
  Name = `replicated-${count++}`;
  const created = await root.createSecret({ Name, SecretString: "one", AddReplicaRegions });
  expect(created.ReplicationStatus).toEqual([inSync]);
  ARN = created.ARN ?? "";
});

const read = async (client: SecretsManager, more: object = {}) =>
  (await client.getSecretValue({ SecretId: Name, ...more })).SecretString;

test("the replica is the same secret in another region", async () => {
  const there = ARN.replace("us-east-1", "eu-west-1");
  expect(await read(ireland)).toBe("one");
  expect(await read(ireland, { SecretId: there })).toBe("one");
  const primary = await root.describeSecret({ SecretId: ARN });
  const replica = await ireland.describeSecret({ SecretId: there });
  expect(replica).toMatchObject({
    ARN: there,
    Name,
    PrimaryRegion: "us-east-1",
    VersionIdsToStages: primary.VersionIdsToStages,
  });
  expect(replica.ReplicationStatus).toBeUndefined();
  expect(primary).toMatchObject({ PrimaryRegion: "us-east-1", ReplicationStatus: [inSync] });
  const Filters = [{ Key: "primary-region" as const, Values: ["us-east-1"] }];
  const { SecretList } = await ireland.listSecrets({ Filters, MaxResults: 100 });
  expect(SecretList?.map((secret) => secret.ARN)).toContain(there);
});

test("every change of the primary is there at once", async () => {
  const SecretId = Name;
  const { VersionId: two = "" } = await root.putSecretValue({ SecretId, SecretString: "two" });
  expect(await read(ireland)).toBe("two");
  expect(await read(ireland, { VersionStage: "AWSPREVIOUS" })).toBe("one");
  await root.updateSecret({ SecretId, SecretString: "three", Description: "d" });
  await root.tagResource({ SecretId, Tags: [{ Key: "team", Value: "blue" }] });
  await root.updateSecretVersionStage({ SecretId, VersionStage: "MINE", MoveToVersionId: two });
  await root.putResourcePolicy({
    SecretId,
    ResourcePolicy: policyOf(allow("GetSecretValue", { Principal: { AWS: "123456789012" } })),
  });
  await root.rotateSecret({
    SecretId,
    RotationLambdaARN: "arn:aws:lambda:us-east-1:123456789012:function:rotate",
    RotationRules: { AutomaticallyAfterDays: 7 },
    RotateImmediately: false,
  });
  // The function is tried with a version that is pending until it has answered.
  const primary = await eventually(async () => {
    const described = await root.describeSecret({ SecretId });
    const labels = Object.values(described.VersionIdsToStages ?? {}).flat();
    expect(labels.toSorted()).toEqual(["AWSCURRENT", "AWSPREVIOUS", "MINE"]);
    return described;
  });
  const replica = await ireland.describeSecret({ SecretId });
  for (const member of [
    "Description",
    "Tags",
    "VersionIdsToStages",
    "LastChangedDate",
    "RotationEnabled",
    "NextRotationDate",
  ] as const) {
    expect(replica[member]).toEqual(primary[member]);
  }
  expect(await read(ireland)).toBe("three");
  expect(await read(ireland, { VersionStage: "MINE" })).toBe("two");
  const policies = [root, ireland].map((client) => client.getResourcePolicy({ SecretId }));
  const [here, there] = await Promise.all(policies);
  expect(there?.ResourcePolicy).toBe(here?.ResourcePolicy);
});

test("an old version that gets a label again is copied too", async () => {
  const SecretId = `late-${Name}`;
  const { VersionId: one } = await root.createSecret({ Name: SecretId, SecretString: "one" });
  await root.putSecretValue({ SecretId, SecretString: "two" });
  await root.putSecretValue({ SecretId, SecretString: "three" });
  await root.replicateSecretToRegions({ SecretId, AddReplicaRegions });
  expect(await refusal(ireland.getSecretValue({ SecretId, VersionId: one }))).toMatch(
    /^ResourceNotFound/,
  );
  await root.updateSecretVersionStage({ SecretId, VersionStage: "OLD", MoveToVersionId: one });
  expect(await read(ireland, { SecretId, VersionStage: "OLD" })).toBe("one");
  expect((await root.describeSecret({ SecretId })).ReplicationStatus).toEqual([inSync]);
});

test("nothing is changed on a replica but its key", async () => {
  const SecretId = Name;
  for (const change of sideBySide([
    ireland.putSecretValue({ SecretId, SecretString: "x" }),
    ireland.updateSecret({ SecretId, Description: "x" }),
    ireland.tagResource({ SecretId, Tags: [{ Key: "k", Value: "v" }] }),
    ireland.untagResource({ SecretId, TagKeys: ["k"] }),
    ireland.putResourcePolicy({ SecretId, ResourcePolicy: policyOf() }),
    ireland.deleteResourcePolicy({ SecretId }),
    ireland.deleteSecret({ SecretId }),
    ireland.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true }),
    ireland.restoreSecret({ SecretId }),
    ireland.cancelRotateSecret({ SecretId }),
    ireland.rotateSecret({ SecretId, RotateImmediately: false, RotationLambdaARN: "x" }),
    ireland.updateSecretVersionStage({ SecretId, VersionStage: "MINE" }),
    ireland.replicateSecretToRegions({ SecretId, AddReplicaRegions: [{ Region: "us-west-2" }] }),
    ireland.removeRegionsFromReplication({ SecretId, RemoveReplicaRegions: ["us-west-2"] }),
  ])) {
    expect(await refusal(change)).toBe(onReplica);
  }
  const { KeyMetadata } = await new KMS({ ...fixture.vault.client, region: "eu-west-1" }).createKey(
    {},
  );
  await ireland.updateSecret({ SecretId, KmsKeyId: KeyMetadata?.Arn });
  expect(await read(ireland)).toBe("one");
  expect((await root.describeSecret({ SecretId })).ReplicationStatus).toEqual([
    { ...inSync, KmsKeyId: KeyMetadata?.Arn },
  ]);
  await root.putSecretValue({ SecretId, SecretString: "two" });
  const { Versions } = await ireland.listSecretVersionIds({ SecretId });
  expect(Versions?.map(({ KmsKeyIds }) => KmsKeyIds)).toEqual([
    [KeyMetadata?.Arn],
    [KeyMetadata?.Arn],
  ]);
});

test("a primary is not deleted while it has replicas; removed ones are gone at once", async () => {
  const SecretId = Name;
  await root.replicateSecretToRegions({ SecretId, AddReplicaRegions: [{ Region: "ap-south-1" }] });
  for (const more of [{}, { ForceDeleteWithoutRecovery: true }]) {
    expect(await refusal(root.deleteSecret({ SecretId, ...more }))).toBe(
      `InvalidParameterException: You can't delete secret ${ARN} that still has replica regions [ap-south-1, eu-west-1].`,
    );
  }
  const { ReplicationStatus } = await root.removeRegionsFromReplication({
    SecretId,
    RemoveReplicaRegions: ["eu-west-1", "us-west-1"],
  });
  expect(ReplicationStatus?.map(({ Region }) => Region)).toEqual(["ap-south-1"]);
  expect(await refusal(ireland.describeSecret({ SecretId }))).toMatch(/^ResourceNotFound/);
  await root.removeRegionsFromReplication({ SecretId, RemoveReplicaRegions: ["ap-south-1"] });
  const alone = await root.describeSecret({ SecretId });
  expect([alone.PrimaryRegion, alone.ReplicationStatus]).toEqual([undefined, undefined]);
  await root.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
  await ireland.createSecret({ Name, SecretString: "another" });
});

test("a promoted replica is a secret of its own", async () => {
  const SecretId = Name;
  expect(await refusal(root.stopReplicationToReplica({ SecretId }))).toMatch(
    /^InvalidParameterException: Operation only permitted on a replica secret/,
  );
  const { ARN: promoted } = await ireland.stopReplicationToReplica({ SecretId });
  expect(promoted).toBe(ARN.replace("us-east-1", "eu-west-1"));
  await root.putSecretValue({ SecretId, SecretString: "two" });
  expect(await read(ireland)).toBe("one");
  await ireland.putSecretValue({ SecretId, SecretString: "own" });
  expect([await read(root), await read(ireland)]).toEqual(["two", "own"]);
  await root.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
  expect(await read(ireland)).toBe("own");
});

describe("what is in the way", () => {
  test("a secret with the name, unless it is to be overwritten", async () => {
    const SecretId = `taken-${Name}`;
    await ireland.createSecret({ Name: SecretId, SecretString: "theirs" });
    await root.createSecret({ Name: SecretId, SecretString: "ours" });
    const { ReplicationStatus } = await root.replicateSecretToRegions({
      SecretId,
      AddReplicaRegions,
    });
    expect(ReplicationStatus).toEqual([
      {
        ...inSync,
        Status: "Failed",
        StatusMessage: `Replication failed: Secret name ${SecretId} already exists in region eu-west-1.`,
      },
    ]);
    expect(await read(ireland, { SecretId })).toBe("theirs");
    await root.putSecretValue({ SecretId, SecretString: "newer" });
    const { ReplicationStatus: forced } = await root.replicateSecretToRegions({
      SecretId,
      AddReplicaRegions,
      ForceOverwriteReplicaSecret: true,
    });
    expect(forced).toEqual([inSync]);
    expect(await read(ireland, { SecretId })).toBe("newer");
    expect(await read(ireland, { SecretId, VersionStage: "AWSPREVIOUS" })).toBe("ours");
  });

  test("another primary's replica is never overwritten", async () => {
    const SecretId = Name;
    const frankfurt = fixture.inRegion("eu-central-1");
    await frankfurt.createSecret({ Name, SecretString: "x" });
    const { ReplicationStatus } = await frankfurt.replicateSecretToRegions({
      SecretId,
      AddReplicaRegions,
      ForceOverwriteReplicaSecret: true,
    });
    expect(ReplicationStatus?.[0]).toMatchObject({
      Status: "Failed",
      StatusMessage: `Replication failed: Secret name ${Name} is currently replicated to eu-west-1 with a different arn.`,
    });
    expect(await read(ireland)).toBe("one");
  });

  test("a key that isn't there, or that the caller may not use", async () => {
    const key = "arn:aws:kms:eu-west-1:123456789012:key/99999999-9999-9999-9999-999999999999";
    const Regions = [{ Region: "ca-central-1" }, { Region: "eu-west-3", KmsKeyId: key }];
    const { ReplicationStatus } = await root.replicateSecretToRegions({
      SecretId: Name,
      AddReplicaRegions: Regions,
    });
    expect(ReplicationStatus?.map(({ Region, Status }) => [Region, Status])).toEqual([
      ["ca-central-1", "InSync"],
      ["eu-west-1", "InSync"],
      ["eu-west-3", "Failed"],
    ]);
  });

  test("a key that is disabled fails its replica and not the primary's write", async () => {
    const kms = new KMS({ ...fixture.vault.client, region: "eu-west-1" });
    const { KeyMetadata } = await kms.createKey({});
    const SecretId = `disabled-${Name}`;
    await root.createSecret({
      Name: SecretId,
      SecretString: "one",
      AddReplicaRegions: [{ Region: "eu-west-1", KmsKeyId: KeyMetadata?.Arn }],
    });
    await kms.disableKey({ KeyId: KeyMetadata?.KeyId });
    await root.putSecretValue({ SecretId, SecretString: "two" });
    const statusOf = async () => (await root.describeSecret({ SecretId })).ReplicationStatus?.[0];
    expect(await statusOf()).toMatchObject({ Status: "Failed" });
    await kms.enableKey({ KeyId: KeyMetadata?.KeyId });
    expect(await read(ireland, { SecretId })).toBe("one");
    await root.putSecretValue({ SecretId, SecretString: "three" });
    expect(await read(ireland, { SecretId })).toBe("one");
    await root.replicateSecretToRegions({
      SecretId,
      AddReplicaRegions: [{ Region: "eu-west-1", KmsKeyId: KeyMetadata?.Arn }],
    });
    expect(await statusOf()).toMatchObject({ Status: "InSync" });
    expect(await read(ireland, { SecretId })).toBe("three");
  });

  test.each([
    [[{ Region: "us-east-1" }]],
    [[{ Region: "eu-west-2" }, { Region: "eu-west-2" }]],
    [[{ KmsKeyId: "alias/aws/secretsmanager" }]],
  ])("no region to replicate to: %j", async (regions) => {
    const says = "InvalidParameterException: Invalid replica region.";
    expect(
      await refusal(root.replicateSecretToRegions({ SecretId: Name, AddReplicaRegions: regions })),
    ).toBe(says);
    const made = root.createSecret({ Name: `bad-${Name}`, AddReplicaRegions: regions });
    expect(await refusal(made)).toBe(says);
    expect(await refusal(root.describeSecret({ SecretId: `bad-${Name}` }))).toMatch(/NotFound/);
  });
});

test("conditions: where to, whether by force; creation needs the permission to replicate", async () => {
  const near = { "ForAllValues:StringEquals": { "secretsmanager:AddReplicaRegions": "eu-west-1" } };
  const { secrets } = await fixture.user(
    `replicator-${count}`,
    allow(["CreateSecret"]),
    allow("ReplicateSecretToRegions", {
      Condition: {
        ...near,
        BoolIfExists: { "secretsmanager:ForceOverwriteReplicaSecret": "false" },
      },
    }),
  );
  const create = (name: string, Region: string, more: object = {}) =>
    secrets.createSecret({
      Name: name,
      SecretString: "v",
      AddReplicaRegions: [{ Region }],
      ...more,
    });
  expect((await create("near", "eu-west-1")).ReplicationStatus).toEqual([inSync]);
  expect(await refusal(create("far", "ap-south-1"))).toMatch(
    /^AccessDeniedException: .*secretsmanager:ReplicateSecretToRegions/,
  );
  const forced = create("forced", "eu-west-1", { ForceOverwriteReplicaSecret: true });
  expect(await refusal(forced)).toMatch(/^AccessDenied/);
});
