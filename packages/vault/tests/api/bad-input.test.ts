/**
 * Inputs that break what an operation's shape declares: each has AWS's code and message in its
 * protocol's form and an audit event, and changes nothing.
 */
import { describe, expect, test } from "vitest";
import { cloudtrail } from "../../src/operations/cloudtrail/service.ts";
import { iam } from "../../src/operations/iam/service.ts";
import { kms } from "../../src/operations/kms/service.ts";
import { secretsmanager } from "../../src/operations/secretsmanager/service.ts";
import { ssm } from "../../src/operations/ssm/service.ts";
import { sts } from "../../src/operations/sts/service.ts";
import {
  asJson,
  type Case,
  expectRefused,
  http,
  meetFurnishedVault,
  titled,
  vault,
} from "./bad-input.fixture.ts";

meetFurnishedVault();

describe("members of the wrong JSON type", () => {
  const cases: readonly Case[] = [
    [
      secretsmanager,
      "GetSecretValue",
      { SecretId: 5 },
      "NUMBER_VALUE can not be converted to a String",
    ],
    [
      secretsmanager,
      "GetSecretValue",
      { SecretId: 1.5 },
      "DECIMAL_VALUE can not be converted to a String",
    ],
    [
      secretsmanager,
      "GetSecretValue",
      { SecretId: true },
      "TRUE_VALUE can not be converted to a String",
    ],
    [
      secretsmanager,
      "GetSecretValue",
      { SecretId: {} },
      "Start of structure or map found where not expected.",
    ],
    [secretsmanager, "GetSecretValue", { SecretId: [] }, "Start of list found where not expected"],
    [
      secretsmanager,
      "ListSecrets",
      { MaxResults: "5" },
      "STRING_VALUE can not be converted to an Integer",
    ],
    [secretsmanager, "ListSecrets", { Filters: "name" }, "Expected list or null"],
    [secretsmanager, "ListSecrets", { Filters: ["name"] }, "Expected null"],
    [
      secretsmanager,
      "DeleteSecret",
      { SecretId: "kept", ForceDeleteWithoutRecovery: "yes" },
      "STRING_VALUE can not be converted to a Boolean",
    ],
    [
      secretsmanager,
      "PutSecretValue",
      { SecretId: "kept", SecretBinary: 5 },
      "NUMBER_VALUE can not be converted to a Blob",
    ],
    [secretsmanager, "PutSecretValue", { SecretId: "kept", SecretString: "\ud800" }, ""],
    [
      ssm,
      "PutParameter",
      { Name: "/kept", Value: 5 },
      "NUMBER_VALUE can not be converted to a String",
    ],
    [
      ssm,
      "DeleteParameters",
      { Names: { 0: "/kept" } },
      "Start of structure or map found where not expected.",
    ],
    [
      kms,
      "Encrypt",
      { KeyId: "alias/aws/ssm", Plaintext: "eA==", EncryptionContext: [] },
      "Start of list found where not expected",
    ],
    [
      kms,
      "Encrypt",
      { KeyId: "alias/aws/ssm", Plaintext: "eA==", EncryptionContext: { a: 5 } },
      "NUMBER_VALUE can not be converted to a String",
    ],
    [
      cloudtrail,
      "LookupEvents",
      { StartTime: "yesterday" },
      "STRING_VALUE can not be converted to milliseconds since epoch",
    ],
  ];

  test.each(titled(cases))("%s", async (_, service, operation, input, message) => {
    await expectRefused(() => http.json(service, operation, JSON.stringify(input)), {
      status: 400,
      code: "SerializationException",
      message,
    });
  });
});

describe("values that break a constraint", () => {
  const token = "11111111-2222-3333-4444-555555555555";
  const constraint = (says: string) => `1 validation error detected: ${says}`;
  const atMost = (member: string, limit: number) =>
    new RegExp(
      `^1 validation error detected: Value (?:'.*' )?at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${limit}$`,
    );
  const secretName =
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
  const secretValue = { SecretId: "kept", ClientRequestToken: token };
  const cases: readonly Case[] = [
    [
      secretsmanager,
      "GetSecretValue",
      {},
      constraint("Value null at 'secretId' failed to satisfy constraint: Member must not be null"),
    ],
    [secretsmanager, "CreateSecret", { Name: "a b", ClientRequestToken: token }, secretName],
    [
      secretsmanager,
      "CreateSecret",
      { Name: "../../root.key\0", ClientRequestToken: token },
      secretName,
    ],
    [secretsmanager, "CreateSecret", { Name: "a".repeat(513) }, atMost("name", 512)],
    [
      secretsmanager,
      "CreateSecret",
      { Name: "new", ClientRequestToken: "short" },
      /Member must have length greater than or equal to 32$/,
    ],
    [
      secretsmanager,
      "PutSecretValue",
      { ...secretValue, SecretString: "a".repeat(65_537) },
      atMost("secretString", 65_536),
    ],
    [
      secretsmanager,
      "PutSecretValue",
      { ...secretValue, SecretString: "é".repeat(40_000) },
      atMost("secretString", 65_536),
    ],
    [
      secretsmanager,
      "PutSecretValue",
      { ...secretValue, SecretBinary: Buffer.alloc(65_537).toString("base64") },
      atMost("secretBinary", 65_536),
    ],
    [
      secretsmanager,
      "ListSecrets",
      { MaxResults: 101 },
      /^1 validation error detected: Value '101' at 'maxResults' .* less than or equal to 100$/,
    ],
    [
      secretsmanager,
      "ListSecrets",
      { SortOrder: "up" },
      constraint(
        "Value 'up' at 'sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [asc, desc]",
      ),
    ],
    [
      ssm,
      "PutParameter",
      { Name: "a b", Value: "x", Type: "String" },
      /^Parameter name: can't be prefixed with "ssm"/,
    ],
    [
      ssm,
      "PutParameter",
      { Name: "/a//b", Value: "x", Type: "String" },
      /^Parameter name: can't be prefixed with "ssm"/,
    ],
    [
      ssm,
      "PutParameter",
      { Name: "/kept", Value: "x", Type: "Sting", Overwrite: true },
      constraint(
        "Value 'Sting' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]",
      ),
    ],
    [
      ssm,
      "PutParameter",
      { Name: "/kept", Value: "é".repeat(2049), Overwrite: true },
      /^Standard tier parameters support a maximum parameter value of 4096 characters\./,
    ],
    [
      ssm,
      "PutParameter",
      { Name: "/kept", Value: "a".repeat(8193), Tier: "Advanced", Overwrite: true },
      /maximum parameter value of 8192 characters\.$/,
    ],
    [
      ssm,
      "GetParameters",
      { Names: "abcdefghijk".split("") },
      /^1 validation error detected: Value '\[a, b, c, .*\]' at 'names' .* length less than or equal to 10$/,
    ],
    [
      kms,
      "Encrypt",
      { KeyId: "alias/aws/ssm", Plaintext: Buffer.alloc(4097).toString("base64") },
      atMost("plaintext", 4096),
    ],
    [
      kms,
      "CreateAlias",
      { AliasName: "alias/a b", TargetKeyId: "x" },
      /^1 validation error detected: Value 'alias\/a b' at 'aliasName' .* pattern: \^\[a-zA-Z0-9:\/_-\]\+\$$/,
    ],
  ];

  test.each(titled(cases))("%s", async (_, service, operation, input, message) => {
    await expectRefused(() => http.json(service, operation, JSON.stringify(input)), {
      status: 400,
      code: "ValidationException",
      message,
    });
  });
});

describe("hostile forms", () => {
  const user = `Action=CreateUser&Version=${iam.version}&UserName=eve`;
  const role = `Action=CreateRole&Version=${iam.version}&RoleName=eve`;
  const assume = `Action=AssumeRole&Version=${sts.version}`;
  const documentOf = (text: string) => `&AssumeRolePolicyDocument=${encodeURIComponent(text)}`;

  test.each([
    ["a parameter twice", iam, `${user}&UserName=mallory`, "A parameter is given more than once."],
    ["bad escapes", iam, `${user}%zz`, "A parameter is not correctly URL-encoded UTF-8."],
    [
      "bytes that are no UTF-8",
      iam,
      `${user}%ff`,
      "A parameter is not correctly URL-encoded UTF-8.",
    ],
    [
      "a list without numbers",
      iam,
      `${user}&Tags.member.x.Key=a`,
      "A list's member has no number.",
    ],
    ["text in place of a list", iam, `${user}&Tags=a`, "Expected list or null"],
    ["text in place of a structure", iam, `${user}&Tags.member.1=a`, "Expected null"],
    [
      "depth without end",
      iam,
      `${user}&a${".a".repeat(5000)}=1`,
      "A parameter's name has too many parts.",
    ],
    [
      "parameters without end",
      iam,
      user + "&".concat(Array.from({ length: 5000 }, (_, at) => `p${at}`).join("&")),
      "A request has at most 5000 parameters.",
    ],
    ["words for a number", iam, `${role}&MaxSessionDuration=long`, ""],
    ["a fraction", sts, `${assume}&DurationSeconds=900.5`, ""],
  ])("%s", async (_, service, sent, message) => {
    await expectRefused(() => http.form(service, sent), {
      status: 400,
      code: "MalformedInput",
      message,
    });
  });

  test.each([
    [
      "a name out of pattern",
      iam,
      `${user}%2F..%2Froot`,
      "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    ],
    [
      "a name too long",
      iam,
      user + "e".repeat(62),
      "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
    ],
    [
      "a member missing",
      iam,
      role,
      "1 validation error detected: Value at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null",
    ],
    [
      "a number too small",
      sts,
      `${assume}&RoleArn=arn:aws:iam::123456789012:role/eve&RoleSessionName=eve&DurationSeconds=899`,
      "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
    [
      "an ARN that is none",
      sts,
      `${assume}&RoleArn=this-is-no-arn-at-all&RoleSessionName=eve`,
      "this-is-no-arn-at-all is invalid",
    ],
  ])("%s", async (_, service, sent, message) => {
    await expectRefused(() => http.form(service, sent), {
      status: 400,
      code: "ValidationError",
      message,
    });
  });

  test.each(["{", "{}", '{"Statement":[]}', "[".repeat(100_000), "é", '"text"'])(
    "the policy %.20j",
    async (text) => {
      await expectRefused(() => http.form(iam, role + documentOf(text)), {
        status: 400,
        code: "MalformedPolicyDocument",
        message: /./,
        trailCode: "MalformedPolicyDocumentException",
      });
    },
  );

  test("names of JavaScript's own mean nothing", async () => {
    const magic = "&__proto__.UserName=eve&constructor.prototype.x=1&toString=1";
    const asked = await http.form(iam, `Action=ListUsers&Version=${iam.version}${magic}`);
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining("<Users></Users>")]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

test("a stranger to a region makes no key there by asking for it", async () => {
  const created = await http.form(iam, `Action=CreateUser&Version=${iam.version}&UserName=nobody`);
  expect(created.status).toBe(200);
  const { text } = await http.form(
    iam,
    `Action=CreateAccessKey&Version=${iam.version}&UserName=nobody`,
  );
  const nobody = {
    accessKeyId: /<AccessKeyId>(.*)<\/AccessKeyId>/.exec(text)?.[1] ?? "",
    secretAccessKey: /<SecretAccessKey>(.*)<\/SecretAccessKey>/.exec(text)?.[1] ?? "",
  };
  const inIreland = (operation: string, input: unknown, keys = vault.credentials) =>
    http.signed(
      {
        service: "kms",
        region: "eu-west-1",
        headers: { ...asJson, "x-amz-target": `TrentService.${operation}` },
        body: JSON.stringify(input),
      },
      keys,
    );
  const KeyId = "alias/aws/ssm";
  for (const [operation, input] of [
    ["DescribeKey", { KeyId }],
    ["Encrypt", { KeyId, Plaintext: "eA==" }],
  ] as const) {
    expect((await inIreland(operation, input, nobody)).status).toBe(400);
  }
  expect(JSON.parse((await inIreland("ListKeys", {})).text)).toMatchObject({ Keys: [] });
});
