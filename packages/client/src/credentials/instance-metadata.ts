/**
 * Credentials of an instance's role by IMDSv2: a token first, which whoever can only make the
 * instance send a GET does not get. Version 1, which has none, is not spoken.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
import { exchange, type HttpRequest } from "../transport/exchange.ts";
import { type Credentials, credentialsIn, noCredentials, sourceFailed } from "./credentials.ts";
import type { Environment } from "./shared-files.ts";

const timeoutMilliseconds = 1000;
const rolesPath = "/latest/meta-data/iam/security-credentials/";

/** undefined where it is switched off, or the instance has no role. */
export async function instanceCredentials(
  environment: Environment,
): Promise<Credentials | undefined> {
  const { AWS_EC2_METADATA_DISABLED: isDisabled } = environment;
  if (isDisabled && isDisabled.toLowerCase() !== "false") return undefined;
  const endpoint = endpointIn(environment);
  const token = await ask(endpoint, "/latest/api/token", "PUT", {
    "X-aws-ec2-metadata-token-ttl-seconds": "21600",
  });
  if (token === undefined) return undefined;
  const headers = { "X-aws-ec2-metadata-token": token };
  const role = (await ask(endpoint, rolesPath, "GET", headers))?.trim();
  if (!role) return undefined;
  const answer = await ask(endpoint, rolesPath + encodeURIComponent(role), "GET", headers);
  return credentialsIn(answer ?? "", "the instance metadata service");
}

function endpointIn(environment: Environment): URL {
  const {
    AWS_EC2_METADATA_SERVICE_ENDPOINT: configured,
    AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: mode,
  } = environment;
  const byMode =
    mode?.toLowerCase() === "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  const endpoint = URL.parse(configured || byMode);
  if (endpoint === null) throw noCredentials("AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL");
  return endpoint;
}

/** undefined for what is not there. */
async function ask(
  endpoint: URL,
  path: string,
  method: HttpRequest["method"],
  headers: HttpRequest["headers"],
): Promise<string | undefined> {
  const url = new URL(path, endpoint);
  const { status, text } = await exchange({ method, url, headers }, { timeoutMilliseconds }).catch(
    (error: unknown) => {
      // An instance whose service is down for a moment, or a machine that is none: who knows.
      const message = "no AWS credentials are configured, and no instance metadata service answers";
      throw sourceFailed(message, error);
    },
  );
  if (status === 404) return undefined;
  if (status !== 200) {
    throw sourceFailed(`the instance metadata service answered with status ${status}`);
  }
  return text;
}
