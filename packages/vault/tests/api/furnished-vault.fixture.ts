/** A vault with something of everything, so that what the fuzz test sends finds what it names. */
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Organizations } from "@aws-sdk/client-organizations";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import type { TestVault } from "../../src/testing/index.ts";
import type { Known } from "./hostile-inputs.fixture.ts";
import type { Credentials } from "./raw-http.fixture.ts";

export async function makeUser({ client }: TestVault, UserName: string): Promise<Credentials> {
  const iam = new IAM(client);
  await iam.createUser({ UserName });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}

const account = "123456789012";
const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
});
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  },
});
const keyPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Action: "kms:*",
    Resource: "*",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
  },
});
const secretPolicy = keyPolicy.replace("kms:*", "secretsmanager:*");

/** Fills the vault; what is in it, by the members that name it. */
export async function furnish(vault: TestVault): Promise<Known> {
  return {
    ...(await furnishSecrets(vault)),
    ...(await furnishKeys(vault)),
    ...(await furnishIdentities(vault)),
    ...(await furnishAccounts(vault)),
    // Members that lists of two services have, so that each token is tried on both.
    Marker: [...markers, Buffer.from("alice").toString("base64url")],
    NextToken: tokens,
    AttributeKey: ["EventName"],
    AttributeValue: ["CreateSecret", "nobody"],
  };
}

const markers: string[] = [];
const tokens: string[] = [];

async function furnishSecrets(vault: TestVault): Promise<Known> {
  const secrets = new SecretsManager(vault.client);
  const parameters = new SSM(vault.client);
  const token = "11111111-2222-3333-4444-555555555555";
  const secret = await secrets.createSecret({
    Name: "prod/stripe/api",
    SecretString: "kept",
    ClientRequestToken: token,
  });
  await secrets.createSecret({ Name: "going", SecretString: "kept" });
  await secrets.deleteSecret({ SecretId: "going" });
  const secretsPage = await secrets.listSecrets({ MaxResults: 1, IncludePlannedDeletion: true });
  for (const Type of ["String", "StringList", "SecureString"] as const) {
    await parameters.putParameter({ Name: `/app/${Type}`, Value: "a,b", Type });
  }
  const parametersPage = await parameters.describeParameters({ MaxResults: 1 });
  tokens.push(String(secretsPage.NextToken), String(parametersPage.NextToken));
  const secretIds = ["prod/stripe/api", "going", String(secret.ARN), secret.ARN?.slice(0, -7)];
  return {
    SecretId: secretIds.map(String),
    SecretIdList: secretIds.map(String),
    ClientRequestToken: [token, "a".repeat(32)],
    VersionId: [token, "v1", "v2"],
    VersionStage: ["AWSCURRENT", "AWSPREVIOUS"],
    VersionStages: ["AWSCURRENT", "AWSPENDING", "mine"],
    RemoveFromVersionId: [token, "a".repeat(32)],
    MoveToVersionId: [token, "a".repeat(32)],
    ResourcePolicy: [secretPolicy, policy],
    Region: ["eu-west-1", "us-east-1"],
    RemoveReplicaRegions: ["eu-west-1", "eu-central-1"],
    RotationLambdaARN: [`arn:aws:lambda:us-east-1:${account}:function:rotate`],
    ScheduleExpression: [
      "rate(4 hours)",
      "rate(1 day)",
      "cron(0 8/8 ? * 2 *)",
      "cron(0 0 L * ? *)",
    ],
    Duration: ["3h", "24h", "0h"],
    Name: ["/app/String", "/app/StringList", "/app/SecureString", "/app/String:1", "/new", "new"],
    Names: ["/app/String", "/app/SecureString:1", "/none", "x"],
    Path: ["/app", "/", "/app/"],
    PathPrefix: ["/", "/app/"],
    Value: ["a", "a,b,c", "{{a}}", "é".repeat(4097)],
    AllowedPattern: [".*", "(a+)+$", "(", "[a-z,]*"],
    DataType: ["text", "aws:ec2:image"],
    Key: ["tag:constructor", "tag:__proto__", "Name", "Path", "name", "all", "env", "ENV", "aws:x"],
    Option: ["Equals", "BeginsWith", "Recursive", "OneLevel", "Contains"],
    Values: ["/app", "/", "a", "!", "!a"],
  };
}

async function furnishKeys(vault: TestVault): Promise<Known> {
  const kms = new KMS(vault.client);
  const { KeyMetadata: key } = await kms.createKey({});
  await kms.createAlias({ AliasName: "alias/app", TargetKeyId: key?.KeyId });
  const { CiphertextBlob: sealed } = await kms.encrypt({
    KeyId: key?.KeyId,
    Plaintext: Buffer.from("kept"),
    EncryptionContext: { app: "web" },
  });
  const root = `arn:aws:iam::${account}:root`;
  const grants = [];
  for (const Name of ["first", "second", "third"]) {
    grants.push(
      await kms.createGrant({
        KeyId: key?.KeyId,
        Name,
        GranteePrincipal: root,
        RetiringPrincipal: root,
        Operations: ["Decrypt", "CreateGrant"],
      }),
    );
  }
  const pages = [
    await kms.listKeys({ Limit: 1 }),
    await kms.listAliases({ Limit: 1 }),
    await kms.listGrants({ KeyId: key?.KeyId, Limit: 1 }),
  ];
  markers.push(...pages.map(({ NextMarker }) => String(NextMarker)));
  const keyIds = [key?.KeyId, key?.Arn, "alias/app", "alias/aws/ssm"].map(String);
  const principals = [
    root,
    `arn:aws:iam::${account}:user/alice`,
    `arn:aws:sts::${account}:assumed-role/reader/session`,
    `arn:aws:sts::${account}:assumed-role/reader/*`,
  ];
  return {
    KmsKeyId: keyIds,
    KeyId: keyIds,
    SourceKeyId: keyIds,
    DestinationKeyId: keyIds,
    TargetKeyId: keyIds,
    AliasName: ["alias/app", "alias/other", "alias/aws/ssm"],
    CiphertextBlob: [Buffer.from(sealed ?? []).toString("base64")],
    EncryptionContext: ["app", "web"],
    SourceEncryptionContext: ["app", "web"],
    GrantId: grants.map(({ GrantId }) => String(GrantId)),
    GrantToken: grants.map(({ GrantToken }) => String(GrantToken)),
    GrantTokens: grants.map(({ GrantToken }) => String(GrantToken)),
    GranteePrincipal: principals,
    RetiringPrincipal: principals,
    TagKey: ["env", "ENV", "__proto__"],
    TagKeys: ["env", "ENV", "__proto__"],
    Policy: [keyPolicy, policy],
  };
}

async function furnishIdentities(vault: TestVault): Promise<Known> {
  const iam = new IAM(vault.client);
  await makeUser(vault, "alice");
  await iam.putUserPolicy({ UserName: "alice", PolicyName: "inline", PolicyDocument: policy });
  await iam.createGroup({ GroupName: "staff" });
  await iam.putGroupPolicy({ GroupName: "staff", PolicyName: "inline", PolicyDocument: policy });
  await iam.addUserToGroup({ GroupName: "staff", UserName: "alice" });
  const { AccessKeyMetadata } = await iam.listAccessKeys({ UserName: "alice" });
  const { Role } = await iam.createRole({ RoleName: "reader", AssumeRolePolicyDocument: trust });
  const { Policy } = await iam.createPolicy({ PolicyName: "all", PolicyDocument: policy });
  const PolicyArn = String(Policy?.Arn);
  await iam.createPolicyVersion({ PolicyArn, PolicyDocument: policy });
  await iam.attachRolePolicy({ RoleName: "reader", PolicyArn });
  await iam.attachGroupPolicy({ GroupName: "staff", PolicyArn });
  await iam.putRolePermissionsBoundary({ RoleName: "reader", PermissionsBoundary: PolicyArn });
  await iam.putRolePolicy({ RoleName: "reader", PolicyName: "inline", PolicyDocument: policy });
  await iam.createInstanceProfile({ InstanceProfileName: "machine" });
  await iam.addRoleToInstanceProfile({ InstanceProfileName: "machine", RoleName: "reader" });
  const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({
    Url: "https://idp.example.com/team",
    ClientIDList: ["sts.amazonaws.com"],
  });
  const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn: String(Role?.Arn) });
  // Nothing hangs on these, so that they can be deleted.
  await iam.createUser({ UserName: "leaver" });
  await iam.createGroup({ GroupName: "empty" });
  await iam.createRole({ RoleName: "idle", AssumeRolePolicyDocument: trust });
  await iam.createInstanceProfile({ InstanceProfileName: "spare" });
  const loose = await iam.createPolicy({ PolicyName: "loose", PolicyDocument: policy });
  const readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const policyArns = [PolicyArn, String(loose.Policy?.Arn), readOnly];
  const holders = ["user/alice", "group/staff", "role/reader", "role/none"].map(
    (path) => `arn:aws:iam::${account}:${path}`,
  );
  const listed = await iam.listUsers({ MaxItems: 1 });
  markers.push(String(listed.Marker));
  return {
    // Not "nobody": the root may give rights to whom it names.
    UserName: ["alice", "leaver", "bob"],
    NewUserName: ["alice", "leaver", "carol"],
    GroupName: ["staff", "empty", "none"],
    NewGroupName: ["staff", "crew"],
    NewPath: ["/", "/team/"],
    RoleName: ["reader", "idle", "none"],
    InstanceProfileName: ["machine", "spare", "none"],
    RoleArn: [String(Role?.Arn), `arn:aws:iam::${account}:role/none`],
    RoleSessionName: ["session"],
    SourceIdentity: ["alice"],
    TransitiveTagKeys: ["env", "ENV"],
    WebIdentityToken: webIdentityTokens,
    EncodedMessage: ["AAAA", "a".repeat(4096)],
    PolicyArn: policyArns,
    arn: policyArns,
    PermissionsBoundary: policyArns,
    PolicySourceArn: holders,
    Arn: [...holders, ...policyArns],
    CallerArn: holders,
    ResourceArns: ["*", ...holders, `arn:aws:ssm:us-east-1:${account}:parameter/app/x`],
    ResourceOwner: [account, `arn:aws:iam::${account}:root`],
    ActionNames: ["ssm:GetParameter", "iam:CreateUser", "kms:Decrypt"],
    PolicyInputList: [policy, trust],
    PermissionsBoundaryPolicyInputList: [policy],
    ResourcePolicy: [keyPolicy],
    ContextKeyName: ["aws:SourceIp", "aws:username", "aws:__proto__"],
    ContextKeyValues: ["1", "true", "10.0.0.1", "AAAA", "2026-01-01T00:00:00Z"],
    PolicyName: ["inline", "all", "default", "other"],
    PolicyDocument: [policy, trust],
    AssumeRolePolicyDocument: [trust, policy],
    AccessKeyId: [String(AccessKeyMetadata?.[0]?.AccessKeyId), "ASIAQ3EGRWVQZ2EXAMPLE"],
    AccountAlias: ["alias-of-ours"],
    OpenIDConnectProviderArn: [String(OpenIDConnectProviderArn)],
    Url: ["https://idp.example.com/team", "https://other.example.com", "https://[::1]:1/a"],
    ClientID: ["sts.amazonaws.com", "mine"],
    ClientIDList: ["sts.amazonaws.com", "mine"],
    ThumbprintList: ["a".repeat(40)],
    JobId: [String(JobId)],
    ServiceNamespace: ["ssm", "iam"],
    ServiceNamespaces: ["ssm", "iam"],
    AWSServiceName: ["ecs.amazonaws.com"],
  };
}

/** No issuer answers for any of these: what is tested is what is read before one is asked. */
const webIdentityTokens = [
  { iss: "https://nobody.example.com", aud: "sts.amazonaws.com", sub: "x", exp: 1, iat: 1 },
  { iss: 1 },
  { iss: { __proto__: null } },
  [],
  null,
].flatMap((claims) =>
  ["RS256", "HS256", "none", "__proto__"].map((alg) =>
    [{ alg, kid: "k" }, claims, "signature"]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join("."),
  ),
);

async function furnishAccounts(vault: TestVault): Promise<Known> {
  const organizations = new Organizations(vault.client);
  const { CreateAccountStatus: made } = await organizations.createAccount({
    AccountName: "staging",
    Email: "staging@example.com",
  });
  await organizations.createAccount({ AccountName: "x", Email: "staging@example.com" });
  const { Accounts = [] } = await organizations.listAccounts({});
  const member = String(Accounts.find(({ Name }) => Name === "staging")?.Id);
  const { Roots } = await organizations.listRoots({});
  const page = await organizations.listAccounts({ MaxResults: 1 });
  tokens.push(String(page.NextToken));
  return {
    AccountId: [account, member, "999999999999"],
    ChildId: [account, member, String(Roots?.[0]?.Id)],
    CreateAccountRequestId: [String(made?.Id), `car-${"a".repeat(32)}`],
    Email: ["staging@example.com", "STAGING@example.com", "other@example.com"],
    AccountName: ["staging"],
  };
}
