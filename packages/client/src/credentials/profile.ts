/**
 * What a profile of the shared files says about credentials: keys, a role by way of another
 * profile, a web identity, or a program to ask; in the order of the AWS SDK for JavaScript.
 */
import type { Place } from "../transport/endpoints.ts";
import { type Credentials, noCredentials } from "./credentials.ts";
import { environmentCredentials } from "./environment-variables.ts";
import type { Section } from "./shared-files.ts";

/** undefined for a profile that says nothing of credentials. */
export async function profileCredentials(
  name: string,
  place: Place,
  visited: readonly string[] = [],
): Promise<Credentials | undefined> {
  const profile = place.files.profile(name);
  if (profile === undefined) throw noCredentials(`there is no profile ${name} in the shared files`);
  if (visited.length > 0 && hasKeys(profile)) return keysOf(profile);
  if (profile.role_arn !== undefined && profile.web_identity_token_file === undefined) {
    return roleCredentials(name, profile, place, visited);
  }
  if (hasKeys(profile)) return keysOf(profile);
  if (profile.web_identity_token_file !== undefined && profile.role_arn !== undefined) {
    const { webIdentityCredentials } = await import("./web-identity.ts");
    const tokenFile = profile.web_identity_token_file;
    const { role_arn: roleArn, role_session_name: roleSessionName } = profile;
    return webIdentityCredentials({ tokenFile, roleArn, roleSessionName }, place);
  }
  if (profile.credential_process !== undefined) {
    const { processCredentials } = await import("./credential-process.ts");
    return processCredentials(profile.credential_process, name, place.environment);
  }
  if (Object.keys(profile).some((setting) => /^(sso_|login_session$)/.test(setting))) {
    throw noCredentials(
      `profile ${name} signs a person in (SSO or login): hand in a provider of the AWS SDK as "credentials", or AWS SDK clients as "clients"`,
    );
  }
  return undefined;
}

function hasKeys(profile: Section): boolean {
  return Boolean(profile.aws_access_key_id && profile.aws_secret_access_key);
}

function keysOf(profile: Section): Credentials {
  const { aws_session_token: sessionToken } = profile;
  return {
    accessKeyId: profile.aws_access_key_id ?? "",
    secretAccessKey: profile.aws_secret_access_key ?? "",
    ...(sessionToken && { sessionToken }),
  };
}

async function roleCredentials(
  name: string,
  profile: Section,
  place: Place,
  visited: readonly string[],
): Promise<Credentials> {
  const { role_arn: roleArn = "", role_session_name: roleSessionName } = profile;
  if (profile.mfa_serial !== undefined) {
    throw noCredentials(`profile ${name} asks for a code (mfa_serial), which a program has not`);
  }
  const { assumeRole } = await import("./security-token-service.ts");
  const source = await sourceOf(name, profile, place, visited);
  return assumeRole(source, {
    roleArn,
    roleSessionName,
    externalId: profile.external_id,
    durationSeconds: profile.duration_seconds,
    place: { ...place, region: profile.region ?? place.region },
  });
}

/** A profile may name itself: its own keys assume its role. */
async function sourceOf(
  name: string,
  { source_profile, credential_source }: Section,
  place: Place,
  visited: readonly string[],
): Promise<Credentials> {
  if (source_profile !== undefined) {
    if (visited.includes(source_profile)) {
      throw noCredentials(`the source profiles of ${name} go in a circle`);
    }
    const found = await profileCredentials(source_profile, place, [...visited, source_profile]);
    if (found !== undefined) return found;
    throw noCredentials(`profile ${source_profile}, the source of ${name}, has no credentials`);
  }
  const found = await credentialsOf(credential_source, place);
  if (found !== undefined) return found;
  throw noCredentials(`profile ${name} names no source that has credentials to assume its role`);
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html */
async function credentialsOf(source: string | undefined, { environment }: Place) {
  switch (source) {
    case "Environment":
      return environmentCredentials(environment);
    case "EcsContainer":
      return (await import("./container.ts")).containerCredentials(environment);
    case "Ec2InstanceMetadata":
      return (await import("./instance-metadata.ts")).instanceCredentials(environment);
    default:
      return undefined;
  }
}
