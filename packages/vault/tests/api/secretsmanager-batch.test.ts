/** BatchGetSecretValue: many reads in one request, each authorised and audited as one of its own. */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { paginateBatchGetSecretValue, SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";

let vault: TestVault;
let root: SecretsManager;
let reader: SecretsManager;

beforeAll(async () => {
  vault = await startVault();
  root = new SecretsManager(vault.client);
  for (const name of ["one", "two", "three"]) {
    const Tags = [{ Key: "env", Value: name === "three" ? "prod" : "dev" }];
    await root.createSecret({ Name: `batch/${name}`, SecretString: `value of ${name}`, Tags });
  }
  reader = await user("reader", [
    { Effect: "Allow", Action: "secretsmanager:BatchGetSecretValue", Resource: "*" },
    {
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: "*",
      Condition: { StringEquals: { "secretsmanager:ResourceTag/env": "dev" } },
    },
  ]);
});

afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

async function user(UserName: string, Statement: readonly object[]): Promise<SecretsManager> {
  const iam = new IAM(vault.client);
  await iam.createUser({ UserName });
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.putUserPolicy({ UserName, PolicyName: "test", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  return new SecretsManager({ ...vault.client, credentials });
}

test("what may be read is read, what may not stands among the errors", async () => {
  const { SecretValues, Errors } = await reader.batchGetSecretValue({
    SecretIdList: ["batch/one", "batch/three", "batch/two", "batch/none"],
  });
  expect(SecretValues?.map(({ Name, SecretString }) => [Name, SecretString])).toEqual([
    ["batch/one", "value of one"],
    ["batch/two", "value of two"],
  ]);
  expect(SecretValues?.[0]).toMatchObject({
    ARN: expect.stringContaining(":secret:batch/one-"),
    VersionId: expect.any(String),
    VersionStages: ["AWSCURRENT"],
    CreatedDate: expect.any(Date),
  });
  expect(Errors).toEqual([
    {
      SecretId: "batch/three",
      ErrorCode: "AccessDeniedException",
      Message: `User: arn:aws:iam::123456789012:user/reader is not authorized to perform: secretsmanager:GetSecretValue on resource: batch/three because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    },
    // Who may not read it is not told whether there is one.
    expect.objectContaining({ SecretId: "batch/none", ErrorCode: "AccessDeniedException" }),
  ]);
  const { Errors: known } = await root.batchGetSecretValue({
    SecretIdList: ["batch/none", "no name"],
  });
  expect(known).toEqual([
    {
      SecretId: "batch/none",
      ErrorCode: "ResourceNotFoundException",
      Message: "Secrets Manager can't find the specified secret.",
    },
    {
      SecretId: "no name",
      ErrorCode: "ValidationException",
      Message: expect.stringContaining("Invalid name."),
    },
  ]);
});

test("the trail has a GetSecretValue for each secret, with its version or its refusal", async () => {
  const { SecretValues } = await reader.batchGetSecretValue({
    SecretIdList: ["batch/one", "batch/three"],
  });
  const trail = new CloudTrail(vault.client);
  const { Events = [] } = await trail.lookupEvents({ MaxResults: 3 });
  const events = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
  const [one, three] = ["batch/one", "batch/three"].map((secretId) =>
    events.find(({ requestParameters }) => requestParameters?.secretId === secretId),
  );
  expect(one).toMatchObject({
    eventName: "GetSecretValue",
    additionalEventData: { versionId: SecretValues?.[0]?.VersionId },
    resources: expect.arrayContaining([expect.objectContaining({ ARN: SecretValues?.[0]?.ARN })]),
  });
  expect(three).toMatchObject({ eventName: "GetSecretValue", errorCode: "AccessDenied" });
  expect(events.some(({ eventName }) => eventName === "BatchGetSecretValue")).toBe(true);
  expect(new Set(events.map(({ eventID }) => eventID)).size).toBe(3);
});

test("filters choose, in pages, and need ListSecrets too", async () => {
  const names: (string | undefined)[] = [];
  const pages = paginateBatchGetSecretValue(
    { client: root, pageSize: 1 },
    { Filters: [{ Key: "name", Values: ["batch/"] }] },
  );
  for await (const { SecretValues } of pages)
    names.push(...(SecretValues ?? []).map((v) => v.Name));
  expect(names.sort()).toEqual(["batch/one", "batch/three", "batch/two"]);
  expect(
    await refusal(reader.batchGetSecretValue({ Filters: [{ Key: "name", Values: ["batch/"] }] })),
  ).toContain("is not authorized to perform: secretsmanager:ListSecrets");
});

test("names and filters exclude each other", async () => {
  const both = "Either 'SecretIdList' or 'Filters' must be provided, but not both.";
  const Filters = [{ Key: "name" as const, Values: ["a"] }];
  expect(await refusal(root.batchGetSecretValue({}))).toBe(`InvalidParameterException: ${both}`);
  expect(await refusal(root.batchGetSecretValue({ SecretIdList: ["a"], Filters }))).toBe(
    `InvalidParameterException: ${both}`,
  );
  for (const paging of [{ MaxResults: 2 }, { NextToken: "a token" }]) {
    for (const named of [{}, { SecretIdList: ["a"] }]) {
      expect(await refusal(root.batchGetSecretValue({ ...named, ...paging }))).toBe(
        `InvalidParameterException: 'Filters' not specified. 'Filters' must also be specified when '${Object.keys(paging)}' is provided.`,
      );
    }
  }
});

test("ten values at most, of all filters together", async () => {
  const nine = Array.from({ length: 9 }, (_, at) => `batch/${at}`);
  const filters = (more: string[]) => ({
    Filters: [
      { Key: "name" as const, Values: nine },
      { Key: "tag-key" as const, Values: more },
    ],
  });
  expect((await root.batchGetSecretValue(filters(["one"]))).SecretValues).toEqual([]);
  expect((await root.listSecrets(filters(["one"]))).SecretList).toEqual([]);
  const tooMany = filters(["one", "two"]);
  for (const request of sideBySide([
    root.batchGetSecretValue(tooMany),
    root.listSecrets(tooMany),
  ])) {
    expect(await refusal(request)).toBe(
      "InvalidParameterException: The filter list has too many filters. You can include up to 10 filters.",
    );
  }
});
