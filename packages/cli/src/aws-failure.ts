/** What an AWS client's error means to whoever typed the command, and what to do about it. */
import { misset, type Told } from "./misset.ts";
import { endpointOfProfile, isInConfig } from "./profiles/aws-config.ts";

interface AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly code?: string;
}

/** undefined for errors that do not come from an AWS client. */
export function awsFailure(error: unknown): Told | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "CredentialsProviderError") return withoutCredentials();
  if (error.name === "TransportError") return transportFailure(error);
  const ofVariable = misset(error);
  if (ofVariable !== undefined) return ofVariable;
  if (!isAwsError(error)) return undefined;
  if (error.$metadata.httpStatusCode === undefined) return unreachable(error.code ?? error.message);
  const { name, message } = error;
  return { message: withCode(name, message), hint: hintOf(name, message) };
}

/** Nothing was decided: the service can't be reached, throttles or fails, or credentials' source. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message, cause } = error;
  // The chain says so where nothing is configured; else it is a source's own failure.
  if (name === "CredentialsProviderError") return !/from any providers/.test(message);
  if (name === "StsTimeout" || isThrottled(error)) return true;
  if (!isAwsError(error)) return cause !== undefined && isOutage(cause);
  const { httpStatusCode: status = 500 } = error.$metadata;
  return status >= 500 || status === 429;
}

export function isThrottled(error: unknown): boolean {
  return error instanceof Error && throttling.test(error.name);
}

export function isOneOf(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

const throttling = /^Throttl|^TooManyRequests|^RequestLimit/;

const pointAtVault = 'point this shell at a vault: eval "$(claviger env)"; or at AWS: aws login';

function isAwsError(error: Error): error is AwsError {
  return "$metadata" in error;
}

/** What @claviger/client met: the SDK's own error, the service's, or that there was no reply. */
function transportFailure(error: Error): Told {
  const { cause, message, code = "" } = error as Error & { readonly code?: string };
  const ofSdk = awsFailure(cause);
  if (ofSdk !== undefined) return ofSdk;
  if (/^(Unreachable|TimedOut|Unreadable)$/.test(code)) {
    return unreachable(/: (\w+)$/.exec(message)?.[1] ?? message);
  }
  return { message: withCode(code, message), hint: hintOf(code) };
}

function withoutCredentials(): Told {
  const profile = usedProfile();
  if (isInConfig(profile)) {
    return {
      message: `the profile ${profile} gave no credentials`,
      hint: `see why: claviger credentials --profile ${profile}`,
    };
  }
  if (process.env.AWS_PROFILE) {
    return {
      message: `the profile ${profile} (AWS_PROFILE) gives no AWS credentials`,
      hint: "see which there are: aws configure list-profiles; or unset AWS_PROFILE",
    };
  }
  return { message: "there are no AWS credentials in the environment", hint: pointAtVault };
}

function usedProfile(): string {
  return process.env.AWS_PROFILE || "default";
}

function withCode(code: string, message: string): string {
  return message.startsWith(code) ? message : `${code}: ${message}`;
}

function unreachable(reason: string): Told {
  const variable = process.env.AWS_ENDPOINT_URL;
  const endpoint = variable || endpointOfProfile();
  if (endpoint === undefined) {
    return { message: `AWS can't be reached: ${reason}`, hint: "check AWS_REGION and the network" };
  }
  const source = variable ? "AWS_ENDPOINT_URL" : `endpoint_url of profile ${usedProfile()}`;
  return {
    message: `nothing answers at ${endpoint} (${source}): ${reason}`,
    hint: /^(ENOTFOUND|EAI_AGAIN)$/.test(reason)
      ? 'check the name in it; for a vault on this machine: eval "$(claviger env)"'
      : 'start the vault (claviger server), then: eval "$(claviger env)"',
  };
}

function hintOf(code: string, message = ""): string {
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
  if (/^NoSuchEntity/.test(code) && message.startsWith("The role with name")) {
    return "see which there are: aws iam list-roles";
  }
  if (throttling.test(code)) return "wait a moment, then run it again";
  if (code === "AWSOrganizationsNotInUseException") {
    return "add the first account: claviger accounts add NAME (AWS: create-organization first)";
  }
  if (/^(UnknownOperation|InvalidAction)/.test(code)) {
    return "whatever answers at AWS_ENDPOINT_URL does not have this operation";
  }
  return "check what was asked for; the service's answer stands above";
}
