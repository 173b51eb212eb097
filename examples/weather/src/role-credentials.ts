/**
 * Credentials of a role, assumed with whatever credentials the environment gives; whoever is given
 * this asks again before they expire. On AWS the platform hands these to a workload by itself.
 */
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";

export function roleCredentials(roleArn: string) {
  const sts = new STSClient();
  return async () => {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "weather-api" }),
    );
    if (Credentials === undefined) throw new Error("AssumeRole gave no credentials");
    return {
      accessKeyId: Credentials.AccessKeyId ?? "",
      secretAccessKey: Credentials.SecretAccessKey ?? "",
      sessionToken: Credentials.SessionToken ?? "",
      ...(Credentials.Expiration !== undefined && { expiration: Credentials.Expiration }),
    };
  };
}
