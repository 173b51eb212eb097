import { randomBytes } from "node:crypto";
import { IAM } from "@aws-sdk/client-iam";
import { type EncryptionAlgorithmSpec, KMS, type KMSServiceException } from "@aws-sdk/client-kms";
import { SSM } from "@aws-sdk/client-ssm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";

let vault: TestVault;
let kms: KMS;
let keyId: string;
let keyArn: string;

beforeAll(async () => {
  vault = await startVault();
  kms = new KMS(vault.client);
  const { KeyMetadata } = await kms.createKey({});
  keyId = KeyMetadata?.KeyId ?? "";
  keyArn = KeyMetadata?.Arn ?? "";
});

afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

/** "Code: message" of what a request is refused with. */
async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    const { name, message } = error as KMSServiceException;
    return `${name}: ${message}`;
  }
  throw new Error("was not refused");
}

const unknownId = "99999999-9999-9999-9999-999999999999";
const unknownKey = `NotFoundException: Key 'arn:aws:kms:us-east-1:123456789012:key/${unknownId}' does not exist`;
const Plaintext = Buffer.from("sk_live_51H8example");

async function encrypted(EncryptionContext: Record<string, string> = {}): Promise<Uint8Array> {
  const { CiphertextBlob } = await kms.encrypt({ KeyId: keyId, Plaintext, EncryptionContext });
  if (CiphertextBlob === undefined) throw new Error("no ciphertext");
  return CiphertextBlob;
}

describe("CreateKey", () => {
  it("answers with all there is to know of the key", async () => {
    const before = new Date();
    const { KeyMetadata } = await kms.createKey({ Description: "test key 123" });
    const id = KeyMetadata?.KeyId;
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(KeyMetadata).toEqual({
      AWSAccountId: vault.accountId,
      KeyId: id,
      Arn: `arn:aws:kms:us-east-1:${vault.accountId}:key/${id}`,
      CreationDate: expect.any(Date),
      Enabled: true,
      Description: "test key 123",
      KeyUsage: "ENCRYPT_DECRYPT",
      KeyState: "Enabled",
      Origin: "AWS_KMS",
      KeyManager: "CUSTOMER",
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      KeySpec: "SYMMETRIC_DEFAULT",
      EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
      MultiRegion: false,
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(KeyMetadata?.CreationDate?.getTime()).toBeGreaterThanOrEqual(before.getTime() - 1);
  });

  it("takes what means a symmetric key, and the defaults by name", async () => {
    const { KeyMetadata } = await kms.createKey({
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      KeyUsage: "ENCRYPT_DECRYPT",
      Origin: "AWS_KMS",
      MultiRegion: false,
      BypassPolicyLockoutSafetyCheck: false,
      Tags: [{ TagKey: "team", TagValue: "weather" }],
    });
    expect(KeyMetadata?.KeySpec).toBe("SYMMETRIC_DEFAULT");
  });

  it.each([
    [
      { KeySpec: "SYMMETRIC_DEFAULT", CustomerMasterKeySpec: "SYMMETRIC_DEFAULT" },
      /^ValidationException: You cannot specify KeySpec and CustomerMasterKeySpec in the same request/,
    ],
    [
      { KeySpec: "HMAC_256" },
      /^ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys\.$/,
    ],
    [{ KeySpec: "HMAC_random" }, /^ValidationException: 1 validation error detected: Value 'HMAC_/],
    [{ KeyUsage: "SIGN_VERIFY" }, /^ValidationException: KeyUsage SIGN_VERIFY is not compatible/],
    [
      { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" },
      /^UnsupportedOperationException: KeySpec RSA_2048 is not supported by this vault/,
    ],
    [{ Origin: "EXTERNAL" }, /^ValidationException: Origin EXTERNAL is not supported/],
    [{ MultiRegion: true }, /^ValidationException: MultiRegion is not supported/],
    [{ Policy: "{}" }, /^ValidationException: Policy is not supported/],
    [
      { BypassPolicyLockoutSafetyCheck: true },
      /^ValidationException: BypassPolicyLockoutSafetyCheck is not supported/,
    ],
    [{ CustomKeyStoreId: "cks-1" }, /^ValidationException: CustomKeyStoreId is not supported/],
    [{ XksKeyId: "xks-1" }, /^ValidationException: XksKeyId is not supported/],
    [{ Description: "d".repeat(8193) }, /^ValidationException: 1 validation error detected/],
  ])("refuses %j and makes nothing", async (input, says) => {
    const count = async () => (await kms.listKeys({ Limit: 1000 })).Keys?.length;
    const before = await count();
    expect(await refusal(kms.createKey(input as object))).toMatch(says);
    expect(await count()).toBe(before);
  });

  const tag = (TagKey: string, TagValue = "v") => ({ TagKey, TagValue });
  it.each([
    [[tag("a"), tag("a")], "TagException: Duplicate tag keys"],
    [[tag("aws:a")], "TagException: Tags beginning with aws: are reserved"],
    [[tag("AWS:a")], "TagException: Tags beginning with aws: are reserved"],
    [Array.from({ length: 51 }, (_, at) => tag(`k${at}`)), "TagException: Too many tags"],
    [
      [tag("k", "v".repeat(257))],
      `ValidationException: 1 validation error detected: Value '${"v".repeat(257)}' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256`,
    ],
  ])("refuses bad tags", async (Tags, says) => {
    expect(await refusal(kms.createKey({ Tags }))).toBe(says);
  });
});

describe("DescribeKey", () => {
  it("tells the same by id, ARN, alias and alias' ARN", async () => {
    await kms.createAlias({ AliasName: "alias/described", TargetKeyId: keyId });
    const byId = (await kms.describeKey({ KeyId: keyId })).KeyMetadata;
    expect(byId?.Arn).toBe(keyArn);
    const aliasArn = `arn:aws:kms:us-east-1:${vault.accountId}:alias/described`;
    for (const KeyId of [keyArn, "alias/described", aliasArn]) {
      expect((await kms.describeKey({ KeyId })).KeyMetadata).toEqual(byId);
    }
  });

  it("makes an AWS alias' key when it is first described", async () => {
    const eu = new KMS({ ...vault.client, region: "eu-west-1" });
    const { KeyMetadata } = await eu.describeKey({ KeyId: "alias/aws/ssm" });
    expect(KeyMetadata?.KeyManager).toBe("AWS");
    expect((await eu.describeKey({ KeyId: "alias/aws/ssm" })).KeyMetadata).toEqual(KeyMetadata);
  });

  it.each([
    [unknownId, unknownKey],
    ["fake-key-id", "NotFoundException: Invalid keyId 'fake-key-id'"],
    [
      "alias/none",
      "NotFoundException: Alias arn:aws:kms:us-east-1:123456789012:alias/none is not found.",
    ],
    [
      `arn:aws:kms:ap-southeast-1:123456789012:key/${unknownId}`,
      "NotFoundException: Invalid arn ap-southeast-1",
    ],
    [
      `arn:aws:kms:us-east-1:210987654321:key/${unknownId}`,
      `AccessDeniedException: User: arn:aws:iam::123456789012:root is not authorized to perform: kms:DescribeKey on resource: arn:aws:kms:us-east-1:210987654321:key/${unknownId} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    ],
  ])("refuses %s as AWS does", async (KeyId, says) => {
    expect(await refusal(kms.describeKey({ KeyId }))).toBe(says);
  });

  it("refuses grant tokens by name", async () => {
    const asked = kms.describeKey({ KeyId: keyId, GrantTokens: ["t"] });
    expect(await refusal(asked)).toMatch(/^ValidationException: GrantTokens is not supported/);
  });
});

describe("ListKeys", () => {
  it("gives every key once, page by page", async () => {
    const us2 = new KMS({ ...vault.client, region: "us-east-2" });
    const made: (string | undefined)[] = [];
    for (let count = 0; count < 5; count++) {
      made.push((await us2.createKey({})).KeyMetadata?.KeyId);
    }
    const first = await us2.listKeys({ Limit: 3 });
    expect(first).toMatchObject({ Truncated: true, NextMarker: expect.any(String) });
    const second = await us2.listKeys({ Limit: 3, Marker: first.NextMarker });
    expect(second.Truncated).toBe(false);
    expect(second.NextMarker).toBeUndefined();
    const listed = [...(first.Keys ?? []), ...(second.Keys ?? [])];
    expect(listed.map(({ KeyId }) => KeyId)).toEqual(made.sort());
    expect(listed[0]?.KeyArn).toBe(`arn:aws:kms:us-east-2:${vault.accountId}:key/${made[0]}`);
  });

  it("refuses a limit or a marker that is none", async () => {
    expect(await refusal(kms.listKeys({ Limit: 1001 }))).toBe(
      "ValidationException: 1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
    );
    expect(await refusal(kms.listKeys({ Marker: "made-up" }))).toMatch(/^InvalidMarkerException/);
  });
});

describe("CreateAlias", () => {
  it.each([
    [
      "no-prefix",
      'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    ["alias/a:b", "ValidationException: alias/a:b contains invalid characters for an alias"],
    [
      "alias/ä",
      "ValidationException: 1 validation error detected: Value 'alias/ä' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    ],
    ["alias/", "InvalidAliasNameException: The alias name must not be empty"],
  ])("refuses the name %s", async (AliasName, says) => {
    expect(await refusal(kms.createAlias({ AliasName, TargetKeyId: keyId }))).toBe(says);
  });

  it("keeps AWS's own names to AWS", async () => {
    const asked = kms.createAlias({ AliasName: "alias/aws/mine", TargetKeyId: keyId });
    expect(await refusal(asked)).toMatch(/^NotAuthorizedException/);
  });

  it("takes a name once", async () => {
    const alias = { AliasName: "alias/once", TargetKeyId: keyArn };
    await kms.createAlias(alias);
    expect(await refusal(kms.createAlias(alias))).toBe(
      "AlreadyExistsException: An alias with the name arn:aws:kms:us-east-1:123456789012:alias/once already exists",
    );
  });

  it("names keys that exist, not other names", async () => {
    const to = (TargetKeyId: string) =>
      refusal(kms.createAlias({ AliasName: "alias/new", TargetKeyId }));
    expect(await to(unknownId)).toBe(unknownKey);
    expect(await to("alias/once")).toBe(
      "ValidationException: Aliases must refer to keys. Not aliases",
    );
  });
});

describe("ListAliases", () => {
  it("lists all, page by page, or those of one key", async () => {
    const other = (await kms.createKey({})).KeyMetadata?.KeyId ?? "";
    for (const name of ["alias/listed-b", "alias/listed-a"]) {
      await kms.createAlias({ AliasName: name, TargetKeyId: other });
    }
    const all: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await kms.listAliases({ Limit: 2, ...(Marker !== undefined && { Marker }) });
      expect(page.Truncated).toBe(page.NextMarker !== undefined);
      all.push(...(page.Aliases ?? []).map(({ AliasName }) => AliasName));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(all).toEqual([...new Set(all)].sort());
    expect(all).toContain("alias/aws/ssm");

    const { Aliases } = await kms.listAliases({ KeyId: other });
    expect(Aliases).toEqual(
      ["alias/listed-a", "alias/listed-b"].map((AliasName) => ({
        AliasName,
        AliasArn: `arn:aws:kms:us-east-1:${vault.accountId}:${AliasName}`,
        TargetKeyId: other,
        CreationDate: expect.any(Date),
        LastUpdatedDate: expect.any(Date),
      })),
    );
  });

  it("refuses the names of a name or of no key", async () => {
    expect(await refusal(kms.listAliases({ KeyId: "alias/once" }))).toBe(
      "NotFoundException: Invalid keyId 'alias/once'",
    );
    expect(await refusal(kms.listAliases({ KeyId: unknownId }))).toBe(unknownKey);
  });
});

describe("Encrypt and Decrypt", () => {
  it("give back what went in, with the key found in the ciphertext", async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 4096 });
    const context = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(bytes, context, async (given, EncryptionContext) => {
        const input = { KeyId: keyId, Plaintext: given, EncryptionContext };
        const { CiphertextBlob, ...encryption } = await kms.encrypt(input);
        expect(encryption).toMatchObject({
          KeyId: keyArn,
          EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        });
        const decryption = await kms.decrypt({ CiphertextBlob, EncryptionContext });
        expect(decryption).toMatchObject({
          KeyId: keyArn,
          EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
        expect(Buffer.from(decryption.Plaintext ?? [])).toEqual(Buffer.from(given));
      }),
      { numRuns: 20 },
    );
  });

  it("refuses another context, silently", async () => {
    const CiphertextBlob = await encrypted({ app: "weather", env: "production" });
    const right = { env: "production", app: "weather" };
    expect((await kms.decrypt({ CiphertextBlob, EncryptionContext: right })).KeyId).toBe(keyArn);
    for (const EncryptionContext of [{}, { app: "weather" }, { ...right, app: "Weather" }]) {
      const asked = kms.decrypt({ CiphertextBlob, EncryptionContext });
      expect(await refusal(asked)).toMatch(/^InvalidCiphertextException/);
    }
  });

  it("refuses a ciphertext with any byte changed or cut off", async () => {
    const whole = await encrypted();
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      for (const CiphertextBlob of [changed, whole.slice(0, Math.max(1, at))]) {
        const asked = kms.decrypt({ CiphertextBlob });
        expect(await refusal(asked)).toMatch(/^InvalidCiphertextException/);
      }
    }
    expect(await refusal(kms.decrypt({ CiphertextBlob: randomBytes(200) }))).toMatch(
      /^InvalidCiphertextException/,
    );
  });

  it("refuses to decrypt with a key that did not encrypt", async () => {
    const other = (await kms.createKey({})).KeyMetadata?.KeyId;
    const CiphertextBlob = await encrypted();
    expect(await refusal(kms.decrypt({ CiphertextBlob, KeyId: other }))).toBe(
      "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.",
    );
    expect((await kms.decrypt({ CiphertextBlob, KeyId: keyArn })).KeyId).toBe(keyArn);
  });

  it("know no region's key in another region", async () => {
    const eu = new KMS({ ...vault.client, region: "eu-west-1" });
    const asked = eu.decrypt({ CiphertextBlob: await encrypted() });
    expect(await refusal(asked)).toMatch(/^InvalidCiphertextException/);
  });

  it("refuse sizes, algorithms and members that are not for them", async () => {
    const encrypt = (more: object) => refusal(kms.encrypt({ KeyId: keyId, Plaintext, ...more }));
    expect(await encrypt({ Plaintext: Buffer.alloc(4097) })).toBe(
      "ValidationException: 1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
    );
    expect(await encrypt({ Plaintext: Buffer.alloc(0) })).toBe(
      "ValidationException: 1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    const EncryptionAlgorithm: EncryptionAlgorithmSpec = "RSAES_OAEP_SHA_256";
    const wrongAlgorithm =
      "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.";
    expect(await encrypt({ EncryptionAlgorithm })).toBe(wrongAlgorithm);
    expect(await encrypt({ KeyId: unknownId })).toBe(unknownKey);
    const CiphertextBlob = await encrypted();
    expect(await refusal(kms.decrypt({ CiphertextBlob, EncryptionAlgorithm }))).toBe(
      wrongAlgorithm,
    );
    expect(await refusal(kms.decrypt({} as { CiphertextBlob: Uint8Array }))).toBe(
      "ValidationException: 1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    );
    const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" } as const;
    expect(await refusal(kms.decrypt({ CiphertextBlob, Recipient }))).toMatch(
      /^ValidationException: Recipient is not supported/,
    );
  });

  it("say of a dry run that it would have succeeded, or why not", async () => {
    const wouldSucceed =
      "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
    const DryRun = true;
    const CiphertextBlob = await encrypted();
    expect(await refusal(kms.encrypt({ KeyId: keyId, Plaintext, DryRun }))).toBe(wouldSucceed);
    expect(await refusal(kms.decrypt({ CiphertextBlob, DryRun }))).toBe(wouldSucceed);
    expect(
      await refusal(kms.decrypt({ CiphertextBlob, EncryptionContext: { a: "b" }, DryRun })),
    ).toMatch(/^InvalidCiphertextException/);
  });
});

describe("GenerateDataKey", () => {
  it.each([
    [{ KeySpec: "AES_256" }, 32],
    [{ KeySpec: "AES_128" }, 16],
    [{ NumberOfBytes: 1 }, 1],
    [{ NumberOfBytes: 1024 }, 1024],
  ] as const)("%j gives a key and the same key encrypted", async (size, length) => {
    const EncryptionContext = { purpose: "backup" };
    const made = await kms.generateDataKey({ KeyId: keyId, ...size, EncryptionContext });
    expect(made.Plaintext?.length).toBe(length);
    expect(made.KeyId).toBe(keyArn);
    const { CiphertextBlob } = made;
    const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext });
    expect(opened.Plaintext).toEqual(made.Plaintext);
    expect(opened.KeyMaterialId).toBe(made.KeyMaterialId);
    expect(await refusal(kms.decrypt({ CiphertextBlob }))).toMatch(/^InvalidCiphertext/);
  });

  it("refuses no size, two sizes, and sizes that are none", async () => {
    const eitherOr = "ValidationException: Please specify either number of bytes or key spec.";
    const asked = (size: object) => refusal(kms.generateDataKey({ KeyId: keyId, ...size }));
    expect(await asked({})).toBe(eitherOr);
    expect(await asked({ KeySpec: "AES_256", NumberOfBytes: 32 })).toBe(eitherOr);
    expect(await asked({ NumberOfBytes: 1025 })).toBe(
      "ValidationException: 1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    );
    expect(await asked({ NumberOfBytes: 0 })).toMatch(/greater than or equal to 1$/);
    expect(await asked({ KeySpec: "AES_512" })).toMatch(/^ValidationException: 1 validation error/);
  });

  it("leaves nothing behind on a dry run", async () => {
    const asked = kms.generateDataKey({ KeyId: keyId, KeySpec: "AES_256", DryRun: true });
    expect(await refusal(asked)).toMatch(/^DryRunOperationException/);
  });
});

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
    expect(await refusal(clerk.decrypt({ CiphertextBlob }))).toBe(denied("Decrypt", keyArn));
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
      return clerk.encrypt({ KeyId, Plaintext, EncryptionContext }).then(
        () => true,
        (error: Error) => error.name !== "AccessDeniedException",
      );
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
