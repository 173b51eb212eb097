/**
 * Asks the vault for what AWS has no service, and so no SDK: its own operations, signed as any
 * AWS request with the environment's credentials.
 */
import { SignatureV4 } from "@smithy/signature-v4";
import { aws } from "./aws.ts";
import { isOneOf } from "./aws-failure.ts";
import { CommandFailure } from "./failure.ts";

const targetPrefix = "Claviger_20261122.";
const pointAtVault = 'point this shell at the vault: eval "$(claviger env)"';

/** Whatever answers is AWS itself, or another that speaks AWS's API alone. */
export class NoVault extends CommandFailure {}

/** The reply's members; errors are as an AWS client throws them. */
export async function askVault<Reply>(operation: string, input: object): Promise<Reply> {
  const { config } = await aws.sts();
  const endpoint = process.env.AWS_ENDPOINT_URL || (await config.serviceConfiguredEndpoint?.());
  if (endpoint === undefined) {
    throw new NoVault(
      "neither AWS_ENDPOINT_URL nor a profile names a vault, and AWS itself has no such operation",
      pointAtVault,
    );
  }
  const response = await sent(new URL(endpoint), operation, JSON.stringify(input));
  const reply = await response.json().catch(() => {
    throw new NoVault(`what answers at ${endpoint} is no vault`, pointAtVault);
  });
  if (response.ok) return reply as Reply;
  const { __type: name, message, Message, Hint } = reply as Record<string, string | undefined>;
  const said = message ?? Message ?? "";
  if (Hint !== undefined) throw new CommandFailure(said, Hint);
  throw awsError(said, name ?? "UnknownError", response.status);
}

/** The same as `askVault`, but undefined where no vault answers that has such an operation. */
export async function askIfVault<Reply>(
  operation: string,
  input: object,
): Promise<Reply | undefined> {
  try {
    return await askVault<Reply>(operation, input);
  } catch (error) {
    if (error instanceof NoVault || isOneOf(error, "UnknownOperationException")) return undefined;
    throw error;
  }
}

async function sent(url: URL, operation: string, body: string): Promise<Response> {
  const { region, credentials, sha256 } = (await aws.sts()).config;
  if (sha256 === undefined) throw new Error("the AWS SDK came without its SHA-256");
  const signer = new SignatureV4({ service: "claviger", region, credentials, sha256 });
  const { headers } = await signer.sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    path: "/",
    headers: {
      host: url.host,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": targetPrefix + operation,
    },
    body,
  });
  try {
    return await fetch(url, { method: "POST", headers, body });
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    throw Object.assign(awsError((error as Error).message, "NetworkError", undefined), {
      code: cause?.code,
    });
  }
}

function awsError(message: string, name: string, httpStatusCode: number | undefined): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}
