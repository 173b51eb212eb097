/** Who may use KMS: every operation is denied without a policy, and conditions count. */
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { SSM } from "@aws-sdk/client-ssm";
import { beforeAll, describe, expect, it } from "vitest";
import type { TestVault } from "../../src/testing/index.ts";
import { Plaintext, startKms } from "./kms.fixture.ts";
import { refusal } from "./refusal.fixture.ts";

const started = startKms();
let vault: TestVault;
let kms: KMS;
let keyId: string;
let keyArn: string;

beforeAll(() => {
  ({ vault, kms, keyId, keyArn } = started());
});

const encrypted = (context?: Record<string, string>) => started().encrypted(context);

describe("access", () => {
  const userArn = "arn:aws:iam::123456789012:user/clerk";
  let clerk: KMS;
  let clerksCredentials: { accessKeyId: string; secretAccessKey: string };

  async function allow(...statements: readonly object[]): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const iam = new IAM({ ...vault.client, region: "us-east-1" });
    await iam.putUserPolicy({ UserName: "clerk", PolicyName: "p", PolicyDocument });
  }

  const nothing = { Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" };

  beforeAll(async () => {
    const iam = new IAM({ ...vault.client, region: "us-east-1" });
    await iam.createUser({ UserName: "clerk" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "clerk" });
    clerksCredentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    };
    clerk = new KMS({ ...vault.client, credentials: clerksCredentials });
  });

  const key = { KeyId: "" };
  beforeAll(() => {
    key.KeyId = keyId;
  });

  const denied = (action: string, resource: string) =>
    `AccessDeniedException: User: ${userArn} is not authorized to perform: kms:${action} ` +
    `on resource: ${resource} because no identity-based policy allows the kms:${action} action`;

  it("is denied for every operation without a policy", async () => {
    await allow(nothing);
    const CiphertextBlob = await encrypted();
    const aliasArn = "arn:aws:kms:us-east-1:123456789012:alias/denied";
    const alias = { AliasName: "alias/denied", TargetKeyId: keyId };
    expect(await refusal(clerk.createKey({}))).toBe(denied("CreateKey", "*"));
    expect(await refusal(clerk.describeKey(key))).toBe(denied("DescribeKey", keyArn));
    expect(await refusal(clerk.listKeys({}))).toBe(denied("ListKeys", "*"));
    expect(await refusal(clerk.createAlias(alias))).toBe(denied("CreateAlias", aliasArn));
    expect(await refusal(clerk.listAliases({}))).toBe(denied("ListAliases", "*"));
    expect(await refusal(clerk.encrypt({ ...key, Plaintext }))).toBe(denied("Encrypt", keyArn));
    const decrypt = { ...key, CiphertextBlob };
    expect(await refusal(clerk.decrypt(decrypt))).toBe(denied("Decrypt", keyArn));
    // Which key made a ciphertext is not told to who may not open it.
    expect(await refusal(clerk.decrypt({ CiphertextBlob }))).toBe(
      denied("Decrypt", keyArn).replace(
        `resource: ${keyArn}`,
        "the resource associated with this ciphertext",
      ),
    );
    expect(await refusal(clerk.generateDataKey({ ...key, KeySpec: "AES_256" }))).toBe(
      denied("GenerateDataKey", keyArn),
    );
  });

  it("to name a key needs the alias and the key", async () => {
    const alias = { AliasName: "alias/two-permits", TargetKeyId: keyId };
    const aliasArn = "arn:aws:kms:us-east-1:123456789012:alias/two-permits";
    const action = "kms:CreateAlias";
    await allow({ Effect: "Allow", Action: action, Resource: aliasArn });
    expect(await refusal(clerk.createAlias(alias))).toBe(denied("CreateAlias", keyArn));
    await allow({ Effect: "Allow", Action: action, Resource: [aliasArn, keyArn] });
    await clerk.createAlias(alias);
  });

  it("to tag a new key needs kms:TagResource", async () => {
    const Tags = [{ TagKey: "team", TagValue: "weather" }];
    await allow({ Effect: "Allow", Action: "kms:CreateKey", Resource: "*" });
    await clerk.createKey({});
    expect(await refusal(clerk.createKey({ Tags }))).toMatch(
      /perform: kms:TagResource on resource/,
    );
    await allow(
      { Effect: "Allow", Action: "kms:CreateKey", Resource: "*" },
      {
        Effect: "Allow",
        Action: "kms:TagResource",
        Resource: "arn:aws:kms:us-east-1:123456789012:key/*",
        Condition: { StringEquals: { "aws:RequestTag/team": "weather" } },
      },
    );
    await clerk.createKey({ Tags });
    const others = [{ TagKey: "team", TagValue: "other" }];
    expect(await refusal(clerk.createKey({ Tags: others }))).toMatch(/perform: kms:TagResource/);
  });

  it("can hang on the encryption context, the alias asked for, and the key's aliases", async () => {
    await kms.createAlias({ AliasName: "alias/conditional", TargetKeyId: keyId });
    const can = async (condition: object, KeyId: string, EncryptionContext = {}) => {
      await allow({
        Effect: "Allow",
        Action: "kms:Encrypt",
        Resource: keyArn,
        Condition: condition,
      });
      const asked = clerk.encrypt({ KeyId, Plaintext, EncryptionContext });
      const said = await asked.then(
        () => "allowed",
        (error: Error) => error.name,
      );
      expect(said).toMatch(/^(allowed|AccessDeniedException)$/);
      return said === "allowed";
    };
    const context = { StringEquals: { "kms:EncryptionContext:app": "weather" } };
    expect(await can(context, keyId, { app: "weather" })).toBe(true);
    expect(await can(context, keyId, { app: "other" })).toBe(false);
    expect(await can(context, keyId)).toBe(false);
    const alias = { StringEquals: { "kms:RequestAlias": "alias/conditional" } };
    expect(await can(alias, "alias/conditional")).toBe(true);
    expect(await can(alias, keyId)).toBe(false);
    const named = (name: string) => ({
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": name },
    });
    expect(await can(named("alias/conditional"), keyId)).toBe(true);
    expect(await can(named("alias/other"), keyId)).toBe(false);
  });

  it("through a service does not open the service's key directly", async () => {
    const ssm = new SSM(vault.client);
    await ssm.putParameter({ Name: "/kms/token", Value: "v", Type: "SecureString" });
    await allow({ Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" });
    const clerksSsm = new SSM({ ...vault.client, credentials: clerksCredentials });
    const read = await clerksSsm.getParameter({ Name: "/kms/token", WithDecryption: true });
    expect(read.Parameter?.Value).toBe("v");

    await allow({ Effect: "Allow", Action: "kms:*", Resource: "*" });
    const asked = clerk.encrypt({ KeyId: "alias/aws/ssm", Plaintext });
    expect(await refusal(asked)).toMatch(
      /because no resource-based policy allows the kms:Encrypt action$/,
    );
    expect((await clerk.describeKey({ KeyId: "alias/aws/ssm" })).KeyMetadata?.KeyManager).toBe(
      "AWS",
    );
  });
});
