/**
 * Where requests go: what is configured, in the order of the AWS SDKs, else AWS by its partitions.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * An endpoint with plain HTTP is believed as every AWS SDK believes it: whoever configures one, as
 * for a sidecar or an emulator, has chosen the network that values travel over.
 */
import { type Environment, profileName, type SharedFiles } from "../credentials/shared-files.ts";
import { type Service, TransportError } from "./transport.ts";

export interface Endpoint {
  readonly url: URL;
  /** Not AWS's own: configured by somebody. */
  readonly isConfigured: boolean;
}

export interface Place {
  readonly environment: Environment;
  readonly files: SharedFiles;
  readonly region: string;
  /** The one for all services that code has given. */
  readonly endpoint?: string | undefined;
}

/** Of variables, and of blocks in a profile's services. */
const serviceNames: Readonly<Record<Service | "sts", string>> = {
  ssm: "ssm",
  secretsmanager: "secrets_manager",
  sts: "sts",
};

/** undefined where no region is set. AWS_DEFAULT_REGION is the AWS CLI's and boto3's. */
export function regionIn(environment: Environment, files: () => SharedFiles): string | undefined {
  return (
    environment.AWS_REGION ||
    environment.AWS_DEFAULT_REGION ||
    files().profile(profileName(environment))?.region
  );
}

/** Throws TransportError where there is no region, or what is configured is no URL. */
export function endpointOf(service: Service | "sts", place: Place): Endpoint {
  // A host name is made of it: what is no region must not name a host of somebody else.
  if (!/^[a-z0-9-]{1,63}$/.test(place.region)) {
    throw misconfigured("no AWS region is set: set AWS_REGION, or the region of the profile");
  }
  const configured = place.endpoint ?? configuredFor(service, place);
  if (configured !== undefined) return { url: asUrl(configured), isConfigured: true };
  return { url: new URL(`https://${hostOf(service, place)}`), isConfigured: false };
}

function configuredFor(
  service: Service | "sts",
  { environment, files }: Place,
): string | undefined {
  const name = serviceNames[service];
  const profile = files.profile(profileName(environment)) ?? {};
  const isIgnored =
    environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || profile.ignore_configured_endpoint_urls;
  if (isIgnored?.toLowerCase() === "true") return undefined;
  const services = profile.services === undefined ? undefined : files.services(profile.services);
  return (
    environment[`AWS_ENDPOINT_URL_${name.toUpperCase()}`] ||
    environment.AWS_ENDPOINT_URL ||
    services?.[`${name}.endpoint_url`] ||
    profile.endpoint_url
  );
}

/** Of regions by how they begin, with the domain of their IPv4 and their dual-stack hosts. */
const partitions: readonly (readonly [RegExp, string, string])[] = [
  [/^cn-/, "amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  [/^eusc-/, "amazonaws.eu", "api.amazonwebservices.eu"],
  [/^us-iso-/, "c2s.ic.gov", "api.aws.ic.gov"],
  [/^us-isob-/, "sc2s.sgov.gov", "api.aws.scloud"],
  [/^eu-isoe-/, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"],
  [/^us-isof-/, "csp.hci.ic.gov", "api.aws.hci.ic.gov"],
  [/^/, "amazonaws.com", "api.aws"],
];

function hostOf(service: string, { environment, files, region }: Place): string {
  const profile = files.profile(profileName(environment)) ?? {};
  const isOn = (variable: string, setting: string) =>
    (environment[variable] || profile[setting])?.toLowerCase() === "true";
  const isFips = isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  const isDualStack = isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  const [, ipv4 = "", dualStack = ""] = partitions.find(([regions]) => regions.test(region)) ?? [];
  // Of these two, GovCloud's plain hosts are the FIPS ones.
  const isPlainFips =
    region.startsWith("us-gov-") && !isDualStack && (service === "ssm" || service === "sts");
  // Secrets Manager's plain hosts are dual-stack, where the partition is not an isolated one.
  const isPlainDualStack = service === "secretsmanager" && ipv4.startsWith("amazonaws.com");
  const name = isFips && !isPlainFips ? `${service}-fips` : service;
  return `${name}.${region}.${isDualStack && !isPlainDualStack ? dualStack : ipv4}`;
}

function asUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "") {
    throw misconfigured("the configured endpoint is no http or https URL of a host");
  }
  return url;
}

function misconfigured(message: string): TransportError {
  return new TransportError("Misconfigured", message, { kind: "refused" });
}
