/** The life of a key, over HTTP: as Terraform's aws_kms_key and aws_kms_alias lead it, and its end. */
import type { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type KmsFixture,
  Plaintext,
  startKms,
  unknownCiphertextKey,
  unknownId,
  unknownKey,
} from "./kms.fixture.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";

const started = startKms();
let fixture: KmsFixture;
let kms: KMS;

const day = 86_400_000;

beforeAll(() => {
  fixture = started();
  ({ kms } = fixture);
});

const describeKey = async (KeyId: string) => (await kms.describeKey({ KeyId })).KeyMetadata;

describe("a key", () => {
  it("is made, changed, disabled, enabled, tagged and scheduled for deletion", async () => {
    const { keyId: KeyId, arn } = await fixture.createKey({
      Description: "one",
      Tags: [{ TagKey: "team", TagValue: "weather" }],
    });
    await kms.updateKeyDescription({ KeyId, Description: "two" });
    expect(await describeKey(KeyId)).toMatchObject({ Description: "two", Enabled: true });
    await kms.disableKey({ KeyId: arn });
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: "Disabled", Enabled: false });
    await kms.enableKey({ KeyId });
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: "Enabled", Enabled: true });

    await kms.tagResource({
      KeyId,
      Tags: [
        { TagKey: "team", TagValue: "rain" },
        { TagKey: "env", TagValue: "" },
      ],
    });
    expect((await kms.listResourceTags({ KeyId })).Tags).toEqual([
      { TagKey: "env", TagValue: "" },
      { TagKey: "team", TagValue: "rain" },
    ]);
    const first = await kms.listResourceTags({ KeyId, Limit: 1 });
    expect(first).toMatchObject({ Truncated: true, Tags: [{ TagKey: "env" }] });
    const rest = await kms.listResourceTags({ KeyId, Limit: 1, Marker: first.NextMarker });
    expect(rest).toMatchObject({ Truncated: false, Tags: [{ TagKey: "team" }] });
    await kms.untagResource({ KeyId, TagKeys: ["env", "none"] });
    expect((await kms.listResourceTags({ KeyId })).Tags).toHaveLength(1);

    const before = fixture.vault.clock.now();
    const scheduled = await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    expect(scheduled).toMatchObject({
      KeyId: arn,
      KeyState: "PendingDeletion",
      PendingWindowInDays: 7,
    });
    const deletion = scheduled.DeletionDate?.getTime() ?? 0;
    expect(Math.abs(deletion - before - 7 * day)).toBeLessThan(60_000);
    expect(await describeKey(KeyId)).toMatchObject({
      KeyState: "PendingDeletion",
      Enabled: false,
      DeletionDate: scheduled.DeletionDate,
    });
    expect((await kms.cancelKeyDeletion({ KeyId })).KeyId).toBe(arn);
    const kept = await describeKey(KeyId);
    expect(kept).toMatchObject({ KeyState: "Disabled" });
    expect(kept).not.toHaveProperty("DeletionDate");
  });

  it.each([1, 6, 31, 365])("does not wait %i days for its end", async (PendingWindowInDays) => {
    const asked = kms.scheduleKeyDeletion({ KeyId: fixture.keyId, PendingWindowInDays });
    expect(await refusal(asked)).toMatch(
      /^ValidationException: PendingWindowInDays should be between 7 and 30/,
    );
  });

  it("is known to what administers it by id and ARN only", async () => {
    await kms.createAlias({ AliasName: "alias/administered", TargetKeyId: fixture.keyId });
    const KeyId = "alias/administered";
    const says = "InvalidArnException: Key Aliases are not supported for this operation.";
    expect(await refusal(kms.disableKey({ KeyId }))).toBe(says);
    expect(await refusal(kms.getKeyPolicy({ KeyId }))).toBe(says);
    expect(await refusal(kms.listGrants({ KeyId }))).toBe(says);
    const aliasArn = `arn:aws:kms:us-east-1:123456789012:${KeyId}`;
    expect(await refusal(kms.listResourceTags({ KeyId: aliasArn }))).toBe(says);
    const GrantId = "0".repeat(64);
    expect(await refusal(kms.retireGrant({ KeyId, GrantId }))).toBe(says);
    const mac = { KeyId, Message: Plaintext, MacAlgorithm: "HMAC_SHA_256" } as const;
    expect(await refusal(kms.generateMac(mac))).toMatch(/^InvalidKeyUsageException/);
    const imported = kms.getParametersForImport({
      KeyId,
      WrappingAlgorithm: "RSAES_OAEP_SHA_256",
      WrappingKeySpec: "RSA_2048",
    });
    expect(await refusal(imported)).toBe(says);
    expect(await refusal(kms.enableKey({ KeyId: unknownId }))).toBe(unknownKey);
  });

  it("has 50 tags at most, and none of AWS's own", async () => {
    const { keyId: KeyId } = await fixture.createKey();
    const tags = (from: number) =>
      Array.from({ length: 30 }, (_, at) => ({ TagKey: `k${from + at}`, TagValue: "v" }));
    await kms.tagResource({ KeyId, Tags: tags(0) });
    expect(await refusal(kms.tagResource({ KeyId, Tags: tags(30) }))).toBe(
      "TagException: Too many tags",
    );
    const reserved = "TagException: Tags beginning with aws: are reserved";
    const Tags = [{ TagKey: "aws:x", TagValue: "v" }];
    expect(await refusal(kms.tagResource({ KeyId, Tags }))).toBe(reserved);
    expect(await refusal(kms.untagResource({ KeyId, TagKeys: ["aws:x"] }))).toBe(reserved);
  });
});

describe("an alias", () => {
  it("is given, given to another key, and taken away", async () => {
    const one = await fixture.createKey();
    const two = await fixture.createKey();
    const AliasName = "alias/terraform";
    await kms.createAlias({ AliasName, TargetKeyId: one.keyId });
    const namesOf = async (KeyId: string) =>
      (await kms.listAliases({ KeyId })).Aliases?.map((alias) => alias.AliasName);
    await kms.updateAlias({ AliasName, TargetKeyId: two.arn });
    expect((await describeKey(AliasName))?.Arn).toBe(two.arn);
    expect(await namesOf(one.keyId)).toEqual([]);
    expect(await namesOf(two.keyId)).toEqual([AliasName]);
    await kms.updateAlias({ AliasName, TargetKeyId: two.arn });
    expect(await namesOf(two.keyId)).toEqual([AliasName]);
    await kms.deleteAlias({ AliasName });
    expect(await namesOf(two.keyId)).toEqual([]);
    const gone =
      "NotFoundException: Alias arn:aws:kms:us-east-1:123456789012:alias/terraform is not found.";
    expect(await refusal(kms.deleteAlias({ AliasName }))).toBe(gone);
    expect(await refusal(kms.updateAlias({ AliasName, TargetKeyId: two.keyId }))).toBe(gone);
    expect((await describeKey(two.keyId))?.KeyState).toBe("Enabled");
  });

  it("of AWS's own is left alone", async () => {
    const AliasName = "alias/aws/ssm";
    const TargetKeyId = fixture.keyId;
    for (const asked of sideBySide([
      kms.updateAlias({ AliasName, TargetKeyId }),
      kms.deleteAlias({ AliasName }),
    ])) {
      expect(await refusal(asked)).toMatch(/^NotAuthorizedException/);
    }
    await new SSM(fixture.vault.client).putParameter({
      Name: "/makes/the/key",
      Value: "v",
      Type: "SecureString",
    });
    const KeyId = (await describeKey("alias/aws/ssm"))?.Arn ?? "";
    for (const asked of sideBySide([
      kms.disableKey({ KeyId }),
      kms.scheduleKeyDeletion({ KeyId }),
      kms.disableKeyRotation({ KeyId }),
      kms.putKeyPolicy({ KeyId, Policy: "{}" }),
    ])) {
      expect(await refusal(asked)).toMatch(/^AccessDeniedException.*no resource-based policy/);
    }
    expect(await kms.getKeyRotationStatus({ KeyId })).toMatchObject({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 365,
    });
  });
});

describe("ReEncrypt", () => {
  it("moves a ciphertext to another key and context", async () => {
    const other = await fixture.createKey();
    const SourceEncryptionContext = { app: "weather" };
    const DestinationEncryptionContext = { app: "rain" };
    const input = {
      CiphertextBlob: await fixture.encrypted(SourceEncryptionContext),
      SourceEncryptionContext,
      DestinationKeyId: other.keyId,
      DestinationEncryptionContext,
    };
    const { CiphertextBlob, ...said } = await kms.reEncrypt(input);
    expect(said).toMatchObject({
      SourceKeyId: fixture.keyArn,
      KeyId: other.arn,
      SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      SourceKeyMaterialId: (await describeKey(fixture.keyId))?.CurrentKeyMaterialId,
      DestinationKeyMaterialId: (await describeKey(other.keyId))?.CurrentKeyMaterialId,
    });
    const EncryptionContext = DestinationEncryptionContext;
    const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext });
    expect(opened.KeyId).toBe(other.arn);
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);

    const wrong = { ...input, SourceEncryptionContext: {} };
    expect(await refusal(kms.reEncrypt(wrong))).toMatch(/^InvalidCiphertextException/);
    const mistaken = { ...input, SourceKeyId: other.keyId };
    expect(await refusal(kms.reEncrypt(mistaken))).toMatch(/^IncorrectKeyException/);
    const elsewhere = { ...input, DestinationKeyId: unknownId };
    expect(await refusal(kms.reEncrypt(elsewhere))).toBe(unknownKey);
    expect(await refusal(kms.reEncrypt({ ...input, DryRun: true }))).toMatch(/^DryRunOperation/);
  });

  it("needs both keys' permissions, and knows whether they are one", async () => {
    const other = await fixture.createKey();
    const clerk = await fixture.createUser("reencrypter");
    const from = { Effect: "Allow", Action: "kms:ReEncryptFrom", Resource: fixture.keyArn };
    const to = { Effect: "Allow", Action: "kms:ReEncryptTo", Resource: "*" };
    const CiphertextBlob = await fixture.encrypted();
    const toOther = () => clerk.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: other.keyId });
    await fixture.allow("reencrypter", to);
    expect(await refusal(toOther())).toMatch(
      /perform: kms:ReEncryptFrom on the resource associated with this ciphertext because no/,
    );
    await fixture.allow("reencrypter", from);
    expect(await refusal(toOther())).toMatch(/perform: kms:ReEncryptTo on resource/);
    await fixture.allow("reencrypter", from, to);
    await toOther();
    const Condition = { Bool: { "kms:ReEncryptOnSameKey": "true" } };
    await fixture.allow("reencrypter", from, { ...to, Condition });
    expect(await refusal(toOther())).toMatch(/perform: kms:ReEncryptTo/);
    await clerk.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: fixture.keyArn });
  });
});

describe("what is random", () => {
  it("has the length that was asked for", async () => {
    const { Plaintext: bytes } = await kms.generateRandom({ NumberOfBytes: 44 });
    expect(bytes?.length).toBe(44);
    expect(await refusal(kms.generateRandom({}))).toBe(
      "ValidationException: NumberOfBytes is required.",
    );
    expect(await refusal(kms.generateRandom({ NumberOfBytes: 1025 }))).toBe(
      "ValidationException: 1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    );
  });

  it("comes as a data key without its plaintext, too", async () => {
    const EncryptionContext = { purpose: "later" };
    const KeyId = fixture.keyId;
    const made = await kms.generateDataKeyWithoutPlaintext({
      KeyId,
      KeySpec: "AES_128",
      EncryptionContext,
    });
    expect(made).not.toHaveProperty("Plaintext");
    const { CiphertextBlob } = made;
    const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext });
    expect(opened.Plaintext?.length).toBe(16);
    const both = { KeyId, KeySpec: "AES_128", NumberOfBytes: 16 } as const;
    expect(await refusal(kms.generateDataKeyWithoutPlaintext(both))).toBe(
      "ValidationException: Please specify either number of bytes or key spec.",
    );
  });
});

describe("what this vault's keys are not", () => {
  it("is refused as AWS refuses it of a symmetric key", async () => {
    const KeyId = fixture.keyId;
    const arn = fixture.keyArn;
    const Message = Buffer.from("m");
    expect(await refusal(kms.sign({ KeyId, Message, SigningAlgorithm: "ECDSA_SHA_256" }))).toBe(
      `InvalidKeyUsageException: ${arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`,
    );
    expect(await refusal(kms.generateMac({ KeyId, Message, MacAlgorithm: "HMAC_SHA_256" }))).toBe(
      `InvalidKeyUsageException: ${arn} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.`,
    );
    const forImport = {
      KeyId,
      WrappingAlgorithm: "RSAES_OAEP_SHA_256",
      WrappingKeySpec: "RSA_2048",
    } as const;
    expect(await refusal(kms.getParametersForImport(forImport))).toBe(
      `UnsupportedOperationException: ${arn} origin is AWS_KMS which is not valid for this operation.`,
    );
    expect(await refusal(kms.getPublicKey({ KeyId }))).toMatch(/^UnsupportedOperationException/);
    expect(await refusal(kms.describeCustomKeyStores({}))).toMatch(
      /^UnsupportedOperationException: DescribeCustomKeyStores is not supported by this vault/,
    );
    expect(await refusal(kms.getPublicKey({ KeyId: unknownId }))).toBe(unknownKey);
  });
});

describe("values under a key", () => {
  it("can't be read while it is disabled or about to go", async () => {
    const { keyId: KeyId, arn } = await fixture.createKey();
    const secrets = new SecretsManager(fixture.vault.client);
    const ssm = new SSM(fixture.vault.client);
    const SecretId = "under-a-key";
    const Name = "/under/a/key";
    await secrets.createSecret({ Name: SecretId, SecretString: "s", KmsKeyId: KeyId });
    await ssm.putParameter({ Name, Value: "v", Type: "SecureString", KeyId });
    const readSecret = () => secrets.getSecretValue({ SecretId });
    const read = () => ssm.getParameter({ Name, WithDecryption: true });
    for (const [close, code, says] of [
      [() => kms.disableKey({ KeyId }), "DisabledException", "is disabled."],
      [
        () => kms.scheduleKeyDeletion({ KeyId }),
        "KMSInvalidStateException",
        "is pending deletion.",
      ],
    ] as const) {
      await close();
      const quoted = `${arn} ${says} (Service: AWSKMS; Status Code: 400; Error Code: ${code})`;
      expect(await refusal(readSecret())).toBe(
        `DecryptionFailure: Secrets Manager can't decrypt the secret value: ${quoted}`,
      );
      const put = secrets.putSecretValue({ SecretId, SecretString: "n" });
      const create = secrets.createSecret({ Name: "under-it-too", KmsKeyId: KeyId });
      for (const write of sideBySide([put, create])) {
        expect(await refusal(write)).toBe(
          `EncryptionFailure: Secrets Manager can't encrypt the secret value: ${quoted}`,
        );
      }
      const refused = await refusal(read());
      expect(refused).toContain(`InvalidKeyId: ${arn} ${says} (Service: AWSKMS;`);
      expect(refused).toContain(`Error Code: ${code};`);
    }
    await kms.cancelKeyDeletion({ KeyId });
    await kms.enableKey({ KeyId });
    expect((await readSecret()).SecretString).toBe("s");
    expect((await read()).Parameter?.Value).toBe("v");
  });

  it("are opened by KMS where Parameter Store gives them undecrypted", async () => {
    const ssm = new SSM(fixture.vault.client);
    const Name = "/shown/undecrypted";
    await ssm.putParameter({ Name, Value: "v1", Type: "SecureString", KeyId: fixture.keyId });
    const { Parameter } = await ssm.getParameter({ Name, WithDecryption: false });
    const opened = await kms.decrypt({
      CiphertextBlob: Buffer.from(Parameter?.Value ?? "", "base64"),
      EncryptionContext: { PARAMETER_ARN: Parameter?.ARN ?? "" },
    });
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe("v1");
    expect(opened.KeyId).toBe(fixture.keyArn);
  });
});

describe("the end of a key", () => {
  it("is at once when its time is over, and swept when the schedule comes round", async () => {
    const { vault } = fixture;
    const { keyId: KeyId } = await fixture.createKey();
    const AliasName = "alias/ending";
    await kms.createAlias({ AliasName, TargetKeyId: KeyId });
    await kms.createGrant({
      KeyId,
      GranteePrincipal: "arn:aws:iam::123456789012:root",
      Operations: ["Decrypt"],
    });
    const CiphertextBlob = await fixture.encrypted({}, KeyId);
    const ssm = fixture.atVaultTime(new SSM(vault.client));
    await ssm.putParameter({ Name: "/ending", Value: "v", Type: "SecureString", KeyId });
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    vault.clock.advance(7 * day + 1000);

    const gone = unknownKey.replace(unknownId, KeyId);
    const notFound = `NotFoundException: Alias arn:aws:kms:us-east-1:123456789012:${AliasName} is not found.`;
    const isGone = async () => {
      expect(await refusal(kms.describeKey({ KeyId }))).toBe(gone);
      expect(await refusal(kms.cancelKeyDeletion({ KeyId }))).toBe(gone);
      expect(await refusal(kms.describeKey({ KeyId: AliasName }))).toBe(notFound);
      expect(await refusal(kms.decrypt({ CiphertextBlob }))).toBe(unknownCiphertextKey("Decrypt"));
      const { Aliases = [] } = await kms.listAliases({ Limit: 1000 });
      expect(Aliases.map((alias) => alias.AliasName)).not.toContain(AliasName);
      const { Keys = [] } = await kms.listKeys({ Limit: 1000 });
      expect(Keys.map((key) => key.KeyId)).not.toContain(KeyId);
      const read = ssm.getParameter({ Name: "/ending", WithDecryption: true });
      expect(await refusal(read)).toMatch(/^InvalidKeyId: .*Error Code: NotFoundException/);
    };
    await isGone();
    await kms.createAlias({ AliasName, TargetKeyId: fixture.keyId });
    await kms.deleteAlias({ AliasName });
    await vault.restart();
    await isGone();
  });
});
