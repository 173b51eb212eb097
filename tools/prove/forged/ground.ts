/**
 * The vault that forgeries are tried on: two accounts, a parameter that is worth stealing, and
 * credentials of every kind, genuine and no longer so.
 */
import { IAM } from "@aws-sdk/client-iam";
import { Organizations } from "@aws-sdk/client-organizations";
import { SSM } from "@aws-sdk/client-ssm";
import { type Credentials, STS } from "@aws-sdk/client-sts";
import { startVault, type TestVault } from "@claviger/vault/testing";
import { type OidcIssuer, startOidcIssuer } from "../../harness/oidc-issuer.ts";
import type { Keys } from "./signed-request.ts";

const account = "123456789012";
export const parameterName = "/forged/secret";
export const secretValue = "worth-stealing";
export const parameterArn = `arn:aws:ssm:us-east-1:${account}:parameter${parameterName}`;
export const audience = "sts.amazonaws.com";
export const subject = "system:serviceaccount:weather:weather-api";
export const webRoleArn = `arn:aws:iam::${account}:role/web`;

export interface Ground {
  readonly vault: TestVault;
  readonly issuer: OidcIssuer;
  /** Whom nobody has registered. */
  readonly stranger: OidcIssuer;
  readonly root: Keys;
  readonly user: Keys;
  /** A session of a role that may read the parameter, and another of the same. */
  readonly session: Keys;
  readonly otherSession: Keys;
  /** What was good once: expired, of a role created again, of a key made inactive. */
  readonly expired: Keys;
  readonly ofDeletedRole: Keys;
  readonly inactive: Keys;
  /** An administrator of another account, and of another vault. */
  readonly otherAccount: Keys;
  readonly otherVault: Keys;
  close(): Promise<void>;
}

const expiresSeconds = 900;

export async function prepareGround(): Promise<Ground> {
  const [vault, foreign] = await Promise.all([startVault(), startVault()]);
  const [issuer, stranger] = await Promise.all([startOidcIssuer(), startOidcIssuer()]);
  const iam = new IAM(vault.client);
  await new SSM(vault.client).putParameter({
    Name: parameterName,
    Value: secretValue,
    Type: "SecureString",
  });
  await makeReader(iam, "reader");
  const expired = await sessionOf(vault, "reader", expiresSeconds);
  await makeReader(iam, "phoenix");
  const ofDeletedRole = await sessionOf(vault, "phoenix");
  await iam.deleteRolePolicy({ RoleName: "phoenix", PolicyName: "read" });
  await iam.deleteRole({ RoleName: "phoenix" });
  await makeReader(iam, "phoenix");
  await iam.createUser({ UserName: "ana" });
  await iam.putUserPolicy({ UserName: "ana", PolicyName: "read", PolicyDocument: mayRead });
  const user = await accessKey(iam);
  const inactive = await accessKey(iam);
  await iam.updateAccessKey({
    UserName: "ana",
    AccessKeyId: inactive.accessKeyId,
    Status: "Inactive",
  });
  await makeWebRole(iam, issuer);
  await makeReader(new IAM(foreign.client), "reader");
  const otherVault = await sessionOf(foreign, "reader");
  const otherAccount = await administratorOfAnotherAccount(vault);
  // Only what was made to last less than an hour ends by this.
  vault.clock.advance((expiresSeconds + 1) * 1000);
  return {
    vault,
    issuer,
    stranger,
    root: vault.credentials,
    user,
    session: await sessionOf(vault, "reader"),
    otherSession: await sessionOf(vault, "reader"),
    expired,
    ofDeletedRole,
    inactive,
    otherAccount,
    otherVault,
    async close() {
      await Promise.all([issuer.close(), stranger.close(), vault.close(), foreign.close()]);
    },
  };
}

function policy(statement: object): string {
  const Statement = { Effect: "Allow", ...statement };
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const mayRead = policy({ Action: "ssm:GetParameter", Resource: parameterArn });

async function makeReader(iam: IAM, RoleName: string): Promise<void> {
  const AssumeRolePolicyDocument = policy({
    Principal: { AWS: account },
    Action: "sts:AssumeRole",
  });
  await iam.createRole({ RoleName, AssumeRolePolicyDocument });
  await iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument: mayRead });
}

async function makeWebRole(iam: IAM, issuer: OidcIssuer): Promise<void> {
  const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: [audience],
    ThumbprintList: [issuer.thumbprint],
  });
  await iam.createRole({
    RoleName: "web",
    AssumeRolePolicyDocument: policy({
      Principal: { Federated: OpenIDConnectProviderArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: { [`${issuer.name}:sub`]: subject } },
    }),
  });
}

async function accessKey(iam: IAM): Promise<Keys> {
  const { AccessKey } = await iam.createAccessKey({ UserName: "ana" });
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
  return { accessKeyId, secretAccessKey };
}

async function sessionOf(
  vault: TestVault,
  role: string,
  DurationSeconds?: number,
  accountId = account,
): Promise<Keys> {
  const sts = new STS(vault.client);
  sts.config.systemClockOffset = vault.clock.now() - Date.now();
  const { Credentials } = await sts.assumeRole({
    RoleArn: `arn:aws:iam::${accountId}:role/${role}`,
    RoleSessionName: "prove",
    DurationSeconds,
  });
  return keysOf(Credentials);
}

export function keysOf(credentials: Credentials | undefined): Keys {
  return {
    accessKeyId: credentials?.AccessKeyId ?? "",
    secretAccessKey: credentials?.SecretAccessKey ?? "",
    sessionToken: credentials?.SessionToken ?? "",
  };
}

async function administratorOfAnotherAccount(vault: TestVault): Promise<Keys> {
  const organizations = new Organizations(vault.client);
  await organizations.createAccount({ AccountName: "other", Email: "other@example.com" });
  const { Accounts = [] } = await organizations.listAccounts({});
  const { Id } = Accounts.find(({ Name }) => Name === "other") ?? {};
  return sessionOf(vault, "OrganizationAccountAccessRole", undefined, Id);
}
