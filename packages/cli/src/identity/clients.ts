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
  return new STS(configuration("STS", place, credentials));
}

export async function iamAt(place: Place, credentials: AccessKey): Promise<IAM> {
  const { IAM } = await import("@aws-sdk/client-iam");
  return new IAM(configuration("IAM", place, credentials));
}

/** A variable beats the place, as it beats a profile's endpoint_url: the vault may have moved. */
export function endpointOf(
  service: "STS" | "IAM",
  { endpointUrl }: Pick<Place, "endpointUrl">,
): string | undefined {
  const { env } = process;
  return env[`AWS_ENDPOINT_URL_${service}`] || env.AWS_ENDPOINT_URL || endpointUrl;
}

/** From here on this process asks at the place that was named, whatever the shell points at. */
export function askOnlyAt(endpointUrl: string): void {
  process.env.AWS_ENDPOINT_URL = endpointUrl;
  delete process.env.AWS_ENDPOINT_URL_STS;
  delete process.env.AWS_ENDPOINT_URL_IAM;
}

function configuration(
  service: "STS" | "IAM",
  place: Place,
  { accessKeyId, secretAccessKey }: AccessKey,
) {
  const endpoint = endpointOf(service, place);
  const { region } = place;
  // A copy: the SDK writes into what it is given.
  const credentials = { accessKeyId, secretAccessKey };
  return { region, credentials, ...(endpoint !== undefined && { endpoint }) };
}
