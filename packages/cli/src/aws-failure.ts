/** What an AWS client's error means to whoever typed the command, and what to do about it. */
import { isInConfig } from "./profiles/aws-config.ts";

interface AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly code?: string;
}

/** undefined for errors that do not come from an AWS client. */
export function awsFailure(error: unknown): { message: string; hint: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "CredentialsProviderError") {
    const profile = process.env.AWS_PROFILE ?? "default";
    if (isInConfig(profile)) {
      return {
        message: `the profile ${profile} gave no credentials`,
        hint: `see why: claviger credentials --profile ${profile}`,
      };
    }
    return { message: "there are no AWS credentials in the environment", hint: pointAtVault };
  }
  if (error.message === "Region is missing") {
    return { message: "no AWS region is set", hint: 'set AWS_REGION, or eval "$(claviger env)"' };
  }
  if (error.name === "TransportError") return transportFailure(error);
  if (!isAwsError(error)) return undefined;
  if (error.$metadata.httpStatusCode === undefined) return unreachable(error.code ?? error.message);
  const { name, message } = error;
  return {
    message: message.startsWith(name) ? message : `${name}: ${message}`,
    hint: hintOf(name),
  };
}

export function isOneOf(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

const pointAtVault = 'point this shell at a vault: eval "$(claviger env)"; or at AWS: aws login';

function isAwsError(error: Error): error is AwsError {
  return "$metadata" in error;
}

/** What @claviger/client met: the SDK's own error, or that there was no reply. */
function transportFailure({ cause, message }: Error): { message: string; hint: string } {
  return awsFailure(cause) ?? unreachable(/: (\w+)$/.exec(message)?.[1] ?? message);
}

function unreachable(reason: string): { message: string; hint: string } {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return endpoint === undefined
    ? { message: `AWS can't be reached: ${reason}`, hint: "check AWS_REGION and the network" }
    : {
        message: `nothing answers at ${endpoint} (AWS_ENDPOINT_URL): ${reason}`,
        hint: 'start the vault (claviger server), then: eval "$(claviger env)"',
      };
}

function hintOf(code: string): string {
  if (/^AccessDenied|^Unauthorized/.test(code)) {
    return "ask which policy it takes: claviger policy why - and paste the error";
  }
  if (
    /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|InvalidAccessKeyId)/.test(
      code,
    )
  ) {
    return `the credentials are not accepted: ${pointAtVault}`;
  }
  if (/^Throttl|^TooManyRequests|^RequestLimit/.test(code))
    return "wait a moment, then run it again";
  if (code === "AWSOrganizationsNotInUseException") {
    return "add the first account: claviger accounts add NAME (AWS: create-organization first)";
  }
  if (/^(UnknownOperation|InvalidAction)/.test(code)) {
    return "whatever answers at AWS_ENDPOINT_URL does not have this operation";
  }
  return "check what was asked for; the service's answer stands above";
}
