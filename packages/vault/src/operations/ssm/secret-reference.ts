/**
 * /aws/reference/secretsmanager/NAME: a secret, read through Parameter Store. Nothing is kept of
 * it here: Secrets Manager is asked as the caller, with the caller's own permissions on the secret
 * and its key, and the trail has its event too. The texts are those that AWS was recorded to send.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
 */
import { ApiError, validationError } from "../../errors.ts";
import { lawful, type ParameterResource } from "../../parameters/parameters.ts";
import type { Call, Output } from "../operation.ts";
import { permitRead, revealed } from "../secretsmanager/get-secret-value.ts";

/** Shorter than this no version id of a secret can be. */
const versionIdCharactersMin = 32;

/** AWS's Parameter for a reference, or undefined where `resource` is a parameter of ours. */
export function secretOutput(
  call: Call,
  resource: ParameterResource,
  isDecrypted: boolean | undefined,
): Promise<Output> | undefined {
  const { secretId } = resource.named;
  return secretId === undefined ? undefined : followed(call, resource, secretId, isDecrypted);
}

async function followed(
  call: Call,
  resource: ParameterResource,
  secretId: string,
  isDecrypted: boolean | undefined,
): Promise<Output> {
  const { name, selector } = resource.named;
  lawful(resource);
  if (isDecrypted !== true) {
    throw validationError(
      "WithDecryption flag must be True for retrieving a Secret Manager secret.",
    );
  }
  const secret = await readSecret(call, secretId, selector);
  return {
    Name: name,
    Type: "SecureString",
    Value: secret.SecretString,
    Version: 0,
    ...(selector !== undefined && { Selector: `:${selector}` }),
    SourceResult: sourceResult(secret),
    LastModifiedDate: secret.CreatedDate,
    ARN: secret.ARN,
  };
}

/** What says that there is no such reference, or none that could be followed. */
export function isUnanswerable({ code, message }: ApiError): boolean {
  return (
    code === "ParameterNotFound" || (code === "ValidationError" && message !== dependencyFailed)
  );
}

type Secret = Awaited<ReturnType<typeof revealed>>;

const dependencyFailed = "An error occurred while calling one AWS dependency service.";

async function readSecret(
  call: Call,
  secretId: string,
  selector: string | undefined,
): Promise<Secret> {
  const choice = versionChoice(selector);
  const asked = { secretId, versionId: choice.VersionId, versionStage: choice.VersionStage };
  try {
    return await call.part(
      "GetSecretValue",
      asked,
      async (part) => revealed(await permitRead({ SecretId: secretId, ...choice }, part), part),
      "secretsmanager",
    );
  } catch (error) {
    throw error instanceof ApiError ? refusal(error, secretId, selector) : error;
  }
}

function versionChoice(selector: string | undefined) {
  if (selector === undefined) return {};
  return selector.length >= versionIdCharactersMin
    ? { VersionId: selector }
    : { VersionStage: selector };
}

/** What Secrets Manager refuses, in Parameter Store's words; its own are in the trail. */
function refusal(error: ApiError, secretId: string, selector: string | undefined): ApiError {
  switch (error.code) {
    case "ResourceNotFoundException":
      return new ApiError(
        "ParameterNotFound",
        // AWS writes the selector that isn't there as Java does.
        `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret aws/reference/secretsmanager/${secretId}${selector === undefined ? "null" : `:${selector}`} not found.`,
        { cause: error },
      );
    case "InvalidRequestException":
    case "InvalidParameterException":
    case "ValidationError":
      return new ApiError("ValidationError", "Invalid Request to Secrets Manager", {
        cause: error,
      });
    case "AccessDenied":
    case "DecryptionFailure":
      return new ApiError("ValidationError", dependencyFailed, { cause: error });
    default:
      return error;
  }
}

/** Secrets Manager's reply, as the service that AWS has between the two spells it. */
function sourceResult(secret: Secret): string {
  const binary = secret.SecretBinary;
  return JSON.stringify({
    ARN: secret.ARN,
    name: secret.Name,
    versionId: secret.VersionId,
    ...(binary !== undefined && { secretBinary: Buffer.from(binary).toString("base64") }),
    secretString: secret.SecretString,
    versionStages: secret.VersionStages,
    createdDate: dateText(secret.CreatedDate),
  });
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "Oct 14, 2021, 10:18:47 AM", in UTC. */
function dateText(date: Date): string {
  const hours = date.getUTCHours();
  const two = (count: number) => String(count).padStart(2, "0");
  const time = `${hours % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  return `${day}, ${time} ${hours < 12 ? "AM" : "PM"}`;
}
