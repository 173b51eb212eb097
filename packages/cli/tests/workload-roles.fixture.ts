/** A vault with roles for the tests of `claviger run` and `claviger agent`. */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";

export interface VaultWithRoles extends VaultProcess {
  /** Of whoever runs the command: points at the vault, with the root's static key. */
  readonly operator: Readonly<Record<string, string>>;
}

/** Each role reads the parameters below /ITS NAME, of which /ITS NAME/token is there. */
export async function vaultWithRoles(
  root: string,
  names: readonly string[],
): Promise<VaultWithRoles> {
  const dataDirectory = `${temporaryFolder("roles")}/data`;
  const vault = await startVaultProcess({ root, dataDirectory });
  const iam = new IAM(clientConfiguration(vault.environment));
  const ssm = new SSM(clientConfiguration(vault.environment));
  for (const RoleName of names) {
    const trust = { Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: policy(trust) });
    const Resource = `arn:aws:ssm:*:123456789012:parameter/${RoleName}/*`;
    const PolicyDocument = policy({ Action: "ssm:GetParameter", Resource });
    await iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument });
    const Name = `/${RoleName}/token`;
    await ssm.putParameter({ Name, Value: `of ${RoleName}`, Type: "SecureString" });
  }
  return { ...vault, operator: { ...cleanEnvironment(), ...vault.environment } };
}

function policy(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}
