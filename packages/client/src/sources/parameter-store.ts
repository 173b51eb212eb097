/** Parameter Store through the AWS SDK: GetParameter, decrypted. */
import { secretValue } from "../secret-value.ts";
import type { Source } from "./source.ts";

type Ssm = Pick<import("@aws-sdk/client-ssm").SSMClient, "send">;

/** `client` is made, as the SDK makes it by default, at the first fetch if not given. */
export function parameterStore(client?: Ssm): Source {
  let sdk: Promise<typeof import("@aws-sdk/client-ssm")> | undefined;
  let made = client;
  return {
    scheme: "ssm",
    async fetch(name) {
      sdk ??= import("@aws-sdk/client-ssm");
      const { GetParameterCommand, SSMClient } = await sdk;
      made ??= new SSMClient();
      const { Parameter } = await made.send(
        new GetParameterCommand({ Name: name, WithDecryption: true }),
      );
      return secretValue(Parameter?.Value ?? "", String(Parameter?.Version ?? ""));
    },
  };
}
