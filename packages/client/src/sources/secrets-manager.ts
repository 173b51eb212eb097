/** Secrets Manager through the AWS SDK: GetSecretValue of the version staged AWSCURRENT. */
import { SecretsError } from "../errors.ts";
import { secretValue } from "../secret-value.ts";
import type { Source } from "./source.ts";

type SecretsManager = Pick<import("@aws-sdk/client-secrets-manager").SecretsManagerClient, "send">;

/** `client` is made, as the SDK makes it by default, at the first fetch if not given. */
export function secretsManager(client?: SecretsManager): Source {
  let sdk: Promise<typeof import("@aws-sdk/client-secrets-manager")> | undefined;
  let made = client;
  return {
    scheme: "secretsmanager",
    async fetch(name) {
      sdk ??= import("@aws-sdk/client-secrets-manager");
      const { GetSecretValueCommand, SecretsManagerClient } = await sdk;
      made ??= new SecretsManagerClient();
      const { SecretString, VersionId } = await made.send(
        new GetSecretValueCommand({ SecretId: name }),
      );
      if (SecretString === undefined) {
        throw new SecretsError("NotText", `secretsmanager:${name} is binary, not text`);
      }
      return secretValue(SecretString, VersionId ?? "");
    },
  };
}
