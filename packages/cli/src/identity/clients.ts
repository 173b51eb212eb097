/** AWS clients that sign with a key in hand, not with what the environment has. */
import type { IAM } from "@aws-sdk/client-iam";
import type { STS } from "@aws-sdk/client-sts";
import type { AccessKey } from "../profiles/profile.ts";

/** Where a key is used. */
export interface Place {
  /** undefined for AWS itself. */
  readonly endpointUrl: string | undefined;
  readonly region: string;
}

export async function stsAt(place: Place, credentials: AccessKey): Promise<STS> {
  const { STS } = await import("@aws-sdk/client-sts");
  return new STS(configuration(place, credentials, "AWS_ENDPOINT_URL_STS"));
}

export async function iamAt(place: Place, credentials: AccessKey): Promise<IAM> {
  const { IAM } = await import("@aws-sdk/client-iam");
  return new IAM(configuration(place, credentials, "AWS_ENDPOINT_URL_IAM"));
}

/** A variable beats the place, as it beats a profile's endpoint_url: the vault may have moved. */
function configuration(
  { endpointUrl, region }: Place,
  { accessKeyId, secretAccessKey }: AccessKey,
  variable: string,
) {
  const endpoint = process.env[variable] || process.env.AWS_ENDPOINT_URL || endpointUrl;
  // A copy: the SDK writes into what it is given.
  const credentials = { accessKeyId, secretAccessKey };
  return { region, credentials, ...(endpoint !== undefined && { endpoint }) };
}
