import { describe, expect, test } from "vitest";
import { needsOf } from "./event-needs.ts";
import type { TrailEvent } from "./trail.ts";

const start = "arn:aws:ssm:us-east-1:123456789012";
const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf";

function needs(service: string, eventName: string, change: Partial<TrailEvent> = {}) {
  return needsOf({
    eventTime: "2026-01-01T00:00:00Z",
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: "us-east-1",
    recipientAccountId: "123456789012",
    eventID: "e",
    userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::123456789012:assumed-role/web/s" },
    ...change,
  });
}

const said = (list: ReturnType<typeof needs>) =>
  list.map(({ action, resource }) => `${action} ${resource}`);
const on = (...arns: string[]) => ({ resources: arns.map((ARN) => ({ ARN })) });

describe("Parameter Store", () => {
  test("by the ARNs of the vault's events, with the key that was used", () => {
    const read = needs("ssm", "GetParameter", {
      ...on(`${start}:parameter/a`, key),
      requestParameters: { name: "/a:3" },
    });
    expect(said(read)).toEqual([`ssm:GetParameter ${start}:parameter/a`, `kms:Decrypt ${key}`]);
    expect(read[1]).toMatchObject({
      isCertain: true,
      keys: {
        "kms:ViaService": "ssm.us-east-1.amazonaws.com",
        "kms:EncryptionContext:PARAMETER_ARN": `${start}:parameter/a`,
      },
    });
  });

  test("by the names of AWS's events", () => {
    expect(
      said(needs("ssm", "GetParameters", { requestParameters: { names: ["/a:2", "b"] } })),
    ).toEqual([`ssm:GetParameters ${start}:parameter/a`, `ssm:GetParameters ${start}:parameter/b`]);
  });

  test("a path is asked for by itself, whatever was found below it", () => {
    const read = needs("ssm", "GetParametersByPath", {
      ...on(`${start}:parameter/app/`, `${start}:parameter/app/a`),
      requestParameters: { path: "/app/", recursive: true },
    });
    expect(read).toMatchObject([
      {
        action: "ssm:GetParametersByPath",
        resource: `${start}:parameter/app/`,
        keys: { "ssm:Recursive": "true" },
      },
    ]);
  });

  test("a new parameter's tags take a permission of their own", () => {
    const put = needs("ssm", "PutParameter", {
      ...on(`${start}:parameter/a`),
      requestParameters: { name: "/a", tags: [{}] },
    });
    expect(put.map(({ action }) => action)).toEqual(["ssm:PutParameter", "ssm:AddTagsToResource"]);
    expect(said(needs("ssm", "DescribeParameters"))).toEqual([`ssm:DescribeParameters ${start}:*`]);
  });
});

describe("Secrets Manager", () => {
  test("reads ask for the current version unless they name another", () => {
    expect(needs("secretsmanager", "GetSecretValue", on(secret))[0]?.keys).toEqual({
      "secretsmanager:VersionStage": "AWSCURRENT",
    });
    const old = { requestParameters: { secretId: "x", versionId: "v1" } };
    expect(needs("secretsmanager", "GetSecretValue", old)).toMatchObject([
      { resource: "x", keys: { "secretsmanager:VersionId": "v1" } },
    ]);
  });

  test("lists and batches are asked on everything, batches on each secret too", () => {
    expect(
      said(needs("secretsmanager", "ListSecrets", on(`${secret.split(":secret")[0]}:*`))),
    ).toEqual(["secretsmanager:ListSecrets *"]);
    expect(said(needs("secretsmanager", "BatchGetSecretValue", on(secret)))).toEqual([
      "secretsmanager:BatchGetSecretValue *",
      `secretsmanager:GetSecretValue ${secret}`,
    ]);
  });
});

test("KMS by its own events, also those that AWS makes for a service", () => {
  const made = needs("kms", "Decrypt", {
    ...on(key),
    requestParameters: { encryptionContext: { SecretARN: secret } },
    userIdentity: { type: "AssumedRole", invokedBy: "secretsmanager.amazonaws.com" },
  });
  expect(made).toMatchObject([
    {
      action: "kms:Decrypt",
      resource: key,
      isCertain: true,
      keys: {
        "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
        "kms:EncryptionContext:SecretARN": secret,
      },
    },
  ]);
  expect(said(needs("kms", "ReEncrypt", on(key)))).toEqual([
    `kms:ReEncryptFrom ${key}`,
    `kms:ReEncryptTo ${key}`,
  ]);
  expect(said(needs("kms", "ListKeys"))).toEqual(["kms:ListKeys *"]);
});

test("what nobody needs a permission for needs none, and an unknown resource stays unknown", () => {
  expect(needs("sts", "GetCallerIdentity")).toEqual([]);
  const roleArn = "arn:aws:iam::123456789012:role/web";
  expect(said(needs("sts", "AssumeRole", { requestParameters: { roleArn } }))).toEqual([
    `sts:AssumeRole ${roleArn}`,
  ]);
  expect(said(needs("iam", "GetRole"))).toEqual(["iam:GetRole undefined"]);
  expect(said(needs("iam", "GetRole", on(roleArn)))).toEqual([`iam:GetRole ${roleArn}`]);
});
