/**
 * Asks STS for one role's credentials: with those of the agent's own environment, or, given a
 * token file, with the identity that a Kubernetes cluster or a CI service vouches for.
 */
import { readFile } from "node:fs/promises";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  type STSClient,
} from "@aws-sdk/client-sts";
import { parseRoleArn } from "./role-arn.ts";
import { RoleCredentials } from "./role-credentials.ts";

export interface RoleRequest {
  readonly roleArn: string;
  /** Who asks, as the trail will show it. */
  readonly sessionName: string;
  readonly durationSeconds: number;
  /** Read anew each time, since whoever writes it replaces it before it expires. */
  readonly webIdentityTokenFile?: string | undefined;
}

/** SDKs wait for a local endpoint for a second or two, so waiting longer for STS helps nobody. */
const stsMillisecondsMax = 5000;

export class StsTimeout extends Error {
  override readonly name = "StsTimeout";

  constructor(options: ErrorOptions) {
    super(`STS did not answer within ${stsMillisecondsMax / 1000} seconds`, options);
  }
}

/** Rejects with StsTimeout or the SDK's error. */
export async function assumeRole(sts: STSClient, request: RoleRequest): Promise<RoleCredentials> {
  const answer =
    request.webIdentityTokenFile === undefined
      ? await asCaller(sts, (options) => sts.send(new AssumeRoleCommand(inputOf(request)), options))
      : await byToken(sts, request, request.webIdentityTokenFile);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error("STS answered without credentials");
  }
  return new RoleCredentials({
    roleArn: request.roleArn,
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    issuedAt: Date.now(),
    expiresAt: Expiration.getTime(),
  });
}

/**
 * The ARN itself, or that of the caller's own account's role with this name (`weather-api`, or
 * `team/weather-api` with a path). Throws a RangeError for what can be neither.
 */
export async function roleArnOf(sts: STSClient, role: string): Promise<string> {
  if (role.startsWith("arn:")) {
    parseRoleArn(role);
    return role;
  }
  parseRoleArn(`arn:aws:iam::123456789012:role/${role}`);
  const { Arn = "" } = await asCaller(sts, (options) =>
    sts.send(new GetCallerIdentityCommand({}), options),
  );
  const [, partition, , , accountId] = Arn.split(":");
  return `arn:${partition}:iam::${accountId}:role/${role}`;
}

function inputOf({ roleArn, sessionName, durationSeconds }: RoleRequest) {
  return { RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: durationSeconds };
}

async function asCaller<T>(sts: STSClient, ask: Ask<T>): Promise<T> {
  // Who has to type a code to get at their own credentials may take the time; STS may not.
  await sts.config.credentials();
  return inTime(ask);
}

async function byToken(sts: STSClient, request: RoleRequest, file: string) {
  const WebIdentityToken = (await readFile(file, "utf8")).trim();
  const command = new AssumeRoleWithWebIdentityCommand({ ...inputOf(request), WebIdentityToken });
  return inTime((options) => sts.send(command, options));
}

type Ask<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

async function inTime<T>(ask: Ask<T>): Promise<T> {
  const abortSignal = AbortSignal.timeout(stsMillisecondsMax);
  try {
    return await ask({ abortSignal });
  } catch (error) {
    throw abortSignal.aborted ? new StsTimeout({ cause: error }) : error;
  }
}
