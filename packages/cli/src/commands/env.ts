/**
 * `claviger env`: how to point an AWS client at the running vault, as `export` lines for `eval`.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
import { readFileSync } from "node:fs";
import { readConfiguration, readRootCredentials, serverFile, settings } from "@claviger/vault";
import { Command } from "commander";
import { exportLines } from "../export-lines.ts";
import { CommandFailure } from "../failure.ts";

export const envCommand = new Command("env")
  .description("print the environment that points AWS clients at the running vault, for eval")
  .option("--data <DIR>", "folder of the vault's data (default ./.claviger)")
  .option("--format <FORMAT>", "shell or json", "shell")
  .action((flags: { data?: string; format: string }) => {
    if (flags.format !== "shell" && flags.format !== "json") {
      throw new CommandFailure(`'${flags.format}' is not a format`, "give shell or json", 2);
    }
    const environment = environmentOf(flags.data);
    const text =
      flags.format === "json" ? JSON.stringify(environment, undefined, 2) : exports(environment);
    process.stdout.write(`${text}\n`);
  });

function environmentOf(data: string | undefined): Record<string, string> {
  const { dataDirectory, rootCredentials } = readConfiguration({ data }, process.env);
  const credentials = rootCredentials ?? readRootCredentials(dataDirectory);
  const url = runningUrl(dataDirectory);
  if (url !== undefined && credentials === undefined) {
    throw new CommandFailure(
      "the vault's root credentials were given by its environment, and this one has none",
      `set ${settings.rootAccessKeyId.variable} and ${settings.rootSecretAccessKey.variable} here too`,
    );
  }
  if (credentials === undefined || url === undefined) {
    throw new CommandFailure(
      `no vault is running on ${dataDirectory}`,
      "start one with: claviger server (and give its --data here too)",
    );
  }
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: process.env.AWS_REGION ?? "us-east-1",
    AWS_DEFAULT_REGION: process.env.AWS_REGION ?? "us-east-1",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/** The URL that the vault wrote down when it began to serve, if its process still lives. */
function runningUrl(dataDirectory: string): string | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(serverFile(dataDirectory), "utf8"));
    return isAlive(pid) ? url : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process can't be signalled but is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function exports(environment: Record<string, string>): string {
  // A session token of another place would be sent along and refused; a profile would win.
  return [
    ...exportLines(environment),
    "unset AWS_SESSION_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE",
  ].join("\n");
}
