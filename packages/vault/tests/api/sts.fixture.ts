/** For tests of STS: roles and users with what they are allowed, and clients that are them. */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { type AssumeRoleCommandInput, type Credentials, STS } from "@aws-sdk/client-sts";
import type { TestVault } from "../../src/testing/index.ts";

const account = "123456789012";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function document(...statements: readonly object[]): string {
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

export function keysOf(credentials: Credentials | undefined): Keys {
  return {
    accessKeyId: credentials?.AccessKeyId ?? "",
    secretAccessKey: credentials?.SecretAccessKey ?? "",
    sessionToken: credentials?.SessionToken ?? "",
  };
}

export function stsFixture(vault: TestVault) {
  const iam = new IAM(vault.client);
  const as = (credentials: Keys) => {
    const client = { ...vault.client, credentials };
    return { iam: new IAM(client), sts: new STS(client), ssm: new SSM(client) };
  };
  return {
    iam,
    sts: new STS(vault.client),
    as,
    /** A role of the account's, with an inline policy of the statements; its ARN. */
    async createRole(
      RoleName: string,
      { trust = {}, allowed = [] }: { trust?: object; allowed?: readonly object[] } = {},
    ): Promise<string> {
      const trusted = { Principal: { AWS: account }, Action: "sts:AssumeRole", ...trust };
      const { Role } = await iam.createRole({
        RoleName,
        AssumeRolePolicyDocument: document(trusted),
      });
      if (allowed.length > 0) {
        const PolicyDocument = document(...allowed);
        await iam.putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument });
      }
      return Role?.Arn ?? "";
    },
    async createUser(UserName: string, ...allowed: readonly object[]): Promise<Keys> {
      await iam.createUser({ UserName });
      if (allowed.length > 0) {
        const PolicyDocument = document(...allowed);
        await iam.putUserPolicy({ UserName, PolicyName: "inline", PolicyDocument });
      }
      const { AccessKey } = await iam.createAccessKey({ UserName });
      return {
        accessKeyId: AccessKey?.AccessKeyId ?? "",
        secretAccessKey: AccessKey?.SecretAccessKey ?? "",
      };
    },
    async assume(input: Partial<AssumeRoleCommandInput>, by?: Keys): Promise<Keys> {
      const sts = by === undefined ? new STS(vault.client) : as(by).sts;
      const { Credentials } = await sts.assumeRole({
        RoleArn: "",
        RoleSessionName: "s1",
        ...input,
      });
      return keysOf(Credentials);
    },
  };
}
