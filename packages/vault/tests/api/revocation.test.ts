/** RevokeSecretVersion: an emergency, and what it means to whoever reads, rotates or listens. */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claviger } from "../../src/operations/claviger/service.ts";
import { FeedReader } from "./change-feed.fixture.ts";
import { type Credentials, RawHttp } from "./raw-http.fixture.ts";
import { refusal } from "./refusal.fixture.ts";
import { type SecretsFixture, startSecrets } from "./secretsmanager.fixture.ts";

const started = startSecrets();
let fixture: SecretsFixture;
let http: RawHttp;
let root: SecretsManager;
let count = 0;
let SecretId: string;
let arn: string;
let one: string;
let two: string;

beforeAll(() => {
  fixture = started();
  http = new RawHttp(fixture.vault);
  ({ root } = fixture);
});
afterAll(() => http.close());

beforeEach(async () => {
  SecretId = `revoked-${count++}`;
  const created = await root.createSecret({ Name: SecretId, SecretString: "one" });
  [arn, one] = [created.ARN ?? "", created.VersionId ?? ""];
  two = (await root.putSecretValue({ SecretId, SecretString: "two" })).VersionId ?? "";
});

const revoked =
  "InvalidRequestException: You can't perform this operation on the secret version because it was revoked.";

async function ask(operation: string, input: object, credentials?: Credentials) {
  const reply = await http.json(claviger, operation, JSON.stringify(input), credentials);
  return { status: reply.status, ...JSON.parse(reply.text) };
}

const revoke = (input: object = {}) => ask("RevokeSecretVersion", { SecretId, ...input });

test("the version is given out by no way to read it, and the other still is", async () => {
  expect(await revoke({ VersionId: two })).toMatchObject({ status: 200, VersionId: two });
  for (const choice of [{}, { VersionId: two }, { VersionStage: "AWSCURRENT" }]) {
    expect(await refusal(root.getSecretValue({ SecretId, ...choice }))).toBe(revoked);
  }
  const { SecretValues, Errors } = await root.batchGetSecretValue({ SecretIdList: [SecretId] });
  expect(SecretValues).toEqual([]);
  expect(Errors).toMatchObject([{ SecretId, ErrorCode: "InvalidRequestException" }]);

  const ssm = new SSM(fixture.vault.client);
  const Name = `/aws/reference/secretsmanager/${SecretId}`;
  const byReference = ssm.getParameter({ Name, WithDecryption: true });
  expect(await refusal(byReference)).toBe(
    "ValidationException: Invalid Request to Secrets Manager",
  );

  const before = { SecretId, VersionStage: "AWSPREVIOUS" };
  expect((await root.getSecretValue(before)).SecretString).toBe("one");
});

test("which versions were revoked is told with the secret's rotation", async () => {
  expect(await ask("DescribeRotation", { SecretId })).toMatchObject({ RevokedVersions: [] });
  await revoke({ VersionId: one });
  expect(await ask("DescribeRotation", { SecretId })).toMatchObject({
    status: 200,
    RevokedVersions: [{ VersionId: one, RevokedDate: expect.any(Number) }],
  });
});

test("who may not read it is told no more than before", async () => {
  await revoke();
  const nobody = await fixture.user(`nobody-${count}`);
  expect(await refusal(nobody.secrets.getSecretValue({ SecretId }))).toMatch(/^AccessDenied/);
  // Of a version that isn't what was asked for nothing is told either.
  const other = { SecretId, VersionId: two, VersionStage: "AWSPREVIOUS" };
  expect(await refusal(root.getSecretValue(other))).toMatch(/not associated to the provided/);
});

test("the current version is meant where none is named, and the reply says who had it", async () => {
  await root.getSecretValue({ SecretId, VersionId: one });
  const reader = await fixture.user(`reader-${count}`, {
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
  });
  await reader.secrets.getSecretValue({ SecretId });
  expect(await revoke({ Reason: "it stands in a public log" })).toEqual({
    status: 200,
    ARN: arn,
    Name: SecretId,
    VersionId: two,
    ProviderRevocation: "NotSupported",
    Readers: [expect.objectContaining({ PrincipalArn: reader.arn, VersionId: two })],
  });
});

test("a revoked version can't become current again, and a new one can", async () => {
  await revoke({ VersionId: one });
  const back = root.updateSecretVersionStage({
    SecretId,
    VersionStage: "AWSCURRENT",
    RemoveFromVersionId: two,
    MoveToVersionId: one,
  });
  expect(await refusal(back)).toBe(revoked);
  await revoke();
  await root.putSecretValue({ SecretId, SecretString: "three" });
  expect((await root.getSecretValue({ SecretId })).SecretString).toBe("three");
});

test("replicas give it out no more either, and it is revoked where the secret is changed", async () => {
  await root.replicateSecretToRegions({ SecretId, AddReplicaRegions: [{ Region: "eu-west-1" }] });
  const ireland = fixture.inRegion("eu-west-1");
  expect((await ireland.getSecretValue({ SecretId })).SecretString).toBe("two");
  const there = await http.signed({
    service: "claviger",
    region: "eu-west-1",
    body: JSON.stringify({ SecretId }),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${claviger.targetPrefixes[0]}RevokeSecretVersion`,
    },
  });
  expect(there.message).toMatch(/^Operation not permitted on a replica secret/);
  await revoke();
  expect(await refusal(ireland.getSecretValue({ SecretId }))).toBe(revoked);
  await root.replicateSecretToRegions({ SecretId, AddReplicaRegions: [{ Region: "eu-north-1" }] });
  const sweden = fixture.inRegion("eu-north-1");
  expect(await refusal(sweden.getSecretValue({ SecretId }))).toBe(revoked);
});

test("the change feed tells of it at once", async () => {
  const feed = await FeedReader.open(fixture.vault);
  await revoke({ VersionId: one });
  expect(await feed.next()).toMatchObject({
    event: "change",
    data: { arn, kind: "revoked", version: one, stages: ["AWSPREVIOUS"] },
  });
  await revoke();
  expect((await feed.next()).data).toMatchObject({ kind: "revoked", version: two });
  await root.putSecretValue({ SecretId, SecretString: "three" });
  expect((await feed.next()).data).toMatchObject({ kind: "updated" });
  feed.close();
});

test("the trail has who revoked which version, and why", async () => {
  await revoke({ VersionStage: "AWSPREVIOUS", Reason: "it stands in a public log" });
  const { Events = [] } = await new CloudTrail(fixture.vault.client).lookupEvents({
    LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: arn }],
  });
  const events = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
  expect(events.find(({ eventName }) => eventName === "RevokeSecretVersion")).toMatchObject({
    eventSource: "claviger.amazonaws.com",
    readOnly: false,
    userIdentity: { type: "Root" },
    requestParameters: {
      secretId: SecretId,
      versionStage: "AWSPREVIOUS",
      reason: "it stands in a public log",
    },
    responseElements: { arn, name: SecretId, versionId: one, providerRevocation: "NotSupported" },
    additionalEventData: { versionId: one },
  });
});

test("what isn't there can't be revoked", async () => {
  const missing = "00000000-0000-4000-8000-000000000009";
  expect(await revoke({ VersionId: missing })).toMatchObject({
    __type: "ResourceNotFoundException",
    message: `Secrets Manager can't find the specified secret value for VersionId: ${missing}`,
  });
  expect(await revoke({ VersionStage: "MINE" })).toMatchObject({
    __type: "ResourceNotFoundException",
  });
  expect(await revoke({ VersionId: one, VersionStage: "AWSCURRENT" })).toMatchObject({
    __type: "InvalidRequestException",
  });
  expect(await revoke({ SecretId: "nowhere" })).toMatchObject({
    __type: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret.",
  });
});

/** DescribeRekey and StartRekey are denied in rekey.test.ts, WatchChanges in changes.test.ts. */
const others = ["DescribeRekey", "StartRekey", "WatchChanges"];

describe("what only the vault can do with secrets", () => {
  const inputs: Readonly<Record<string, object>> = {
    DescribeRotation: {},
    EndRotationOverlap: {},
    ListSecretReaders: {},
    RevokeSecretVersion: {},
    TestSecretVersion: { VersionId: "00000000-0000-4000-8000-000000000001" },
  };

  test("has a denial for each operation", () => {
    const names = [...Object.keys(inputs), "ListRotations", ...others];
    expect(claviger.operations.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  test.each(Object.keys(inputs))(
    "%s is denied, whether there is such a secret or not",
    async (name) => {
      const nobody = await keysOf(`nobody-${name}`, "secretsmanager:*");
      for (const each of [SecretId, "nowhere"]) {
        expect(await ask(name, { SecretId: each, ...inputs[name] }, nobody)).toMatchObject({
          status: 400,
          __type: "AccessDeniedException",
          Message: expect.stringContaining(`perform: claviger:${name} on resource: ${each} `),
        });
      }
      expect((await root.getSecretValue({ SecretId })).SecretString).toBe("two");
    },
  );

  test("ListRotations is denied, and lists what may be described", async () => {
    await root.createSecret({ Name: `unrotated-${count}`, SecretString: "v" });
    const nobody = await keysOf("nobody-lists", "secretsmanager:*");
    expect(await ask("ListRotations", {}, nobody)).toMatchObject({
      __type: "AccessDeniedException",
      Message: expect.stringContaining("perform: claviger:ListRotations"),
    });
    const lister = await keysOf("lister", "claviger:ListRotations");
    expect(await ask("ListRotations", {}, lister)).toMatchObject({ Rotations: [] });
  });

  async function keysOf(name: string, Action: string): Promise<Credentials> {
    const { client } = await fixture.user(name, { Effect: "Allow", Action, Resource: "*" });
    return client.credentials;
  }
});
