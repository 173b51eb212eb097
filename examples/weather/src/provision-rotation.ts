/**
 * What makes the token rotate: the key that may make and delete tokens, as a secret of its own; a
 * role that a rotation is given, which reads that one and writes the token; and what kind of token it is.
 */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { type Administrator, policy, secretName } from "./provision.ts";

export interface TokenToRotate {
  /** Of rotators.json: what the provider's plan allows. */
  readonly type: "WeatherToken" | "OnlyWeatherToken";
  readonly managementKey: string;
  /** How long the old token lives at least. */
  readonly gracePeriod: string;
}

/** From then on `claviger rotate weatherproject/apiToken` does it, and every 30 days the vault. */
export async function provisionRotation(
  administrator: Administrator,
  { type, managementKey, gracePeriod }: TokenToRotate,
): Promise<void> {
  const secrets = new SecretsManager(administrator);
  const { ARN: adminSecretArn = "" } = await secrets.createSecret({
    Name: "weatherproject/managementKey",
    SecretString: managementKey,
  });
  const { ARN: secretArn = "" } = await secrets.updateSecret({ SecretId: secretName, Type: type });
  const roleArn = await rotationRole(administrator, secretArn, adminSecretArn);
  const metadata = { adminSecretArn, gracePeriod };
  await secrets.rotateSecret({
    SecretId: secretName,
    RotationRules: { AutomaticallyAfterDays: 30 },
    ExternalSecretRotationMetadata: Object.entries(metadata).map(([Key, Value]) => ({
      Key,
      Value,
    })),
    ExternalSecretRotationRoleArn: roleArn,
    RotateImmediately: false,
  });
}

async function rotationRole(
  administrator: Administrator,
  secretArn: string,
  adminSecretArn: string,
): Promise<string> {
  const iam = new IAM(administrator);
  const { Role: role } = await iam.createRole({
    RoleName: "weather-rotation",
    AssumeRolePolicyDocument: policy({
      Effect: "Allow",
      Principal: { Service: "secretsmanager.amazonaws.com" },
      Action: "sts:AssumeRole",
    }),
  });
  await iam.putRolePolicy({
    RoleName: "weather-rotation",
    PolicyName: "rotate-the-token",
    PolicyDocument: policy(
      {
        Effect: "Allow",
        Action: [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: secretArn,
      },
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: adminSecretArn },
    ),
  });
  return role?.Arn ?? "";
}
