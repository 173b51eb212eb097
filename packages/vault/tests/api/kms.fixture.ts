/** For tests of KMS: a vault with one key, users of it, and ciphertexts. */
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";

export const Plaintext = Buffer.from("sk_live_51H8example");

export const unknownId = "99999999-9999-9999-9999-999999999999";
export const unknownCiphertextKey = (action: string) =>
  `AccessDeniedException: User: arn:aws:iam::123456789012:root is not authorized to perform: kms:${action} on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
export const unknownKey = `NotFoundException: Key 'arn:aws:kms:us-east-1:123456789012:key/${unknownId}' does not exist`;

/** What there is once the tests begin. */
export class KmsFixture {
  readonly vault: TestVault;
  readonly kms: KMS;
  readonly iam: IAM;
  keyId = "";
  keyArn = "";

  constructor(vault: TestVault) {
    this.vault = vault;
    this.kms = this.atVaultTime(new KMS(vault.client));
    this.iam = new IAM({ ...vault.client, region: "us-east-1" });
  }

  async createKey(input: Parameters<KMS["createKey"]>[0] = {}) {
    const { KeyMetadata } = await this.kms.createKey(input);
    return { keyId: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" };
  }

  async encrypted(
    EncryptionContext: Record<string, string> = {},
    KeyId = this.keyId,
  ): Promise<Uint8Array> {
    const { CiphertextBlob } = await this.kms.encrypt({ KeyId, Plaintext, EncryptionContext });
    if (CiphertextBlob === undefined) throw new Error("no ciphertext");
    return CiphertextBlob;
  }

  /** Lets a client sign at the vault's time, which the replies' Date headers don't tell. */
  atVaultTime<Client extends { readonly config: { systemClockOffset: number } }>(
    client: Client,
  ): Client {
    const get = () => this.vault.clock.now() - Date.now();
    Object.defineProperty(client.config, "systemClockOffset", { get, set() {} });
    return client;
  }

  /** A user with an access key and no permission but the given statements. */
  async createUser(UserName: string, ...statements: readonly object[]) {
    const { User } = await this.iam.createUser({ UserName });
    const { AccessKey } = await this.iam.createAccessKey({ UserName });
    if (statements.length > 0) await this.allow(UserName, ...statements);
    const accessKeyId = AccessKey?.AccessKeyId ?? "";
    const secretAccessKey = AccessKey?.SecretAccessKey ?? "";
    const client = { ...this.vault.client, credentials: { accessKeyId, secretAccessKey } };
    return {
      arn: User?.Arn ?? "",
      id: User?.UserId ?? "",
      accessKeyId,
      client,
      kms: new KMS(client),
    };
  }

  async allow(UserName: string, ...statements: readonly object[]): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    await this.iam.putUserPolicy({ UserName, PolicyName: "p", PolicyDocument });
  }

  async deleteUser(UserName: string, AccessKeyId: string): Promise<void> {
    await this.iam.deleteAccessKey({ UserName, AccessKeyId });
    await this.iam.deleteUser({ UserName });
  }
}

/** Starts a vault for the tests of a file and stops it behind them; it has had no fault then. */
export function startKms(): () => KmsFixture {
  let fixture: KmsFixture;
  beforeAll(async () => {
    fixture = new KmsFixture(await startVault());
    const { keyId, arn } = await fixture.createKey();
    fixture.keyId = keyId;
    fixture.keyArn = arn;
  });
  afterAll(async () => {
    expect(fixture.vault.faults).toEqual([]);
    await fixture.vault.close();
  });
  return () => fixture;
}

/** A key policy that leaves everything to the account, and more statements beside that. */
export function keyPolicy(...statements: readonly object[]): string {
  const root = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::123456789012:root" },
    Action: "kms:*",
    Resource: "*",
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [root, ...statements] });
}
