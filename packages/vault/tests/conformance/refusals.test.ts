/**
 * Refusals as AWS has been recorded to say them (2020 to 2026, most of them by localstack's
 * snapshots): code, message and status. What policy documents are refused for has its own tables
 * in `authorization/document`.
 */
import { IAM } from "@aws-sdk/client-iam";
import { type KeySpec, KMS } from "@aws-sdk/client-kms";
import { type Filter, SecretsManager } from "@aws-sdk/client-secrets-manager";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, credentialsOf, refused, trustsAccount } from "../api/iam.fixture.ts";

let vault: TestVault;
let iam: IAM;
let kms: KMS;
let secrets: SecretsManager;
/** Of a user who may do everything. */
let sts: STS;
let KeyId: string;

const arnOf = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const PolicyDocument = allows("ssm:GetParameter");
const user = { UserName: "ana" };
const group = { GroupName: "team" };
const role = { RoleName: "web" };
const profile = { InstanceProfileName: "web" };
const policy = { PolicyArn: arnOf("policy/read") };
const noUser = { UserName: "nobody" };
const noGroup = { GroupName: "none" };
const noRole = { RoleName: "none" };
const noProfile = { InstanceProfileName: "none" };
const noPolicy = { PolicyArn: arnOf("policy/none") };
/** There is no such account. */
const nobodysPolicy = { PolicyArn: "arn:aws:iam::000000000000:policy/none" };
const session = { RoleArn: arnOf("role/web"), RoleSessionName: "session" };

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
  kms = new KMS(vault.client);
  secrets = new SecretsManager(vault.client);
  KeyId = (await kms.createKey({})).KeyMetadata?.KeyId ?? "";
  await iam.createPolicy({ PolicyName: "read", PolicyDocument });
  await iam.createUser(user);
  await iam.createGroup(group);
  await iam.createRole({ ...role, AssumeRolePolicyDocument: trustsAccount });
  await iam.createInstanceProfile(profile);
  await iam.createUser({ UserName: "admin" });
  await iam.putUserPolicy({ UserName: "admin", PolicyName: "p", PolicyDocument: allows("*") });
  sts = new STS({ ...vault.client, credentials: await credentialsOf(iam, "admin") });
});
afterAll(async () => {
  for (const client of [iam, kms, secrets, sts]) client.destroy();
  expect(vault.faults).toEqual([]);
  await vault.close();
});

type Row = readonly [message: string, () => Promise<unknown>];

/** Each of the rows is refused with this code and status, and its own message. */
function are(code: string, status: number, rows: readonly Row[]): void {
  test.each(rows)("%s", async (message, request) => {
    expect(await refused(request())).toEqual([code, message, status]);
  });
}

describe("nobody of that name", () => {
  are("NoSuchEntityException", 404, [
    ["The user with name nobody cannot be found.", () => iam.getUser(noUser)],
    ["The user with name nobody cannot be found.", () => iam.createAccessKey(noUser)],
    [
      "The user with name nobody cannot be found.",
      () => iam.removeUserFromGroup({ ...noUser, ...noGroup }),
    ],
    [
      "The group with name none cannot be found.",
      () => iam.addUserToGroup({ ...user, ...noGroup }),
    ],
    ["The role with name none cannot be found.", () => iam.deleteRole(noRole)],
    [
      "The role with name none cannot be found.",
      () => iam.addRoleToInstanceProfile({ ...profile, ...noRole }),
    ],
    [
      "Instance Profile none cannot be found.",
      () => iam.addRoleToInstanceProfile({ ...noProfile, ...role }),
    ],
    [
      "Role web in Instance Profile web cannot be found.",
      () => iam.removeRoleFromInstanceProfile({ ...profile, ...role }),
    ],
    ["Login Profile for User ana cannot be found.", () => iam.deleteLoginProfile(user)],
    [
      "The Access Key with id AKIAAAAAAAAAAAAAAAAA cannot be found.",
      () => iam.deleteAccessKey({ ...user, AccessKeyId: "AKIAAAAAAAAAAAAAAAAA" }),
    ],
    [
      "The role policy with name none cannot be found.",
      () => iam.getRolePolicy({ ...role, PolicyName: "none" }),
    ],
    [`Policy ${noPolicy.PolicyArn} was not found.`, () => iam.getPolicy(noPolicy)],
    [
      `Policy ${noPolicy.PolicyArn} was not found.`,
      () => iam.tagPolicy({ ...noPolicy, Tags: [{ Key: "a", Value: "b" }] }),
    ],
    [`Policy ${nobodysPolicy.PolicyArn} was not found.`, () => iam.deletePolicy(nobodysPolicy)],
    [
      `Policy ${policy.PolicyArn} was not found.`,
      () => iam.detachUserPolicy({ ...user, ...policy }),
    ],
    [
      `Policy ${noPolicy.PolicyArn} does not exist or is not attachable.`,
      () => iam.attachUserPolicy({ ...user, ...noPolicy }),
    ],
    [
      `Policy ${noPolicy.PolicyArn} does not exist or is not attachable.`,
      () => iam.listEntitiesForPolicy(noPolicy),
    ],
    [
      `Policy ${noPolicy.PolicyArn} version v1 does not exist or is not attachable.`,
      () => iam.getPolicyVersion({ ...noPolicy, VersionId: "v1" }),
    ],
    [
      `Policy ${noPolicy.PolicyArn} version v1 does not exist or is not attachable.`,
      () => iam.setDefaultPolicyVersion({ ...noPolicy, VersionId: "v1" }),
    ],
    [
      `Policy ${policy.PolicyArn} version v9 does not exist or is not attachable.`,
      () => iam.deletePolicyVersion({ ...policy, VersionId: "v9" }),
    ],
    [
      `Scope ARN: ${noPolicy.PolicyArn} does not exist or is not attachable.`,
      () => iam.putUserPermissionsBoundary({ ...user, PermissionsBoundary: noPolicy.PolicyArn }),
    ],
    [
      `The Password Policy with domain name ${account} cannot be found.`,
      () => iam.getAccountPasswordPolicy({}),
    ],
  ]);
});

describe("IAM's constraints, without the values and in the order of its hash table", () => {
  const long = "b".repeat(256);
  const at = (member: string, constraint: string) =>
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`;
  const key = "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+";
  const atMost = "Member must have length less than or equal to";
  const atLeast = "Member must have length greater than or equal to";
  are("ValidationError", 400, [
    [
      `3 validation errors detected: Value at 'clientIDList' failed to satisfy constraint: Member must satisfy constraint: [${atMost} 255, ${atLeast} 1]; Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: [${atMost} 40, ${atLeast} 40]; Value at 'url' failed to satisfy constraint: ${atMost} 255`,
      () =>
        iam.createOpenIDConnectProvider({
          Url: long,
          ThumbprintList: [long],
          ClientIDList: [long],
        }),
    ],
    [
      at(
        "versionId",
        "Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
      ),
      () => iam.getPolicyVersion({ ...policy, VersionId: "v2-does-not-exist" }),
    ],
    [
      at("tags", `${atMost} 50`),
      () =>
        iam.tagRole({
          ...role,
          Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `${n}`, Value: "" })),
        }),
    ],
    [
      at("tags.1.member.key", key),
      () => iam.tagPolicy({ ...policy, Tags: [{ Key: "no!", Value: "" }] }),
    ],
    [
      at(
        "tagKeys",
        `Member must satisfy constraint: [${atMost} 128, ${atLeast} 1, ${key}, Member must not be null]`,
      ),
      () => iam.untagRole({ ...role, TagKeys: ["no!"] }),
    ],
    [
      "ARN longpolicynamebutnoarn is not valid.",
      () => iam.attachRolePolicy({ ...role, PolicyArn: "longpolicynamebutnoarn" }),
    ],
    [
      "Must specify userName when calling with non-User credentials",
      () => iam.deleteAccessKey({ AccessKeyId: "AKIAAAAAAAAAAAAAAAAA" }),
    ],
    [
      "Invalid Open ID Connect Provider URL",
      () => iam.createOpenIDConnectProvider({ Url: "example.org" }),
    ],
  ]);
});

describe("names and paths, of which IAM speaks in its own words", () => {
  const name = (member: string) =>
    `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;
  const path = (member: string) =>
    `The specified value for ${member} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.`;
  const prefix =
    "The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters.";
  const ascii = (member: string) =>
    `The specified value for ${member} is invalid. It must contain only printable ASCII characters.`;
  const alias =
    "The specified value for accountAlias is invalid. It must be a minimum length of 3 characters and maximum length of 63 characters, contain only digits, lowercase letters, and hyphens (-), but cannot begin or end with a hyphen.";
  are("ValidationError", 400, [
    [prefix, () => iam.listPolicies({ PathPrefix: `/${"a".repeat(512)}` })],
    [alias, () => iam.createAccountAlias({ AccountAlias: "a".repeat(64) })],
    [name("userName"), () => iam.createUser({ UserName: "bad/name" })],
    [name("newUserName"), () => iam.updateUser({ ...noUser, NewUserName: "bad/name" })],
    [name("roleName"), () => iam.getRole({ RoleName: arnOf("role/web") })],
    [name("groupName"), () => iam.createGroup({ GroupName: "bad name" })],
    [name("policyName"), () => iam.createPolicy({ PolicyName: "bad name", PolicyDocument })],
    [
      name("instanceProfileName"),
      () => iam.createInstanceProfile({ InstanceProfileName: "bad name" }),
    ],
    [path("path"), () => iam.createUser({ UserName: "eve", Path: "bad" })],
    [path("path"), () => iam.createPolicy({ PolicyName: "p", PolicyDocument, Path: "/bad" })],
    [path("newPath"), () => iam.updateUser({ ...noUser, NewPath: "bad" })],
    [prefix, () => iam.listUsers({ PathPrefix: "" })],
    [prefix, () => iam.listRoles({ PathPrefix: "/bad path/" })],
    [prefix, () => iam.listPolicies({ PathPrefix: "/foo" })],
    [prefix, () => iam.listEntitiesForPolicy({ ...policy, PathPrefix: "/foo" })],
    [
      ascii("policyDocument"),
      () => iam.putUserPolicy({ ...user, PolicyName: "p", PolicyDocument: "\u2013" }),
    ],
    [
      ascii("assumeRolePolicyDocument"),
      () => iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: "\u2013" }),
    ],
    [alias, () => iam.createAccountAlias({ AccountAlias: "Bad" })],
    [alias, () => iam.createAccountAlias({ AccountAlias: "ab" })],
    [
      "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
      () => iam.getRole({ RoleName: "r".repeat(65) }),
    ],
    [
      "1 validation error detected: Value at 'pathPrefix' failed to satisfy constraint: Member must have length less than or equal to 512",
      () => iam.listPolicies({ PathPrefix: `/${"a".repeat(511)}/` }),
    ],
  ]);
});

describe("a report that nobody asked for", () => {
  // The client has a word for no message at all.
  are("CredentialReportNotPresentException", 410, [["Unknown", () => iam.getCredentialReport({})]]);
});

describe("whose an unknown access key is", () => {
  const AccessKeyId = "AKIAAAAAAAAAAAAAAAAA";
  are("AccessDenied", 403, [
    [
      `User: ${arnOf("root")} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${AccessKeyId}`,
      () => iam.getAccessKeyLastUsed({ AccessKeyId }),
    ],
  ]);
});

describe("sessions that can't be", () => {
  const Tags = [{ Key: "Team", Value: "a" }];
  are(
    "ValidationError",
    400,
    ["nothing-valid-in-here", "arn::b:::something/test-role", "arn:a:a::aaaaaaaaaa:"].map(
      (RoleArn) => [`${RoleArn} is invalid`, () => sts.assumeRole({ ...session, RoleArn })],
    ),
  );
  are("ValidationError", 400, [
    [
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
      () => sts.assumeRole({ ...session, RoleSessionName: "Session1:2" }),
    ],
  ]);
  are("InvalidParameterValue", 400, [
    [
      "The specified transitive tag key must be included in the requested tags.",
      () => sts.assumeRole({ ...session, Tags, TransitiveTagKeys: ["Other"] }),
    ],
    [
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      () => sts.assumeRole({ ...session, Tags: [...Tags, { Key: "team", Value: "b" }] }),
    ],
  ]);
});

describe("keys that aren't there or can't", () => {
  const unknown = "134f2428-cec1-4b25-a1ae-9048164dba47";
  const keyArn = `arn:aws:kms:us-east-1:${account}:key/${unknown}`;
  are("NotFoundException", 400, [
    [`Key '${keyArn}' does not exist`, () => kms.describeKey({ KeyId: unknown })],
    [`Key '${keyArn}' does not exist`, () => kms.describeKey({ KeyId: keyArn })],
    ["Invalid keyId 'fake-key-id'", () => kms.describeKey({ KeyId: "fake-key-id" })],
    ["Invalid keyId 'mrk-fake-key-id'", () => kms.describeKey({ KeyId: "mrk-fake-key-id" })],
    [
      "Invalid arn ap-southeast-1",
      () => kms.describeKey({ KeyId: keyArn.replace("us-east-1", "ap-southeast-1") }),
    ],
    ["Invalid keyId 'invalid'", () => kms.listGrants({ KeyId: "invalid" })],
  ]);
  are("ValidationException", 400, [
    [
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      () => kms.createAlias({ AliasName: "weather", TargetKeyId: KeyId }),
    ],
    ["NumberOfBytes is required.", () => kms.generateRandom({})],
    [
      "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
      () => kms.generateRandom({ NumberOfBytes: 1025 }),
    ],
    [
      "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
      () => kms.encrypt({ KeyId, Plaintext: Buffer.alloc(4097) }),
    ],
    [
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
      () => kms.createKey({ KeySpec: "HMAC_256" }),
    ],
  ]);
});

describe("enums, in the order of AWS's hash table", () => {
  const at = (member: string, names: string) =>
    `1 validation error detected: Value 'FAKE' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${names}]`;
  are("ValidationException", 400, [
    [
      at(
        "keySpec",
        // Recorded before there were EdDSA and ML-DSA keys and without SM2, in this order.
        "RSA_2048, ECC_NIST_P384, ECC_NIST_EDWARDS25519, ML_DSA_87, ML_DSA_65, ECC_NIST_P256, ML_DSA_44, ECC_NIST_P521, HMAC_384, RSA_3072, SM2, ECC_SECG_P256K1, RSA_4096, SYMMETRIC_DEFAULT, HMAC_256, HMAC_224, HMAC_512",
      ),
      () => kms.createKey({ KeySpec: "FAKE" as KeySpec }),
    ],
    [
      at(
        "filters.1.member.key",
        // Recorded before there were owning services and primary Regions.
        "all, owning-service, name, tag-key, description, tag-value, primary-region",
      ),
      () =>
        secrets.listSecrets({
          Filters: [{ Key: "FAKE" as Filter["Key"] & string, Values: ["a"] }],
        }),
    ],
  ]);
});

describe("a rotation function that can't be invoked", () => {
  are("AccessDeniedException", 400, [
    [
      "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
      async () => {
        const { ARN: SecretId } = await secrets.createSecret({ Name: "db", SecretString: "a" });
        const RotationLambdaARN = `arn:aws:lambda:us-east-1:${account}:function:none`;
        const RotationRules = { AutomaticallyAfterDays: 1 };
        return secrets.rotateSecret({ SecretId, RotationLambdaARN, RotationRules });
      },
    ],
  ]);
});
