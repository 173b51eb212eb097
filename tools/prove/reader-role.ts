/** A role of the running vault that reads one path, as an administrator makes it with the SDK. */
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import type { VaultProcess } from "../harness/vault-process.ts";
import { clientConfiguration } from "./client-configuration.ts";
import type { Environment } from "./clients/client.ts";

export /** A role that may read parameter/myapp/production/*, and its temporary credentials. */
async function makeReader({ environment }: VaultProcess): Promise<Environment> {
  const configuration = clientConfiguration(environment);
  const iam = new IAM(configuration);
  const account = "123456789012";
  await iam.createRole({
    RoleName: "reader",
    AssumeRolePolicyDocument: policy({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: "sts:AssumeRole",
    }),
  });
  await iam.putRolePolicy({
    RoleName: "reader",
    PolicyName: "production",
    PolicyDocument: policy({
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParametersByPath"],
      Resource: [
        `arn:aws:ssm:us-east-1:${account}:parameter/myapp/production`,
        `arn:aws:ssm:us-east-1:${account}:parameter/myapp/production/*`,
      ],
    }),
  });
  const { Credentials } = await new STS(configuration).assumeRole({
    RoleArn: `arn:aws:iam::${account}:role/reader`,
    RoleSessionName: "prove",
  });
  return {
    ...environment,
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
  };
}

function policy(statement: Record<string, unknown>): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
