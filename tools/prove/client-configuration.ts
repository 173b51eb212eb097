import type { Environment } from "./clients/client.ts";

/** What the SDK's clients take, from what `claviger env` gives. */
export function clientConfiguration(environment: Environment) {
  return {
    endpoint: environment.AWS_ENDPOINT_URL ?? "",
    region: environment.AWS_REGION ?? "",
    maxAttempts: 1,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
}
