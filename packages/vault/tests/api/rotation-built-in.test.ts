/**
 * A secret that a built-in rotator rotates: two keys live side by side until the old one is
 * revoked, and what fails leaves none behind.
 */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Notice } from "../../src/notices.ts";
import { claviger } from "../../src/operations/claviger/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp } from "./raw-http.fixture.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";
import { atVaultTime, eventually, faultsOf } from "./rotation.fixture.ts";
import { TestHost } from "./rotator-host.fixture.ts";
import { policyOf } from "./secretsmanager.fixture.ts";

const roleArn = "arn:aws:iam::123456789012:role/rotator";
const host = new TestHost();
const notices: Notice[] = [];
let vault: TestVault;
let root: SecretsManager;
let iam: IAM;
let http: RawHttp;
let SecretId: string;
let first: string;
let count = 0;

beforeAll(async () => {
  const onNotice = (notice: Notice) => notices.push(notice);
  vault = await startVault({}, { startRotatorHost: host.start, onNotice });
  host.clock = vault.clock;
  http = new RawHttp(vault);
  root = atVaultTime(new SecretsManager(vault.client), vault.clock);
  iam = atVaultTime(new IAM(vault.client), vault.clock);
  await makeRole("rotator", { Service: "secretsmanager.amazonaws.com" });
  await makeRole("trusts-others", { Service: "lambda.amazonaws.com" });
});
afterAll(async () => {
  expect(faultsOf(vault)).toEqual([]);
  http.close();
  await vault.close();
});
beforeEach(async () => {
  SecretId = `built-in/${count++}`;
  const { VersionId = "" } = await root.createSecret({
    Name: SecretId,
    SecretString: "first key",
    Type: "TestKey",
  });
  host.forget();
  host.alive.add(VersionId);
  first = VersionId;
});

async function makeRole(RoleName: string, Principal: object) {
  const trust = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: policyOf(trust) });
  const PolicyDocument = policyOf({ Effect: "Allow", Action: "*", Resource: "*" });
  await iam.putRolePolicy({ RoleName, PolicyName: "all", PolicyDocument });
}

const metadata = (more: Readonly<Record<string, string>> = {}) =>
  Object.entries({ project: "p", ...more }).map(([Key, Value]) => ({ Key, Value }));
const rotate = (
  more: Readonly<Record<string, string>> = {},
  ExternalSecretRotationRoleArn = roleArn,
) =>
  root.rotateSecret({
    SecretId,
    ExternalSecretRotationMetadata: metadata(more),
    ExternalSecretRotationRoleArn,
  });
async function ask(operation: string, input: object = {}) {
  const { text } = await http.json(claviger, operation, JSON.stringify(input));
  return JSON.parse(text);
}
const describeIt = () => root.describeSecret({ SecretId });
const rotated = () => eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
/** The keys that live once the grace of the old one is over. */
const revoked = () => {
  vault.clock.advance(5000);
  return eventually(
    async () => [...host.alive],
    (seen) => !seen.includes(first),
  );
};
const steps = () => host.stepsOf(SecretId);
const fourSteps = ["createSecret", "setSecret", "testSecret", "finishSecret"];

test("the old key dies after its grace, and its version is given to nobody any more", async () => {
  const { VersionId = "" } = await rotate({ gracePeriod: "0s" });
  expect(await rotated()).toMatchObject({
    Type: "TestKey",
    RotationEnabled: true,
    ExternalSecretRotationMetadata: metadata({ gracePeriod: "0s" }),
    ExternalSecretRotationRoleArn: roleArn,
    VersionIdsToStages: { [VersionId]: ["AWSCURRENT"], [first]: ["AWSPREVIOUS"] },
  });
  expect(await revoked()).toEqual([VersionId]);
  expect(steps()).toEqual([...fourSteps, "revokeSecret"]);
  expect(host.events.at(-1)).toMatchObject({ ClientRequestToken: first });
  expect(await refusal(root.getSecretValue({ SecretId, VersionStage: "AWSPREVIOUS" }))).toMatch(
    /^InvalidRequestException: .*because it was revoked\.$/,
  );
  expect((await root.getSecretValue({ SecretId })).SecretString).toBe(`key ${VersionId}`);
});

test("while two keys live no other rotation begins, and the label may go back", async () => {
  const { VersionId = "" } = await rotate({ gracePeriod: "24h" });
  await rotated();
  expect(await refusal(rotate({ gracePeriod: "24h" }))).toMatch(/previous rotation isn't complete/);
  await root.updateSecretVersionStage({
    SecretId,
    VersionStage: "AWSCURRENT",
    MoveToVersionId: first,
    RemoveFromVersionId: VersionId,
  });
  expect((await root.getSecretValue({ SecretId })).SecretString).toBe("first key");
  expect([...host.alive]).toEqual([first, VersionId]);
  // At once, and not when it is looked at by itself: now it is the other key that has to go.
  await eventually(
    () => ask("DescribeRotation", { SecretId }),
    ({ OldVersionId }) => OldVersionId === VersionId,
  );
});

test("the type stays what it is while its keys rotate, both of them included", async () => {
  const changed = (Type: string) => root.updateSecret({ SecretId, Type });
  host.failing.add("testSecret");
  await rotate();
  const failed = () => ask("DescribeRotation", { SecretId });
  await eventually(failed, ({ Phase }) => Phase === "failed");
  // One that waits for another attempt has left nothing behind.
  await changed("OtherKey");
  await changed("TestKey");
  host.failing.clear();
  await rotate();
  await rotated();
  expect(await refusal(changed("OtherKey"))).toBe(
    "InvalidRequestException: You can't change the type of the secret because a previous rotation isn't complete.",
  );
  await root.updateSecret({ SecretId, Type: "TestKey", Description: "the same" });
});

describe("a step that fails", () => {
  test.each(fourSteps)("%s: the new key is taken back", async (failing) => {
    host.failing.add(failing);
    const { VersionId: failed = "" } = await rotate({ gracePeriod: "0s" });
    await eventually(
      async () => steps(),
      (seen) => seen.includes("revokeSecret"),
    );
    const after = await eventually(
      describeIt,
      (seen) => Object.keys(seen.VersionIdsToStages ?? {}).length === 1,
    );
    expect(after.VersionIdsToStages).toEqual({ [first]: ["AWSCURRENT"] });
    expect([...host.alive]).toEqual([first]);
    expect(notices.at(-1)).toMatchObject({
      kind: "RotationFailed",
      name: SecretId,
      detail: expect.stringContaining(`no ${failing} today`),
    });
    // It can't become current behind the rotation's back.
    const late = root.updateSecretVersionStage({
      SecretId,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: failed,
      RemoveFromVersionId: first,
    });
    expect(await refusal(late)).toMatch(/revoked/);

    // After a minute another attempt makes another version.
    host.failing.clear();
    vault.clock.advance(61_000);
    const { VersionIdsToStages = {} } = await rotated();
    expect(VersionIdsToStages[failed]).toBeUndefined();
    expect(VersionIdsToStages[first]).toEqual(["AWSPREVIOUS"]);
    expect(await revoked()).toHaveLength(1);
  });

  test("until it is revoked the new key stays pending; it is asked for again", async () => {
    host.failing.add("testSecret").add("revokeSecret");
    const { VersionId = "" } = await rotate();
    await eventually(
      async () => steps(),
      (seen) => seen.includes("revokeSecret"),
    );
    expect((await describeIt()).VersionIdsToStages?.[VersionId]).toEqual(["AWSPENDING"]);
    host.failing.clear();
    vault.clock.advance(600_000);
    await eventually(
      async () => [...host.alive],
      (seen) => !seen.includes(VersionId),
    );
    await root.cancelRotateSecret({ SecretId });
  });
});

describe("what a provider's strategy asks for", () => {
  test("one key only: nothing is revoked but the version", async () => {
    host.replies.set("finishSecret", { OldKeyIsDead: true });
    await rotate();
    await rotated();
    const previous = () =>
      refusal(root.getSecretValue({ SecretId, VersionId: first })).catch(() => "");
    await eventually(previous, (said) => said.includes("revoked"));
    expect(steps()).toEqual(fourSteps);
  });

  test("a grace time of its own: the old key is left to it", async () => {
    const until = new Date(vault.clock.now() + 60_000).toISOString();
    host.replies.set("finishSecret", { OldKeyLivesUntil: until });
    await rotate();
    await rotated();
    const read = () => root.getSecretValue({ SecretId, VersionId: first });
    expect((await read()).SecretString).toBe("first key");
    vault.clock.advance(61_000);
    await eventually(
      () => refusal(read()).catch(() => ""),
      (said) => said.includes("revoked"),
    );
    expect(steps()).toEqual(fourSteps);
  });

  test("a key that somebody makes by hand: it goes on once the value is there", async () => {
    host.replies.set("createSecret", { ByHand: { instructions: "Ask Ana for one." } });
    const { VersionId = "" } = await rotate({ gracePeriod: "0s" });
    await eventually(
      async () => notices.at(-1),
      (seen) => seen?.kind === "RotationDue" && seen.name === SecretId,
    );
    expect(notices.at(-1)?.dueAt).toBe((notices.at(-1)?.time ?? 0) + 7 * 86_400_000);
    const due = new Date(vault.clock.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    expect(notices.at(-1)?.detail).toBe(`due by ${due}: Ask Ana for one.`);
    const described = await ask("DescribeRotation", { SecretId });
    expect(new Date(described.DueDate * 1000).toISOString().slice(0, 10)).toBe(due);
    const { Rotations } = await ask("ListRotations");
    const listed = Rotations.find(({ Name }: { Name: string }) => Name === SecretId);
    expect(listed).toMatchObject({ Phase: "byHand", DueDate: described.DueDate });
    // Of the host's own, nothing has been asked for since.
    expect(steps()).toEqual(["createSecret"]);
    await root.putSecretValue({
      SecretId,
      ClientRequestToken: VersionId,
      SecretString: `key ${VersionId}`,
      VersionStages: ["AWSPENDING"],
    });
    const { VersionIdsToStages } = await rotated();
    expect(VersionIdsToStages?.[VersionId]).toEqual(["AWSCURRENT"]);
    expect(steps().slice(0, 3)).toEqual(["createSecret", "testSecret", "finishSecret"]);
  });
});

describe("a key that only a person can revoke", () => {
  const byHand = { ByHand: { instructions: "Ask Ana to end it." } };
  const due = () =>
    eventually(
      async () => notices.findLast(({ kind, name }) => kind === "RotationDue" && name === SecretId),
      (seen) => seen !== undefined,
    );
  beforeEach(() => {
    host.replies.set("revokeSecret", byHand);
  });

  test("is given to nobody any more when they are told, and the rotation has succeeded", async () => {
    await rotate({ gracePeriod: "0s" });
    await rotated();
    vault.clock.advance(5000);
    expect((await due())?.detail).toBe("revoke by hand: Ask Ana to end it.");
    expect(await refusal(root.getSecretValue({ SecretId, VersionId: first }))).toMatch(/revoked/);
    expect(await ask("DescribeRotation", { SecretId })).toMatchObject({
      Phase: "succeeded",
      OldVersionId: first,
      RevocationInstructions: "Ask Ana to end it.",
    });
    expect(host.alive.has(first)).toBe(true);
  });

  test("is held by its readers until then, as any other", async () => {
    await root.getSecretValue({ SecretId });
    await rotate({ gracePeriod: "0s" });
    await rotated();
    vault.clock.advance(5000);
    await eventually(
      () => ask("DescribeRotation", { SecretId }),
      ({ LaggardCount }) => LaggardCount === 1,
    );
    expect(steps()).toEqual(fourSteps);
    await root.getSecretValue({ SecretId });
    vault.clock.advance(61_000);
    await due();
    expect(steps()).toEqual([...fourSteps, "revokeSecret"]);
  });

  test("is told of where it failed, and AWSCURRENT is as it was", async () => {
    host.failing.add("testSecret");
    const { VersionId = "" } = await rotate({ gracePeriod: "0s" });
    expect((await due())?.detail).toBe("revoke by hand: Ask Ana to end it.");
    expect((await describeIt()).VersionIdsToStages).toEqual({ [first]: ["AWSCURRENT"] });
    expect(await refusal(root.getSecretValue({ SecretId, VersionId }))).toMatch(/revoked/);
    await root.cancelRotateSecret({ SecretId });
  });

  test("is seen for a day where its version was revoked in an emergency", async () => {
    await rotate({ gracePeriod: "24h" });
    await rotated();
    const { VersionId, ProviderRevocation } = await ask("RevokeSecretVersion", { SecretId });
    expect(ProviderRevocation).toBe("Started");
    const revocations = async () => (await ask("DescribeRotation", { SecretId })).Revocations;
    const seen = await eventually(revocations, ([one]) => one?.Phase === "succeeded");
    expect(seen).toMatchObject([{ VersionId, RevocationInstructions: "Ask Ana to end it." }]);
    expect(seen[0]).not.toHaveProperty("NextAttemptDate");
    vault.clock.advance(86_400_000);
    await eventually(revocations, (left) => left.length === 0);
    await root.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
  });
});

test("replicas follow, and a revoked version is given out in no region", async () => {
  const AddReplicaRegions = [{ Region: "eu-west-1" }];
  await root.replicateSecretToRegions({ SecretId, AddReplicaRegions });
  const { VersionId = "" } = await rotate({ gracePeriod: "0s" });
  await rotated();
  await revoked();
  const ireland = atVaultTime(
    new SecretsManager({ ...vault.client, region: "eu-west-1" }),
    vault.clock,
  );
  expect((await ireland.getSecretValue({ SecretId })).SecretString).toBe(`key ${VersionId}`);
  expect(await refusal(ireland.getSecretValue({ SecretId, VersionId: first }))).toMatch(/revoked/);
  expect((await describeIt()).ReplicationStatus).toMatchObject([{ Status: "InSync" }]);
  expect(await ireland.describeSecret({ SecretId })).toMatchObject({
    Type: "TestKey",
    LastRotatedDate: expect.any(Date),
  });
});

describe("CancelRotateSecret", () => {
  test("takes back the key that was made", async () => {
    host.failing.add("setSecret").add("revokeSecret");
    await rotate();
    await eventually(
      async () => steps(),
      (seen) => seen.includes("revokeSecret"),
    );
    await root.cancelRotateSecret({ SecretId });
    host.failing.clear();
    vault.clock.advance(600_000);
    await eventually(
      async () => [...host.alive],
      (seen) => seen.length === 1,
    );
    const after = await eventually(
      describeIt,
      (seen) => Object.keys(seen.VersionIdsToStages ?? {}).length === 1,
    );
    expect(after.RotationEnabled).toBe(false);
    vault.clock.advance(600_000);
    expect([...host.alive]).toEqual([first]);
  });
});

describe("what the rotator may", () => {
  test("read and write its secret, as its role, and nothing else", async () => {
    await root.createSecret({ Name: `${SecretId}/other`, SecretString: "other" });
    const { ARN: adminSecretArn = "" } = await root.createSecret({
      Name: `${SecretId}/admin`,
      SecretString: "admin",
    });
    await rotate({ adminSecretArn });
    await rotated();
    const event = host.events.findLast(({ Step }) => Step === "finishSecret");
    if (event === undefined) throw new Error("no step was asked for");
    const secrets = host.clientOf(event.Claviger);
    expect((await secrets.getSecretValue({ SecretId: adminSecretArn })).SecretString).toBe("admin");
    const denied = sideBySide<unknown>([
      secrets.getSecretValue({ SecretId: `${SecretId}/other` }),
      secrets.putSecretValue({ SecretId: adminSecretArn, SecretString: "x" }),
      secrets.deleteSecret({ SecretId }),
    ]);
    for (const asked of denied) expect(await refusal(asked)).toMatch(/^AccessDenied/);
  });
});

describe("what is refused at once", () => {
  test("metadata that the type doesn't know, or lacks", async () => {
    expect(await refusal(rotate({ colour: "red" }))).toBe(
      "InvalidParameterException: The type TestKey knows no metadata named colour.",
    );
    const asked = root.rotateSecret({
      SecretId,
      ExternalSecretRotationMetadata: [],
      ExternalSecretRotationRoleArn: roleArn,
    });
    expect(await refusal(asked)).toBe(
      "InvalidParameterException: The type TestKey needs the metadata project.",
    );
    expect(await refusal(rotate({ gracePeriod: "soon" }))).toMatch(/gracePeriod must be a time/);
  });

  test("a type that nobody rotates, and none at all", async () => {
    await root.updateSecret({ SecretId, Type: "NoSuchKey" });
    expect(await refusal(rotate())).toBe(
      "InvalidParameterException: There is no rotator of the type NoSuchKey.",
    );
    await root.updateSecret({ SecretId, Type: "" });
    expect(await refusal(rotate())).toMatch(/^InvalidRequestException: The secret has no type/);
  });

  test("a caller who may not pass the role", async () => {
    const { AccessKey } = await iam
      .createUser({ UserName: "no-passer" })
      .then(() => iam.createAccessKey({ UserName: "no-passer" }));
    const PolicyDocument = policyOf({
      Effect: "Allow",
      Action: "secretsmanager:RotateSecret",
      Resource: "*",
    });
    await iam.putUserPolicy({ UserName: "no-passer", PolicyName: "rotate", PolicyDocument });
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } =
      AccessKey ?? {};
    const credentials = { accessKeyId, secretAccessKey };
    const secrets = new SecretsManager({ ...vault.client, credentials });
    const asked = atVaultTime(secrets, vault.clock).rotateSecret({
      SecretId,
      ExternalSecretRotationMetadata: metadata(),
      ExternalSecretRotationRoleArn: roleArn,
    });
    expect(await refusal(asked)).toMatch(
      /^AccessDenied.*iam:PassRole on resource: .*role\/rotator/,
    );
  });

  test("a role that does not trust the service, or is not there", async () => {
    for (const name of ["trusts-others", "none"]) {
      const arn = `arn:aws:iam::123456789012:role/${name}`;
      expect(await refusal(rotate({}, arn))).toBe(
        `InvalidParameterException: Secrets Manager can't assume the role ${arn}. Ensure that its trust policy allows the principal secretsmanager.amazonaws.com.`,
      );
    }
    expect((await describeIt()).RotationEnabled).toBeUndefined();
  });

  test.each([
    ["Environment", "Production"],
    ["env", "prod"],
    ["STAGE", "PROD"],
  ])("a secret of production by its tag %s=%s that names no rehearsal", async (Key, Value) => {
    await root.tagResource({ SecretId, Tags: [{ Key, Value }] });
    const refused = await refusal(rotate());
    expect(refused).toMatch(/^InvalidRequestException: .*only after a rehearsal/);
    expect(refused).toContain(
      `claviger rotate secretsmanager:${SecretId} --rehearse --on secretsmanager:STAGING`,
    );
    expect(refused).toContain("claviger:rehearse-on=none");
    // How it will rotate may be set and tested all the same.
    const configured = root.rotateSecret({
      SecretId,
      ExternalSecretRotationMetadata: metadata(),
      ExternalSecretRotationRoleArn: roleArn,
      RotateImmediately: false,
    });
    expect(await configured).toMatchObject({ Name: SecretId });
    await eventually(
      async () => steps(),
      (seen) => seen.includes("testSecret"),
    );

    const Tags = [{ Key: "claviger:rehearse-on", Value: "none" }];
    await root.tagResource({ SecretId, Tags });
    await rotate();
    await rotated();
  });

  test("a secret that is no production's needs no rehearsal", async () => {
    const Tags = [
      { Key: "Environment", Value: "pre-production" },
      { Key: "team", Value: "prod" },
    ];
    await root.tagResource({ SecretId, Tags });
    await rotate();
    await rotated();
  });

  test("a secret that has to be rehearsed first", async () => {
    const Tags = [{ Key: "claviger:rehearse-on", Value: `${SecretId}/staging` }];
    await root.tagResource({ SecretId, Tags });
    expect(await refusal(rotate())).toMatch(/^InvalidRequestException: .*only after a rehearsal/);
    const production = SecretId;
    SecretId = `${production}/staging`;
    await root.createSecret({ Name: SecretId, SecretString: "staging", Type: "TestKey" });
    await rotate();
    await rotated();
    SecretId = production;
    await rotate();
    await rotated();
  });
});
