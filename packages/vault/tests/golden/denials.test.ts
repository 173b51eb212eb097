/**
 * Invariant 1: no operation answers, or changes anything for, whom no policy allows. The table
 * holds every operation, so that a new one can't come without its row (IAM's own rows, with their
 * wording, are in api/iam-denials.test.ts, and the vault's own in api/revocation.test.ts).
 */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Organizations } from "@aws-sdk/client-organizations";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { services } from "../../src/compose.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "../api/refusal.fixture.ts";

const account = "123456789012";
const SecretId = "there";
const Name = "/there";
const tagged = { ResourceType: "Parameter", ResourceId: Name };
const SettingId = "/ssm/parameter-store/default-parameter-tier";
const value = { SecretString: "v", ClientRequestToken: "00000000-0000-4000-8000-000000000001" };
/** Stand for what is only known once there is a key. */
const KeyId = "the key";
const CiphertextBlob = "a ciphertext of the key";
const GrantId = "a grant on the key";
const accountRoot = `arn:aws:iam::${account}:root`;

const inputs: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  secretsmanager: {
    BatchGetSecretValue: { SecretIdList: [SecretId] },
    CancelRotateSecret: { SecretId },
    CreateSecret: { Name: "new", ...value },
    DeleteResourcePolicy: { SecretId },
    DeleteSecret: { SecretId },
    DescribeSecret: { SecretId },
    GetRandomPassword: {},
    GetResourcePolicy: { SecretId },
    GetSecretValue: { SecretId },
    ListSecrets: {},
    ListSecretVersionIds: { SecretId },
    PutResourcePolicy: { SecretId, ResourcePolicy: "{}" },
    PutSecretValue: { SecretId, ...value },
    RemoveRegionsFromReplication: { SecretId, RemoveReplicaRegions: ["eu-west-1"] },
    ReplicateSecretToRegions: { SecretId, AddReplicaRegions: [{ Region: "eu-west-1" }] },
    RestoreSecret: { SecretId },
    RotateSecret: { SecretId, RotateImmediately: false },
    StopReplicationToReplica: { SecretId },
    TagResource: { SecretId, Tags: [{ Key: "k", Value: "v" }] },
    UntagResource: { SecretId, TagKeys: ["k"] },
    UpdateSecret: { SecretId, ...value },
    UpdateSecretVersionStage: { SecretId, VersionStage: "MINE" },
    ValidateResourcePolicy: { SecretId, ResourcePolicy: "{}" },
  },
  ssm: {
    AddTagsToResource: { ...tagged, Tags: [{ Key: "k", Value: "v" }] },
    DeleteParameter: { Name },
    DeleteParameters: { Names: [Name] },
    DescribeParameters: {},
    GetParameter: { Name },
    GetParameterHistory: { Name },
    GetParameters: { Names: [Name] },
    GetParametersByPath: { Path: "/" },
    GetServiceSetting: { SettingId },
    LabelParameterVersion: { Name, Labels: ["prod"] },
    ListTagsForResource: tagged,
    PutParameter: { Name, Value: "v", Type: "String", Overwrite: true },
    RemoveTagsFromResource: { ...tagged, TagKeys: ["k"] },
    ResetServiceSetting: { SettingId },
    UnlabelParameterVersion: { Name, ParameterVersion: 1, Labels: ["prod"] },
    UpdateServiceSetting: { SettingId, SettingValue: "Advanced" },
  },
  kms: {
    CancelKeyDeletion: { KeyId },
    ConnectCustomKeyStore: { CustomKeyStoreId: "cks-1" },
    CreateAlias: { AliasName: "alias/new", TargetKeyId: KeyId },
    CreateCustomKeyStore: { CustomKeyStoreName: "store" },
    CreateGrant: { KeyId, GranteePrincipal: accountRoot, Operations: ["Decrypt"] },
    CreateKey: {},
    Decrypt: { CiphertextBlob },
    DeleteAlias: { AliasName: "alias/there" },
    DeleteCustomKeyStore: { CustomKeyStoreId: "cks-1" },
    DeleteImportedKeyMaterial: { KeyId },
    DeriveSharedSecret: { KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey: Buffer.from("v") },
    DescribeCustomKeyStores: {},
    DescribeKey: { KeyId },
    DisableKey: { KeyId },
    DisableKeyRotation: { KeyId },
    DisconnectCustomKeyStore: { CustomKeyStoreId: "cks-1" },
    EnableKey: { KeyId },
    EnableKeyRotation: { KeyId },
    Encrypt: { KeyId, Plaintext: Buffer.from("v") },
    GenerateDataKey: { KeyId, KeySpec: "AES_256" },
    GenerateDataKeyPair: { KeyId, KeyPairSpec: "RSA_2048" },
    GenerateDataKeyPairWithoutPlaintext: { KeyId, KeyPairSpec: "RSA_2048" },
    GenerateDataKeyWithoutPlaintext: { KeyId, KeySpec: "AES_256" },
    GenerateMac: { KeyId, Message: Buffer.from("v"), MacAlgorithm: "HMAC_SHA_256" },
    GenerateRandom: { NumberOfBytes: 8 },
    GetKeyLastUsage: { KeyId },
    GetKeyPolicy: { KeyId },
    GetKeyRotationStatus: { KeyId },
    GetParametersForImport: { KeyId },
    GetPublicKey: { KeyId },
    ImportKeyMaterial: { KeyId, ImportToken: Buffer.from("v") },
    ListAliases: {},
    ListGrants: { KeyId },
    ListKeyPolicies: { KeyId },
    ListKeyRotations: { KeyId },
    ListKeys: {},
    ListResourceTags: { KeyId },
    ListRetirableGrants: { RetiringPrincipal: accountRoot },
    PutKeyPolicy: { KeyId, Policy: "{}" },
    ReplicateKey: { KeyId, ReplicaRegion: "eu-west-1" },
    RetireGrant: { KeyId, GrantId },
    RevokeGrant: { KeyId, GrantId },
    RotateKeyOnDemand: { KeyId },
    ScheduleKeyDeletion: { KeyId },
    Sign: { KeyId, Message: Buffer.from("v"), SigningAlgorithm: "ED25519_SHA_512" },
    TagResource: { KeyId, Tags: [{ TagKey: "k", TagValue: "v" }] },
    UntagResource: { KeyId, TagKeys: ["k"] },
    UpdateAlias: { AliasName: "alias/there", TargetKeyId: KeyId },
    UpdateCustomKeyStore: { CustomKeyStoreId: "cks-1" },
    UpdateKeyDescription: { KeyId, Description: "d" },
    UpdatePrimaryRegion: { KeyId, PrimaryRegion: "eu-west-1" },
    Verify: { KeyId, Message: Buffer.from("v"), SigningAlgorithm: "ED25519_SHA_512" },
    VerifyMac: { KeyId, Message: Buffer.from("v"), MacAlgorithm: "HMAC_SHA_256" },
  },
  sts: {
    AssumeRole: { RoleArn: `arn:aws:iam::${account}:role/there`, RoleSessionName: "s1" },
    DecodeAuthorizationMessage: { EncodedMessage: "sealed" },
    GetAccessKeyInfo: { AccessKeyId: "AKIAIOSFODNN7EXAMPLE" },
  },
  organizations: {
    CreateAccount: { AccountName: "new", Email: "new@example.com" },
    CreateOrganization: {},
    DescribeAccount: { AccountId: account },
    DescribeCreateAccountStatus: { CreateAccountRequestId: "car-12345678" },
    DescribeOrganization: {},
    ListAccounts: {},
    ListCreateAccountStatus: {},
    ListParents: { ChildId: account },
    ListRoots: {},
  },
  cloudtrail: { LookupEvents: {} },
};

/** Denied under the names of its two halves: api/kms-keys.test.ts. */
const halved = ["kms:ReEncrypt"];

/**
 * Whoever has credentials may know whose they are, and have short-lived ones in their place. A web
 * identity is denied in other words: api/sts-web-identity.test.ts.
 */
const open = ["sts:AssumeRoleWithWebIdentity", "sts:GetCallerIdentity", "sts:GetSessionToken"];

type Client = Readonly<Record<string, (input: object) => Promise<unknown>>>;

let vault: TestVault;
let clients: Readonly<Record<string, Client>>;
let known: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  vault = await startVault();
  const iam = new IAM(vault.client);
  const kms = new KMS(vault.client);
  await new SecretsManager(vault.client).createSecret({ Name: SecretId, SecretString: "v" });
  await new SSM(vault.client).putParameter({ Name, Value: "v", Type: "SecureString" });
  const { KeyMetadata } = await kms.createKey({});
  const keyId = KeyMetadata?.KeyId;
  const { CiphertextBlob: blob } = await kms.encrypt({ KeyId: keyId, Plaintext: Buffer.from("v") });
  await kms.createAlias({ AliasName: "alias/there", TargetKeyId: keyId });
  const { GrantId: grantId } = await kms.createGrant({
    KeyId: keyId,
    GranteePrincipal: accountRoot,
    Operations: ["Decrypt"],
  });
  known = { [KeyId]: keyId, [CiphertextBlob]: blob, [GrantId]: grantId };
  await iam.createRole({
    RoleName: "there",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" },
    }),
  });
  await iam.createUser({ UserName: "nobody" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "nobody" });
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
  const nobody = { ...vault.client, credentials: { accessKeyId, secretAccessKey } };
  clients = {
    secretsmanager: new SecretsManager(nobody),
    ssm: new SSM(nobody),
    kms: new KMS(nobody),
    sts: new STS(nobody),
    organizations: new Organizations(nobody),
    cloudtrail: new CloudTrail(nobody),
  } as unknown as typeof clients;
});

afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

const rows = Object.entries(inputs).flatMap(([service, operations]) =>
  Object.entries(operations).map(([operation, input]) => ({ service, operation, input })),
);

test("every operation has its row", () => {
  const all = services
    .filter(({ name }) => name !== "iam" && name !== "claviger")
    .flatMap(({ name, operations }) => operations.map((each) => `${name}:${each.name}`));
  const named = rows.map(({ service, operation }) => `${service}:${operation}`);
  expect(all.toSorted()).toEqual([...named, ...halved, ...open].toSorted());
});

test.each(rows)("$service:$operation is denied", async ({ service, operation, input }) => {
  const method = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
  const given = Object.entries(input).map(([name, member]) => [name, known[member] ?? member]);
  const sent = clients[service]?.[method]?.(Object.fromEntries(given));
  expect(await refusal(Promise.resolve(sent))).toMatch(
    new RegExp(`^AccessDenied.*is not authorized to perform: ${service}:${operation} `),
  );
});
