/** The role that built-in rotators work as. */
import { IAM } from "@aws-sdk/client-iam";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";

/** Its ARN. `environment` is the root user's. */
export async function rotatorRole(environment: Readonly<Record<string, string>>): Promise<string> {
  const iam = new IAM(clientConfiguration(environment));
  const statement = (more: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...more } });
  const { Role } = await iam.createRole({
    RoleName: "rotator",
    AssumeRolePolicyDocument: statement({
      Principal: { Service: "secretsmanager.amazonaws.com" },
      Action: "sts:AssumeRole",
    }),
  });
  await iam.putRolePolicy({
    RoleName: "rotator",
    PolicyName: "rotate",
    PolicyDocument: statement({ Action: "secretsmanager:*", Resource: "*" }),
  });
  return Role?.Arn ?? "";
}
