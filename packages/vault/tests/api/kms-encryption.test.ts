/** Encrypt, Decrypt and GenerateDataKey, over HTTP with the AWS SDK. */
import { randomBytes } from "node:crypto";
import { type EncryptionAlgorithmSpec, KMS } from "@aws-sdk/client-kms";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { TestVault } from "../../src/testing/index.ts";
import { Plaintext, startKms, unknownCiphertextKey, unknownId, unknownKey } from "./kms.fixture.ts";
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
    const namesItsKey = (at: number) => at >= 1 && at < 1 + 6 + 16;
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const refused = await refusal(kms.decrypt({ CiphertextBlob: changed }));
      const says = namesItsKey(at)
        ? /^(?:InvalidCiphertextException|AccessDeniedException.* the resource does not exist)/
        : /^InvalidCiphertextException/;
      expect(refused).toMatch(says);
      const CiphertextBlob = whole.slice(0, Math.max(1, at));
      expect(await refusal(kms.decrypt({ CiphertextBlob }))).toMatch(/^InvalidCiphertextException/);
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
    const CiphertextBlob = await encrypted();
    expect(await refusal(eu.decrypt({ CiphertextBlob }))).toBe(unknownCiphertextKey("Decrypt"));
    const KeyId = (await eu.createKey({})).KeyMetadata?.KeyId;
    expect(await refusal(eu.decrypt({ CiphertextBlob, KeyId }))).toMatch(/^IncorrectKeyException/);
    const again = { CiphertextBlob, DestinationKeyId: KeyId };
    expect(await refusal(eu.reEncrypt(again))).toBe(unknownCiphertextKey("ReEncryptFrom"));
  });

  it("look at the caller's key before the ciphertext", async () => {
    const asked = { CiphertextBlob: randomBytes(200), KeyId: unknownId };
    expect(await refusal(kms.decrypt(asked))).toBe(unknownKey);
    const wrong = { ...asked, KeyId: keyId };
    expect(await refusal(kms.decrypt(wrong))).toMatch(/^InvalidCiphertextException/);
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
