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
import type { STS } from "@aws-sdk/client-sts";

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
    return new CloudTrail({ ...configuration(), ...(region !== undefined && { region }) });
  },
  async iam(): Promise<IAM> {
    return new (await import("@aws-sdk/client-iam")).IAM(configuration());
  },
  async kms(): Promise<KMS> {
    return new (await import("@aws-sdk/client-kms")).KMS(configuration());
  },
  async organizations(): Promise<Organizations> {
    return new (await import("@aws-sdk/client-organizations")).Organizations(configuration());
  },
  async secretsManager(): Promise<SecretsManager> {
    return new (await import("@aws-sdk/client-secrets-manager")).SecretsManager(configuration());
  },
  async ssm(): Promise<SSM> {
    return new (await import("@aws-sdk/client-ssm")).SSM(configuration());
  },
  async sts(): Promise<STS> {
    return new (await import("@aws-sdk/client-sts")).STS(configuration());
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

/** The AWS CLI and boto3 also take the region from AWS_DEFAULT_REGION; this SDK alone does not. */
function configuration() {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  return region === undefined ? {} : { region };
}
