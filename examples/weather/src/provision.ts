/**
 * What a platform engineer sets up once: the token as a SecureString, a role that may read exactly
 * that, and a user for the machine whose only right is to take on the role.
 */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";

export interface Administrator {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Provisioned {
  readonly roleArn: string;
  /** What the service finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export const parameterName = "/weatherproject/apiToken";

export async function provision(administrator: Administrator, token: string): Promise<Provisioned> {
  await storeToken(administrator, token);
  const { Account: account } = await new STS(administrator).getCallerIdentity();
  const iam = new IAM(administrator);
  const { User: user } = await iam.createUser({ UserName: "weather-machine" });
  const { Role: role } = await iam.createRole({
    RoleName: "weather-api",
    AssumeRolePolicyDocument: policy({
      Effect: "Allow",
      Principal: { AWS: user?.Arn },
      Action: "sts:AssumeRole",
    }),
  });
  await iam.putRolePolicy({
    RoleName: "weather-api",
    PolicyName: "read-its-token",
    PolicyDocument: policy(
      {
        Effect: "Allow",
        Action: ["ssm:GetParameter", "ssm:DescribeParameters"],
        Resource: `arn:aws:ssm:${administrator.region}:${account}:parameter${parameterName}`,
      },
      // To hear of a new one at once, where it may describe it.
      { Effect: "Allow", Action: "claviger:WatchChanges", Resource: "*" },
    ),
  });
  const { AccessKey: key } = await iam.createAccessKey({ UserName: "weather-machine" });
  return {
    roleArn: role?.Arn ?? "",
    environment: {
      AWS_ENDPOINT_URL: administrator.endpoint,
      AWS_REGION: administrator.region,
      AWS_ACCESS_KEY_ID: key?.AccessKeyId ?? "",
      AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey ?? "",
    },
  };
}

export async function storeToken(administrator: Administrator, token: string): Promise<void> {
  await new SSM(administrator).putParameter({
    Name: parameterName,
    Value: token,
    Type: "SecureString",
    Overwrite: true,
  });
}

/** Asks the provider for a new token that may call its current-weather endpoint. */
export async function orderToken(providerUrl: string): Promise<string> {
  const url = `${providerUrl}/admin/tokens?name=weather-api&endpoint=/v1/current&qps=20`;
  const response = await fetch(url, { method: "POST" });
  const { token } = (await response.json()) as { token: string };
  return token;
}

function policy(...statements: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
