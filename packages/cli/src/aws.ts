/**
 * AWS clients for the commands that ask the vault, or AWS itself. Endpoint, region and credentials
 * come from the environment as every AWS SDK finds them; a service's SDK is loaded when a command
 * first asks for it, so that no other command waits for it.
 */
import type { CloudTrail } from "@aws-sdk/client-cloudtrail";
import type { IAM } from "@aws-sdk/client-iam";
import type { KMS } from "@aws-sdk/client-kms";
import type { Organizations } from "@aws-sdk/client-organizations";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS, STSClientConfig } from "@aws-sdk/client-sts";

/** Who the environment's credentials are, and where their requests go. */
export interface Caller {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  /** `aws`, `aws-cn`, … as ARNs begin. */
  readonly partition: string;
}

/** Where global services, as IAM, keep their trail. */
export const globalRegion = "us-east-1";

export const aws = {
  /** Each region has a trail of its own; the environment's unless another is named. */
  async cloudTrail(region?: string): Promise<CloudTrail> {
    const { CloudTrail } = await import("@aws-sdk/client-cloudtrail");
    const asked = region === undefined ? {} : { region };
    return sharing(new CloudTrail({ ...configuration(), ...asked }));
  },
  async iam(): Promise<IAM> {
    const { IAM } = await import("@aws-sdk/client-iam");
    return sharing(new IAM(configuration()));
  },
  async kms(): Promise<KMS> {
    const { KMS } = await import("@aws-sdk/client-kms");
    return sharing(new KMS(configuration()));
  },
  async organizations(): Promise<Organizations> {
    const { Organizations } = await import("@aws-sdk/client-organizations");
    return sharing(new Organizations(configuration()));
  },
  async secretsManager(): Promise<SecretsManager> {
    const { SecretsManager } = await import("@aws-sdk/client-secrets-manager");
    return sharing(new SecretsManager(configuration()));
  },
  async ssm(): Promise<SSM> {
    const { SSM } = await import("@aws-sdk/client-ssm");
    return sharing(new SSM(configuration()));
  },
  async sts(): Promise<STS> {
    const { STS } = await import("@aws-sdk/client-sts");
    return sharing(new STS(configuration()));
  },
  async caller(): Promise<Caller> {
    const sts = await aws.sts();
    const [{ Arn = "", Account = "" }, region] = await Promise.all([
      sts.getCallerIdentity(),
      sts.config.region(),
    ]);
    return { arn: Arn, accountId: Account, region, partition: Arn.split(":")[1] ?? "aws" };
  },
};

type Credentials = STSClientConfig["credentials"];

/**
 * Credentials are found once in an environment and serve every client, until they expire: a profile
 * may run a program for them, or ask for a code.
 */
const found = new WeakMap<NodeJS.ProcessEnv, Credentials>();

function sharing<Client extends { readonly config: { readonly credentials: Credentials } }>(
  client: Client,
): Client {
  if (!found.has(process.env)) found.set(process.env, client.config.credentials);
  return client;
}

/** The AWS CLI and boto3 also take the region from AWS_DEFAULT_REGION; this SDK alone does not. */
export function regionInEnvironment(): string | undefined {
  return process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
}

function configuration() {
  const region = regionInEnvironment();
  const credentials = found.get(process.env);
  return {
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  };
}
