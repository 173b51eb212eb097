/**
 * Credentials of a container's task or pod: the endpoint that ECS, EKS Pod Identity, or an agent
 * beside the workload has.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
import { readFile } from "node:fs/promises";
import { exchange } from "../transport/exchange.ts";
import { type Credentials, credentialsIn, noCredentials, sourceFailed } from "./credentials.ts";
import type { Environment } from "./shared-files.ts";

const timeoutMilliseconds = 1000;

/** undefined where no endpoint is configured. */
export async function containerCredentials(
  environment: Environment,
): Promise<Credentials | undefined> {
  const url = urlIn(environment);
  if (url === undefined) return undefined;
  const token = await authorizationToken(environment);
  const headers = token === undefined ? {} : { Authorization: token };
  const reply = await exchange({ method: "GET", url, headers }, { timeoutMilliseconds });
  const source = "the container's endpoint of credentials";
  if (reply.status !== 200) throw sourceFailed(`${source} answered with status ${reply.status}`);
  return credentialsIn(reply.text, source);
}

function urlIn(environment: Environment): URL | undefined {
  const {
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: full,
  } = environment;
  if (!relative && !full) return undefined;
  const url = URL.parse(relative ? `http://169.254.170.2${relative}` : (full ?? ""));
  if (url === null || (url.protocol !== "https:" && !isNear(url))) {
    throw noCredentials(
      "the container's endpoint must be https, or on loopback, or a container host of ECS or EKS",
    );
  }
  return url;
}

/** What is sent there in the clear doesn't leave the machine. */
function isNear({ protocol, hostname }: URL): boolean {
  return (
    protocol === "http:" &&
    (/^(localhost|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/.test(hostname) ||
      /^127\.\d+\.\d+\.\d+$/.test(hostname))
  );
}

/** The file's content changes while a pod runs, so it is read each time. */
async function authorizationToken(environment: Environment): Promise<string | undefined> {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path, AWS_CONTAINER_AUTHORIZATION_TOKEN: given } =
    environment;
  const token = path ? await contentOf(path) : given;
  if (token && /[\r\n]/.test(token)) {
    throw noCredentials("the container's authorization token has a line break in it");
  }
  return token || undefined;
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw sourceFailed(`AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE (${path}) can't be read`);
  }
}
