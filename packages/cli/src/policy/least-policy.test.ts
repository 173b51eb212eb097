import { compilePolicy } from "@claviger/vault/authorization";
import { describe, expect, test } from "vitest";
import { printDocument } from "./document.ts";
import { type Found, leastPolicy } from "./least-policy.ts";

const ssmArn = "arn:aws:ssm:us-east-1:123456789012:parameter";
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

function parameter(change: Partial<Found> = {}): Found {
  return {
    service: "ssm",
    arn: `${ssmArn}/weatherproject/apiToken`,
    isPath: false,
    isThere: true,
    keyArns: [],
    tiers: ["Standard"],
    ...change,
  };
}

function secret(change: Partial<Found> = {}): Found {
  return {
    service: "secretsmanager",
    arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/x-AbCdEf",
    isPath: false,
    isThere: true,
    keyArns: [],
    tiers: [],
    ...change,
  };
}

describe("reading", () => {
  test("a parameter under AWS's key takes one statement on its exact ARN", () => {
    expect(leastPolicy("read", [parameter()])).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadParameters",
          Effect: "Allow",
          Action: ["ssm:GetParameter", "ssm:GetParameters"],
          Resource: `${ssmArn}/weatherproject/apiToken`,
        },
      ],
    });
  });

  test("a path is read by itself, in both spellings, and what is below it", () => {
    const { Statement } = leastPolicy("read", [
      parameter({ arn: `${ssmArn}/app/prod/*`, isPath: true }),
    ]);
    expect(Statement[1]).toMatchObject({
      Action: "ssm:GetParametersByPath",
      Resource: [`${ssmArn}/app/prod`, `${ssmArn}/app/prod/*`],
    });
    const root = leastPolicy("read", [parameter({ arn: `${ssmArn}/*`, isPath: true })]);
    expect(root.Statement[1]?.Resource).toBe(`${ssmArn}/*`);
  });

  test("the customer's own key is used only through its service and for these values", () => {
    const { Statement } = leastPolicy("read", [
      parameter({ keyArns: [keyArn] }),
      secret({ keyArns: [keyArn] }),
      secret({ arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/y-??????" }),
    ]);
    expect(Statement.slice(2)).toEqual([
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: {
          StringEquals: {
            "kms:ViaService": "ssm.us-east-1.amazonaws.com",
            "kms:EncryptionContext:PARAMETER_ARN": `${ssmArn}/weatherproject/apiToken`,
          },
        },
      },
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: {
          StringEquals: {
            "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
            "kms:EncryptionContext:SecretARN": secret().arn,
          },
        },
      },
    ]);
  });

  test("a path under the customer's key is bound by its pattern", () => {
    const { Statement } = leastPolicy("read", [
      parameter({ arn: `${ssmArn}/app/*`, isPath: true, keyArns: [keyArn] }),
    ]);
    expect(Statement[2]?.Condition).toEqual({
      StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" },
      StringLike: { "kms:EncryptionContext:PARAMETER_ARN": `${ssmArn}/app/*` },
    });
  });
});

describe("writing", () => {
  test("encrypts under the key as the parameter's tier does, and does not read", () => {
    const standard = leastPolicy("write", [parameter({ keyArns: [keyArn] })]);
    expect(standard.Statement.map(({ Action }) => Action)).toEqual([
      "ssm:PutParameter",
      "kms:Encrypt",
    ]);
    const advanced = leastPolicy("write", [parameter({ keyArns: [keyArn], tiers: ["Advanced"] })]);
    expect(advanced.Statement[1]?.Action).toBe("kms:GenerateDataKey");
  });

  test("a secret that isn't there yet may be made", () => {
    const { Statement } = leastPolicy("write", [secret({ isThere: false })]);
    expect(Statement[0]?.Action).toContain("secretsmanager:CreateSecret");
    expect(leastPolicy("write", [secret()]).Statement[0]?.Action).not.toContain(
      "secretsmanager:CreateSecret",
    );
  });
});

test("rotation moves the staging labels and makes passwords", () => {
  const { Statement } = leastPolicy("rotate", [secret()]);
  expect(Statement[0]?.Action).toContain("secretsmanager:UpdateSecretVersionStage");
  expect(Statement[1]).toMatchObject({ Action: "secretsmanager:GetRandomPassword", Resource: "*" });
});

test("IAM takes every one of them", () => {
  for (const purpose of ["read", "write", "rotate"] as const) {
    const found = [
      parameter({ keyArns: [keyArn] }),
      parameter({ arn: `${ssmArn}/app/*`, isPath: true, tiers: ["Standard", "Advanced"] }),
      secret({ keyArns: [keyArn] }),
      secret({ isThere: false }),
    ];
    expect(() =>
      compilePolicy(printDocument(leastPolicy(purpose, found)), "identity"),
    ).not.toThrow();
  }
});
