/**
 * Where credentials come from when nobody hands them in: the order of the AWS SDK for JavaScript.
 * The first source that is configured decides. If it fails, that is the failure: unlike the SDK's,
 * this chain does not go on to somebody else's identity.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
 */
import { type Credentials, noCredentials } from "./credentials.ts";
import { environmentCredentials } from "./environment-variables.ts";
import { type Environment, profileName, readSharedFiles } from "./shared-files.ts";

/** Each source's code is loaded when its turn comes. Rejects with TransportError. */
export async function defaultCredentials(
  environment: Environment,
  region: string,
): Promise<Credentials> {
  return (
    // A profile that is asked for by name goes before the keys beside it.
    (environment.AWS_PROFILE ? undefined : environmentCredentials(environment)) ??
    (await ofProfile(environment, region)) ??
    (await ofWebIdentity(environment, region)) ??
    (await (await import("./container.ts")).containerCredentials(environment)) ??
    (await (await import("./instance-metadata.ts")).instanceCredentials(environment)) ??
    Promise.reject(noCredentials(nowhere(environment)))
  );
}

async function ofProfile(environment: Environment, region: string) {
  const name = profileName(environment);
  const files = readSharedFiles(environment);
  if (files.profile(name) === undefined) return undefined;
  const { profileCredentials } = await import("./profile.ts");
  return profileCredentials(name, { environment, files, region });
}

async function ofWebIdentity(environment: Environment, region: string) {
  const {
    AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
    AWS_ROLE_ARN: roleArn,
    AWS_ROLE_SESSION_NAME: roleSessionName,
  } = environment;
  if (!tokenFile || !roleArn) return undefined;
  const { webIdentityCredentials } = await import("./web-identity.ts");
  const place = { environment, files: readSharedFiles(environment), region };
  return webIdentityCredentials({ tokenFile, roleArn, roleSessionName }, place);
}

function nowhere(environment: Environment): string {
  const profile = profileName(environment);
  return `there are no AWS credentials: none in the environment, in profile ${profile}, of a web identity, a container or an instance`;
}
