/** Of the settings: who rotates secrets. */
import { resolve } from "node:path";
import type { AwsCredentials } from "../rotation/lambda-signature.ts";
import {
  type FunctionEntries,
  RotatorsFileError,
  readRotatorsFile,
} from "../rotation/rotators-file.ts";
import { ConfigurationError } from "./configuration-error.ts";

export interface RotatorsConfiguration {
  /** Of the file; absolute. */
  readonly file: string | undefined;
  readonly functions: FunctionEntries;
  /** Of the environment, where a function asks for them. */
  readonly credentials: AwsCredentials | undefined;
}

export function rotatorsFrom(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): RotatorsConfiguration {
  if (given === undefined) return { file: undefined, functions: new Map(), credentials: undefined };
  const file = resolve(given);
  try {
    const functions = readRotatorsFile(file);
    const isSigned = [...functions.values()].some((entry) => "isSigned" in entry && entry.isSigned);
    return { file, functions, credentials: isSigned ? awsCredentialsFrom(environment) : undefined };
  } catch (error) {
    if (!(error instanceof RotatorsFileError)) throw error;
    throw new ConfigurationError(
      `--rotators ${given}: ${error.message}`,
      "docs/guides/rotation.md shows what it holds",
    );
  }
}

function awsCredentialsFrom(
  environment: Readonly<Record<string, string | undefined>>,
): AwsCredentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) {
    throw new ConfigurationError(
      "a function of --rotators is invoked with the environment's credentials, which has none",
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  return { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN || undefined };
}
