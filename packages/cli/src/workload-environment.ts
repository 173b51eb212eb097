/**
 * The environment of a workload that can only be one role: every other way by which an SDK finds
 * credentials is closed. The SDKs look in variables and ~/.aws before they ask an endpoint.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
import { settings } from "@claviger/vault/data-folder";

type Variables = Readonly<Record<string, string | undefined>>;

/** What would win over the endpoint, or stand in for it when it fails. */
export const otherSources = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ACCOUNT_ID",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
  // Of the first boto and of EC2's first tools; botocore still looks there.
  "AWS_CREDENTIAL_FILE",
] as const;

/** All that says who a workload is. */
export const workloadVariables: ReadonlySet<string> = new Set([
  ...otherSources,
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_EC2_METADATA_DISABLED",
  "BOTO_CONFIG",
]);

export interface WorkloadSurroundings {
  readonly credentialsUrl: string;
  readonly tokenFile: string;
  /** Private and empty. */
  readonly configFile: string;
  readonly credentialsFile: string;
  readonly region: string;
  /** Where the vault is; undefined leaves AWS_ENDPOINT_URL as it is. */
  readonly endpointUrl: string | undefined;
}

export function workloadEnvironment(own: Variables, its: WorkloadSurroundings): Variables {
  const closed = [
    ...otherSources,
    settings.rootAccessKeyId.variable,
    settings.rootSecretAccessKey.variable,
  ];
  return {
    ...own,
    ...Object.fromEntries(closed.map((name) => [name, undefined])),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: its.credentialsUrl,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: its.tokenFile,
    AWS_CONFIG_FILE: its.configFile,
    AWS_SHARED_CREDENTIALS_FILE: its.credentialsFile,
    // Otherwise botocore reads ~/.boto before it asks an endpoint.
    BOTO_CONFIG: its.credentialsFile,
    // On an instance, the instance's role must not stand in for this one.
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_REGION: its.region,
    AWS_DEFAULT_REGION: its.region,
    ...(its.endpointUrl !== undefined && { AWS_ENDPOINT_URL: its.endpointUrl }),
  };
}
