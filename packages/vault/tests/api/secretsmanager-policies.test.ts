/** Resource policies of secrets through the AWS SDK: who is let in, from this and other accounts. */
import { PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { SecretsManager as Client, type SecretsManager } from "@aws-sdk/client-secrets-manager";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { refusal } from "./refusal.fixture.ts";
import { allow, policyOf, type SecretsFixture, startSecrets } from "./secretsmanager.fixture.ts";

const started = startSecrets();
let fixture: SecretsFixture;
let root: SecretsManager;
let SecretId: string;
let count = 0;
beforeAll(() => {
  fixture = started();
  ({ root } = fixture);
});
beforeEach(async () => {
  SecretId = (await root.createSecret({ Name: `s${count++}`, SecretString: "v" })).ARN ?? "";
});

const account = "123456789012";
const lettingIn = (AWS: string | string[], actions: string | string[] = "GetSecretValue") =>
  policyOf(allow(actions, { Principal: { AWS } }));
const put = (ResourcePolicy: string, more: object = {}) =>
  root.putResourcePolicy({ SecretId, ResourcePolicy, ...more });

describe("within the account", () => {
  test("a policy lets in whom no other policy does, and keeps out whom others let in", async () => {
    const { arn, secrets } = await fixture.user("guest");
    expect(await refusal(secrets.getSecretValue({ SecretId }))).toMatch(/^AccessDenied/);
    const { ARN, Name } = await put(lettingIn(arn));
    expect(ARN).toBe(SecretId);
    expect((await secrets.getSecretValue({ SecretId })).SecretString).toBe("v");
    // By its name too: whoever asks is of this account.
    expect((await secrets.getSecretValue({ SecretId: Name })).SecretString).toBe("v");

    const { secrets: admin } = await fixture.user("admin", allow("*"));
    await admin.getSecretValue({ SecretId });
    const Deny = { Effect: "Deny", NotPrincipal: { AWS: [arn, `arn:aws:iam::${account}:root`] } };
    await put(policyOf(allow("GetSecretValue", Deny)));
    expect(await refusal(admin.getSecretValue({ SecretId }))).toMatch(
      /with an explicit deny in a resource-based policy$/,
    );
    await root.deleteResourcePolicy({ SecretId });
    await admin.getSecretValue({ SecretId });
  });

  test("every operation on the secret is asked against it", async () => {
    const { arn, secrets } = await fixture.user("operator");
    const actions = [
      "DescribeSecret",
      "ListSecretVersionIds",
      "PutSecretValue",
      "TagResource",
      "UpdateSecret",
      "GetResourcePolicy",
    ];
    await put(lettingIn(arn, actions));
    await secrets.describeSecret({ SecretId });
    await secrets.listSecretVersionIds({ SecretId });
    await secrets.putSecretValue({ SecretId, SecretString: "w" });
    await secrets.tagResource({ SecretId, Tags: [{ Key: "k", Value: "v" }] });
    await secrets.updateSecret({ SecretId, Description: "d" });
    await secrets.getResourcePolicy({ SecretId });
    expect(await refusal(secrets.deleteSecret({ SecretId }))).toMatch(/^AccessDenied/);
  });

  test("whoever takes a name over is not let in by it", async () => {
    const first = await fixture.user("successor");
    await put(lettingIn(first.arn));
    await first.secrets.getSecretValue({ SecretId });
    const { iam } = fixture;
    await iam.deleteAccessKey({ UserName: "successor", AccessKeyId: first.accessKeyId });
    const { User } = await iam.getUser({ UserName: "successor" });
    await iam.deleteUser({ UserName: "successor" });
    const second = await fixture.user("successor");
    expect(second.arn).toBe(first.arn);
    expect(await refusal(second.secrets.getSecretValue({ SecretId }))).toMatch(/^AccessDenied/);
    const { ResourcePolicy = "" } = await root.getResourcePolicy({ SecretId });
    expect(JSON.parse(ResourcePolicy).Statement[0].Principal).toEqual({ AWS: User?.UserId });
    expect(await refusal(put(ResourcePolicy))).toBe(
      "MalformedPolicyDocumentException: This resource policy contains an unsupported principal.",
    );
  });

  test("it is shown as it was put, and not at all where there is none", async () => {
    const { ResourcePolicy, ...rest } = await root.getResourcePolicy({ SecretId });
    expect(ResourcePolicy).toBeUndefined();
    expect(rest).toMatchObject({ ARN: SecretId, Name: expect.any(String) });
    const document = `  ${lettingIn(account)}\n`;
    await put(document);
    expect((await root.getResourcePolicy({ SecretId })).ResourcePolicy).toBe(document);
    await root.deleteResourcePolicy({ SecretId });
    await root.deleteResourcePolicy({ SecretId });
    expect((await root.getResourcePolicy({ SecretId })).ResourcePolicy).toBeUndefined();
    await root.deleteSecret({ SecretId });
    expect(await refusal(root.getResourcePolicy({ SecretId }))).toMatch(/marked for deletion/);
  });
});

describe("what is refused", () => {
  test.each([
    ["no JSON", "{", "syntax error"],
    [
      "an effect of its own",
      policyOf({ ...allow("*", { Principal: "*" }), Effect: "Perhaps" }),
      "syntax error",
    ],
    ["no principal", policyOf(allow("*")), "syntax error"],
    [
      "nobody's ARN",
      lettingIn(`arn:aws:iam::${account}:user/nobody-there`),
      "unsupported principal",
    ],
    ["no ARN", lettingIn("nobody"), "unsupported principal"],
    ["a unique id", lettingIn("AIDAQ3EGRWVQZ2EXAMPLE"), "unsupported principal"],
  ])("%s", async (_, document, problem) => {
    const message = `MalformedPolicyDocumentException: This resource policy contains a${problem.startsWith("u") ? "n" : ""} ${problem}.`;
    expect(await refusal(put(document))).toBe(message);
    expect(await refusal(root.validateResourcePolicy({ SecretId, ResourcePolicy: document }))).toBe(
      message,
    );
    expect((await root.getResourcePolicy({ SecretId })).ResourcePolicy).toBeUndefined();
  });

  test("20,480 characters at most", async () => {
    const padding = (length: number) => lettingIn(account).padEnd(length);
    await put(padding(20_480));
    expect(await refusal(put(padding(20_481)))).toMatch(
      /^ValidationException: .*length less than or equal to 20480/,
    );
  });

  const open = (Condition?: object) =>
    policyOf(allow("GetSecretValue", { Principal: "*", ...(Condition && { Condition }) }));
  const publicMessage =
    "You can't attach a resource-based policy that allows broad access to the secret.";

  test.each([
    ["no condition", undefined],
    ["a wildcard", { StringLike: { "aws:SourceAccount": "*" } }],
    ["a key that may be absent", { StringEqualsIfExists: { "aws:SourceAccount": account } }],
    ["a key that narrows nothing", { Bool: { "aws:SecureTransport": "true" } }],
    ["half the internet", { IpAddress: { "aws:SourceIp": "0.0.0.0/1" } }],
  ])("the whole world, with BlockPublicPolicy: %s", async (_, condition) => {
    const document = open(condition);
    expect(await refusal(put(document, { BlockPublicPolicy: true }))).toBe(
      `PublicPolicyException: ${publicMessage}`,
    );
    const { PolicyValidationPassed, ValidationErrors } = await root.validateResourcePolicy({
      SecretId,
      ResourcePolicy: document,
    });
    expect(PolicyValidationPassed).toBe(false);
    expect(ValidationErrors).toEqual([
      { CheckName: expect.any(String), ErrorMessage: publicMessage },
    ]);
    await put(document);
  });

  test.each([
    [{ StringEquals: { "aws:SourceAccount": account } }],
    [{ StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } }],
    [{ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }],
  ])("not what is narrowed to fixed values: %j", async (condition) => {
    await put(open(condition), { BlockPublicPolicy: true });
    expect(await root.validateResourcePolicy({ ResourcePolicy: open(condition) })).toMatchObject({
      PolicyValidationPassed: true,
      ValidationErrors: [],
    });
  });

  test("locking oneself out", async () => {
    const lockout = policyOf({ ...allow("*", { Principal: "*" }), Effect: "Deny" });
    const message =
      "Your requested changes will not allow you to manage this secret in the future.";
    expect(await refusal(put(lockout))).toBe(`MalformedPolicyDocumentException: ${message}`);
    const { ValidationErrors } = await root.validateResourcePolicy({
      SecretId,
      ResourcePolicy: lockout,
    });
    expect(ValidationErrors?.map(({ ErrorMessage }) => ErrorMessage)).toEqual([message]);
  });

  test("by secretsmanager:BlockPublicPolicy, whoever does not ask for the check", async () => {
    const { secrets } = await fixture.user(
      "blocked",
      allow("PutResourcePolicy", {
        Condition: { Bool: { "secretsmanager:BlockPublicPolicy": "true" } },
      }),
      allow("PutResourcePolicy", { Resource: "arn:aws:secretsmanager:us-east-1:*:secret:other-*" }),
    );
    const ResourcePolicy = lettingIn(account, ["GetSecretValue", "PutResourcePolicy"]);
    expect(await refusal(secrets.putResourcePolicy({ SecretId, ResourcePolicy }))).toMatch(
      /^AccessDenied/,
    );
  });
});

describe("another account", () => {
  let visitor: SecretsManager;
  let visitorArn: string;
  let client: ConstructorParameters<typeof Client>[0];
  let KmsKeyId: string;
  beforeAll(async () => {
    const other = await fixture.account("visitors");
    const made = await other.user("visitor", allow("*"), {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
    });
    visitor = made.secrets;
    visitorArn = made.arn;
    client = made.client;
    const { KeyMetadata } = await fixture.kms.createKey({});
    KmsKeyId = KeyMetadata?.Arn ?? "";
    await fixture.kms.send(
      new PutKeyPolicyCommand({
        KeyId: KmsKeyId,
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { AWS: [`arn:aws:iam::${account}:root`, visitorArn] },
              Action: "kms:*",
              Resource: "*",
            },
          ],
        }),
      }),
    );
  });

  test("reads by the whole ARN what both sides let it read, under a key that lets it in", async () => {
    const { ARN = "", Name } = await root.createSecret({
      Name: "shared",
      SecretString: "shared value",
      KmsKeyId,
    });
    const denied = await refusal(visitor.getSecretValue({ SecretId: ARN }));
    expect(denied).toMatch(/because no resource-based policy allows/);
    await root.putResourcePolicy({
      SecretId: ARN,
      ResourcePolicy: lettingIn(visitorArn, ["GetSecretValue", "PutSecretValue", "DescribeSecret"]),
    });
    const { SecretString } = await visitor.getSecretValue({ SecretId: ARN });
    expect(SecretString).toBe("shared value");
    expect((await visitor.describeSecret({ SecretId: ARN })).Name).toBe(Name);
    await visitor.putSecretValue({ SecretId: ARN, SecretString: "put from outside" });
    expect((await root.getSecretValue({ SecretId: ARN })).SecretString).toBe("put from outside");
    const { SecretValues } = await visitor.batchGetSecretValue({ SecretIdList: [ARN] });
    expect(SecretValues?.[0]?.SecretString).toBe("put from outside");

    for (const part of [Name, ARN.slice(0, -7)]) {
      expect(await refusal(visitor.getSecretValue({ SecretId: part }))).toMatch(
        part === Name ? /^ResourceNotFound/ : /^AccessDenied/,
      );
    }
    expect(await refusal(visitor.deleteSecret({ SecretId: ARN }))).toMatch(/^AccessDenied/);
    const elsewhere = new Client({ ...client, region: "eu-west-1" });
    expect(await refusal(elsewhere.getSecretValue({ SecretId: ARN }))).toMatch(/^AccessDenied/);
  });

  test("is told nothing about what it may not see", async () => {
    const missing = `${SecretId.slice(0, -6)}AAAAAA`;
    const denial = async (id: string) =>
      (await refusal(visitor.getSecretValue({ SecretId: id }))).replaceAll(id, "it");
    expect(await denial(missing)).toBe(await denial(SecretId));
  });

  test("gets nothing that the AWS managed key seals", async () => {
    await put(lettingIn(visitorArn, ["GetSecretValue", "PutSecretValue"]));
    const says =
      "InvalidRequestException: You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.";
    expect(await refusal(visitor.getSecretValue({ SecretId }))).toBe(says);
    expect(await refusal(visitor.putSecretValue({ SecretId, SecretString: "w" }))).toBe(says);
  });
});

test("conditions: the function that rotates a secret", async () => {
  const lambda = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
  const { secrets } = await fixture.user(
    "rotator",
    allow("DescribeSecret", {
      Condition: {
        StringEquals: {
          "secretsmanager:resource/AllowRotationLambdaArn": lambda,
          "secretsmanager:SecretPrimaryRegion": "us-east-1",
        },
      },
    }),
  );
  expect(await refusal(secrets.describeSecret({ SecretId }))).toMatch(/^AccessDenied/);
  await root.rotateSecret({ SecretId, RotationLambdaARN: lambda, RotateImmediately: false });
  await secrets.describeSecret({ SecretId });
});
