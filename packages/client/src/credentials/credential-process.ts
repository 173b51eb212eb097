/**
 * `credential_process`: a program of the user's that prints credentials.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
import { exec } from "node:child_process";
import { promisify } from "node:util";
import { type Credentials, credentialsIn, sourceFailed } from "./credentials.ts";
import type { Environment } from "./shared-files.ts";

/** It may ask its user. */
const timeout = 60_000;

/** Run by the shell, as every AWS SDK runs it. */
export async function processCredentials(
  command: string,
  profile: string,
  environment: Environment,
): Promise<Credentials> {
  const source = `the credential_process of profile ${profile}`;
  return credentialsIn(await printed(command, source, environment), source);
}

/** What the program said goes with its failure in Node's error, so that is not handed on. */
async function printed(command: string, source: string, env: Environment): Promise<string> {
  try {
    return (await promisify(exec)(command, { env, timeout, windowsHide: true })).stdout;
  } catch (error) {
    const { code, signal } = error as { code?: unknown; signal?: unknown };
    throw sourceFailed(`${source} failed: ${signal ? `ended by ${signal}` : `exit code ${code}`}`);
  }
}
