/** Where the SDK found the credentials that a command works with, in words. */
import { isInConfig } from "../profiles/aws-config.ts";

/** What the SDK writes on credentials: the names of the features that gave them. */
interface Attributed {
  readonly $source?: Readonly<Record<string, unknown>>;
}

/** More than one may be named: the last step that gave them comes first here. */
const sources = [
  ["CREDENTIALS_ENV_VARS", "variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"],
  ["CREDENTIALS_STS_ASSUME_ROLE_WEB_ID", "a web identity token (AWS_WEB_IDENTITY_TOKEN_FILE)"],
  ["CREDENTIALS_STS_ASSUME_ROLE", "a role that PROFILE assumes"],
  ["CREDENTIALS_PROFILE_PROCESS", "the credential_process of PROFILE"],
  ["CREDENTIALS_PROCESS", "the credential_process of PROFILE"],
  ["CREDENTIALS_PROFILE_LOGIN", "aws login, by PROFILE"],
  ["CREDENTIALS_LOGIN", "aws login, by PROFILE"],
  ["CREDENTIALS_PROFILE_SSO", "IAM Identity Center, by PROFILE"],
  ["CREDENTIALS_SSO", "IAM Identity Center, by PROFILE"],
  ["CREDENTIALS_SSO_LEGACY", "IAM Identity Center, by PROFILE"],
  ["CREDENTIALS_HTTP", "a container's endpoint (AWS_CONTAINER_CREDENTIALS_*)"],
  ["CREDENTIALS_IMDS", "this instance's role"],
  ["CREDENTIALS_PROFILE", "a static key in PROFILE"],
] as const;

export function sourceOf(credentials: object): string {
  const { $source = {} } = credentials as Attributed;
  const [, said] = sources.find(([name]) => name in $source) ?? [];
  if (said === undefined) return "the AWS SDK";
  const name = process.env.AWS_PROFILE ?? "default";
  return said.replace("PROFILE", `profile ${name}${isInConfig(name) ? " (claviger login)" : ""}`);
}
