/** KMS keys and their aliases, over HTTP with the AWS SDK. */
import { KMS } from "@aws-sdk/client-kms";
import { beforeAll, describe, expect, it } from "vitest";
import type { TestVault } from "../../src/testing/index.ts";
import { startKms, unknownId, unknownKey } from "./kms.fixture.ts";
import { refusal } from "./refusal.fixture.ts";

const started = startKms();
let vault: TestVault;
let kms: KMS;
let keyId: string;
let keyArn: string;

beforeAll(() => {
  ({ vault, kms, keyId, keyArn } = started());
});

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
    [{ Origin: "EXTERNAL" }, /^UnsupportedOperationException: Origin EXTERNAL is not supported/],
    [{ MultiRegion: true }, /^UnsupportedOperationException: MultiRegion is not supported/],
    [{ Policy: "{}" }, /^MalformedPolicyDocumentException: /],
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
    [[tag("a&b")], "TagException: Invalid tag"],
    [[{ TagKey: "a", TagValue: "My & My Team" }], "TagException: Invalid tag"],
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
      `AccessDeniedException: User: arn:aws:iam::123456789012:root is not authorized to perform: kms:DescribeKey on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    ],
  ])("refuses %s as AWS does", async (KeyId, says) => {
    expect(await refusal(kms.describeKey({ KeyId }))).toBe(says);
  });

  it("refuses grant tokens that are none", async () => {
    const asked = kms.describeKey({ KeyId: keyId, GrantTokens: ["t"] });
    expect(await refusal(asked)).toMatch(/^InvalidGrantTokenException: /);
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
      "InvalidArnException: Key Aliases are not supported for this operation.",
    );
    expect(await refusal(kms.listAliases({ KeyId: unknownId }))).toBe(unknownKey);
  });
});
