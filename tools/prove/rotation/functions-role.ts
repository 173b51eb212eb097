/** The role that a rotation function has, as the one that AWS's console makes for a function. */
import { asRoot } from "../../harness/aws-clients.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import type { Environment } from "../clients/client.ts";

/** What a function finds in its environment: the role's credentials, and where the vault is. */
export async function functionsRole(vault: VaultProcess, name: string): Promise<Environment> {
  const { iam, sts } = asRoot(vault);
  const RoleName = `${name}-function`;
  const account = "arn:aws:iam::123456789012";
  const trust = policy(
    { Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    // Whoever stands in for Lambda.
    { Principal: { AWS: `${account}:root` }, Action: "sts:AssumeRole" },
  );
  await unlessThere(iam.createRole({ RoleName, AssumeRolePolicyDocument: trust }));
  await iam.putRolePolicy({
    RoleName,
    PolicyName: "rotate",
    PolicyDocument: policy({
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
        "secretsmanager:GetRandomPassword",
      ],
      Resource: "*",
    }),
  });
  const { Credentials } = await sts.assumeRole({
    RoleArn: `${account}:role/${RoleName}`,
    RoleSessionName: name,
  });
  return {
    SECRETS_MANAGER_ENDPOINT: vault.url,
    AWS_DEFAULT_REGION: vault.environment.AWS_REGION ?? "",
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
  };
}

function policy(...statements: readonly Record<string, unknown>[]): string {
  const allowed = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  return JSON.stringify({ Version: "2012-10-17", Statement: allowed });
}

/** Resolves too where what is made is there already. */
export async function unlessThere(made: Promise<unknown>): Promise<void> {
  await made.catch((error) => {
    if (error.name !== "EntityAlreadyExistsException") throw error;
  });
}
