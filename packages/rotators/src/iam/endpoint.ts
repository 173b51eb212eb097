/**
 * Which IAM an access key's rotation may ask. Metadata is chosen by whoever may rotate, and the
 * requests are an admin's: so they go to AWS itself, to the vault, or to where the operator wrote.
 */
import { isSafe } from "../declared/base-url.ts";
import { type Rotation, RotationFailure } from "../rotator.ts";

/** IAM is one for all regions of a partition, which has its requests signed for one of them. */
const regionsOfAws: Readonly<Record<string, string>> = {
  "iam.amazonaws.com": "us-east-1",
  "iam.global.api.aws": "us-east-1",
  "iam.us-gov.amazonaws.com": "us-gov-west-1",
  "iam.us-gov.api.aws": "us-gov-west-1",
  "iam.cn-north-1.amazonaws.com.cn": "cn-north-1",
  "iam.global.api.amazonwebservices.com.cn": "cn-north-1",
  "iam.eusc-de-east-1.amazonaws.eu": "eusc-de-east-1",
  "iam.us-iso-east-1.c2s.ic.gov": "us-iso-east-1",
  "iam.us-isob-east-1.sc2s.sgov.gov": "us-isob-east-1",
};
/** Of others, as AWS's own. */
const regionElsewhere = "us-east-1";

/** `allowed`: the operator's, by their origins. Throws RotationFailure for another one. */
export function iamOf(
  { aws, metadata: { endpoint } }: Pick<Rotation, "aws" | "metadata">,
  allowed: readonly string[],
): Pick<Rotation["aws"], "endpoint" | "region"> {
  if (endpoint === undefined) return aws;
  const url = URL.parse(endpoint);
  // A new key comes from there: nobody on the way is to read it.
  if (url === null || !isSafe(url)) {
    throw new RotationFailure("The metadata endpoint must be an https URL.");
  }
  const isVault = aws.endpoint !== undefined && url.origin === originOf(aws.endpoint);
  if (isVault) return aws;
  const region = url.protocol === "https:" && url.port === "" ? regionOfAws(url) : undefined;
  const isAllowed = region !== undefined || allowed.some((each) => originOf(each) === url.origin);
  if (isAllowed) return { endpoint, region: region ?? regionElsewhere };
  throw new RotationFailure(
    `The metadata endpoint is neither AWS's IAM nor the vault's, and the rotators file doesn't allow it: "endpoints": ["${url.origin}"].`,
  );
}

function regionOfAws({ hostname }: URL): string | undefined {
  return Object.hasOwn(regionsOfAws, hostname) ? regionsOfAws[hostname] : undefined;
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}
