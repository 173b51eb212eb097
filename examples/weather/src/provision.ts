/**
 * What a platform engineer sets up once: the token as a secret, a role that may read exactly that,
 * and a user for the machine whose only right is to take on the role.
 */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { STS } from "@aws-sdk/client-sts";

export interface Administrator {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Provisioned {
  readonly secretArn: string;
  readonly roleArn: string;
  /** What the service finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export const secretName = "weatherproject/apiToken";

/** Which is how the service reads it. */
const parameterName = `/aws/reference/secretsmanager/${secretName}`;

export async function provision(administrator: Administrator, token: string): Promise<Provisioned> {
  const { ARN: secretArn = "" } = await new SecretsManager(administrator).createSecret({
    Name: secretName,
    SecretString: token,
  });
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
        Action: "ssm:GetParameter",
        Resource: `arn:aws:ssm:${administrator.region}:${account}:parameter${parameterName}`,
      },
      {
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        Resource: secretArn,
      },
      // To hear of a new one at once, where it may describe it.
      { Effect: "Allow", Action: "claviger:WatchChanges", Resource: "*" },
    ),
  });
  const { AccessKey: key } = await iam.createAccessKey({ UserName: "weather-machine" });
  return {
    secretArn,
    roleArn: role?.Arn ?? "",
    environment: {
      AWS_ENDPOINT_URL: administrator.endpoint,
      AWS_REGION: administrator.region,
      AWS_ACCESS_KEY_ID: key?.AccessKeyId ?? "",
      AWS_SECRET_ACCESS_KEY: key?.SecretAccessKey ?? "",
    },
  };
}

export function policy(...statements: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
