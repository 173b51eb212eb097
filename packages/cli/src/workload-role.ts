/**
 * The role a workload is given, and what is said where it can't be had. Whoever runs the command
 * assumes it; the workload never sees the credentials that this took.
 */
import { hostname } from "node:os";
import type { STS } from "@aws-sdk/client-sts";
import {
  assumeRole,
  roleArnOf,
  StsTimeout,
  type Trouble,
  WorkloadCredentials,
} from "@claviger/agent";
import type { Command } from "commander";
import { aws } from "./aws.ts";
import { CommandFailure, exitCodes } from "./failure.ts";

export interface RoleFlags {
  readonly sessionName?: string;
  readonly duration: string;
  readonly region?: string;
  readonly webIdentityTokenFile?: string;
}

/** The flags of RoleFlags that every command with a role has. */
export function withRoleFlags(command: Command): Command {
  return command
    .option("--session-name <NAME>", "who the trail shows (default this host's name)")
    .option("--duration <SECONDS>", "how long each set of credentials lasts", "3600")
    .option("--region <REGION>", "region of the role and of the workload (default AWS_REGION)");
}

export interface AssumedRole {
  /** They renew themselves until they are closed. */
  readonly credentials: WorkloadCredentials;
  /** Where it was assumed, and where its workload works. */
  readonly region: string;
  /** Of the profile in use, where no variable has one. */
  readonly endpointUrl: string | undefined;
}

/** Throws CommandFailure with a hint, or the SDK's error. */
export async function assumed(
  role: string,
  flags: RoleFlags,
  onTrouble?: (trouble: Trouble) => void,
): Promise<AssumedRole> {
  const { webIdentityTokenFile } = flags;
  const request = requested(flags);
  if (webIdentityTokenFile !== undefined && !role.startsWith("arn:")) throw needsArn(role);
  const sts = await aws.sts();
  const roleArn = await roleArnOf(sts, role).catch((error: unknown) => {
    throw error instanceof RangeError ? notARole(role) : timely(error);
  });
  const assume = () => assumeRole(sts, { ...request, roleArn });
  const credentials = await WorkloadCredentials.of(assume, onTrouble).catch(
    async (error: unknown) => {
      const isRefused = error instanceof Error && error.name.startsWith("AccessDenied");
      throw isRefused && webIdentityTokenFile === undefined
        ? await refusal(roleArn, error)
        : timely(error);
    },
  );
  return { credentials, ...(await placeOf(sts)) };
}

/** In an outage: the workload has its credentials as soon as the role can be assumed. */
export async function assumedLater(roleArn: string, flags: RoleFlags): Promise<AssumedRole> {
  const request = { ...requested(flags), roleArn };
  const sts = await aws.sts();
  const credentials = WorkloadCredentials.awaited(() => assumeRole(sts, request), roleArn);
  return { credentials, ...(await placeOf(sts)) };
}

function requested({ region, sessionName, duration, webIdentityTokenFile }: RoleFlags) {
  if (region !== undefined) process.env.AWS_REGION = region;
  const host = hostname()
    .replaceAll(/[^\w+=,.@-]/g, "-")
    .slice(0, 64);
  const durationSeconds = secondsOf(duration);
  return { sessionName: sessionName ?? host, durationSeconds, webIdentityTokenFile };
}

async function placeOf(sts: STS) {
  return { region: await sts.config.region(), endpointUrl: await endpointOfProfile(sts) };
}

/** The workload's own configuration files are empty, so it would look for AWS. */
async function endpointOfProfile({ config }: STS): Promise<string | undefined> {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS } = process.env;
  if (AWS_ENDPOINT_URL !== undefined || AWS_ENDPOINT_URL_STS !== undefined) return undefined;
  return config.serviceConfiguredEndpoint?.();
}

/** STS doesn't say whether the role exists; IAM does, to whoever may ask. */
async function refusal(roleArn: string, cause: Error): Promise<CommandFailure> {
  const [caller, iam] = await Promise.all([aws.caller(), aws.iam()]);
  const [, , , , accountId] = roleArn.split(":");
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  const found =
    accountId === caller.accountId
      ? await iam.getRole({ RoleName: name }).then(
          ({ Role }) => Role?.Arn,
          (error: Error) => (error.name === "NoSuchEntityException" ? "nothing" : undefined),
        )
      : undefined;
  const failed = (message: string, hint: string) =>
    new CommandFailure(message, hint, exitCodes.failed, { cause });
  if (found === "nothing") {
    const hint = `aws iam create-role, with a trust policy that names ${caller.arn}`;
    return failed(`there is no role ${roleArn}`, hint);
  }
  if (found !== undefined && found !== roleArn) {
    return failed(`there is no role ${roleArn}`, `the role of this name is ${found}: give that`);
  }
  return failed(
    `${roleArn} doesn't let ${caller.arn} assume it`,
    "name that principal in its trust policy (aws iam update-assume-role-policy); where it names the whole account, allow the principal sts:AssumeRole too",
  );
}

/** The SDK says no more of it than "Request aborted". */
function timely(error: unknown): unknown {
  if (!(error instanceof StsTimeout)) return error;
  const hint = "check AWS_ENDPOINT_URL: something listens there, but not a vault that is well";
  return new CommandFailure(error.message, hint, exitCodes.failed, { cause: error });
}

function secondsOf(duration: string): number {
  const seconds = /^\d{3,5}$/.test(duration) ? Number(duration) : 0;
  if (seconds >= 900 && seconds <= 43_200) return seconds;
  const hint = "give seconds from 900 to 43200, as STS takes them";
  throw new CommandFailure(`'${duration}' is not a duration`, hint, exitCodes.wrongWords);
}

function notARole(role: string): CommandFailure {
  const hint = "give weather-api, or arn:aws:iam::123456789012:role/weather-api";
  return new CommandFailure(`'${role}' is not a role`, hint, exitCodes.wrongWords);
}

function needsArn(role: string): CommandFailure {
  return new CommandFailure(
    `'${role}' names no account, and a web identity has none`,
    `give the role's ARN: arn:aws:iam::123456789012:role/${role}`,
    exitCodes.wrongWords,
  );
}
