/**
 * `claviger env`: how to point an AWS client at the running vault, as `export` lines for `eval`:
 * with the profile that `claviger setup` made for this vault, or else with its root credentials.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
import { isRootLocked, readConfiguration, readRootCredentials } from "@claviger/vault/data-folder";
import { Command } from "commander";
import { exportLines } from "../export-lines.ts";
import { CommandFailure } from "../failure.ts";
import { noRoot, profileOf } from "../identity/ways-in.ts";
import { noneRuns, runningUrl } from "../running-vault.ts";

interface EnvFlags {
  readonly data?: string;
  readonly root?: true;
  readonly format: string;
}

type Environment = Readonly<Record<string, string>>;

export const envCommand = new Command("env")
  .description("print the environment that points AWS clients at the running vault, for eval")
  .option("--data <DIR>", "folder of the vault's data (default ./.claviger)")
  .option("--root", "with the root credentials, though there is a profile")
  .option("--format <FORMAT>", "shell or json", "shell")
  .action(({ data, root, format }: EnvFlags) => {
    if (format !== "shell" && format !== "json") {
      throw new CommandFailure(`'${format}' is not a format`, "give shell or json", 2);
    }
    const environment = environmentOf(data, root ?? false);
    const text =
      format === "json" ? JSON.stringify(environment, undefined, 2) : exports(environment);
    process.stdout.write(`${text}\n`);
  });

function environmentOf(data: string | undefined, isRootAsked: boolean): Environment {
  const { dataDirectory, rootCredentials } = readConfiguration({ data }, process.env);
  const url = runningUrl(dataDirectory);
  const region = process.env.AWS_REGION ?? "us-east-1";
  const profile = isRootAsked || url === undefined ? undefined : profileOf(dataDirectory);
  if (url !== undefined && profile !== undefined) {
    return { ...placeOf(url, region), AWS_PROFILE: profile.name };
  }
  if (url !== undefined && rootCredentials === undefined && isRootLocked(dataDirectory)) {
    throw noRoot(dataDirectory);
  }
  const credentials = rootCredentials ?? readRootCredentials(dataDirectory);
  if (url !== undefined && credentials === undefined) throw noRoot(dataDirectory);
  if (credentials === undefined || url === undefined) throw noneRuns(dataDirectory);
  return {
    ...placeOf(url, region),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

function placeOf(url: string, region: string): Environment {
  return { AWS_ENDPOINT_URL: url, AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

/** What another place has left in the shell would be sent along and refused, or would win. */
function exports(environment: Environment): string {
  const others =
    "AWS_PROFILE" in environment
      ? "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_DEFAULT_PROFILE"
      : "AWS_SESSION_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE";
  return [...exportLines(environment), `unset ${others}`].join("\n");
}
