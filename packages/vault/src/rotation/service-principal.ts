/**
 * As whom the vault rotates: the service itself, which a role has to trust before a rotator is
 * given a session of it, and which no request can be made as.
 */
import { authorize } from "../authorization/authorize.ts";
import type { Circumstances, Principal } from "../authorization/types.ts";
import type { Clock } from "../clock.ts";
import type { RoleResource } from "../principals/entities/roles.ts";
import type { Principals } from "../principals/principals.ts";
import type { SessionCredentials, Sessions } from "../principals/sessions/sessions.ts";
import type { SecretRecord } from "../secrets/records.ts";

export const serviceName = "secretsmanager.amazonaws.com";

/** A step takes a minute at most. */
const sessionSeconds = 900;
const sessionName = "claviger-rotation";

export interface RotationRole {
  readonly arn: string;
  /** What the session may read beside the secret that is rotated. */
  readonly adminSecretArn: string | undefined;
}

export interface RoleSessionParts {
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/** Throws AccessDenied unless there is such a role in the secret's account that trusts the service. */
export async function permitRole(
  { principals, clock }: RoleSessionParts,
  secret: Pick<SecretRecord, "arn" | "accountId" | "region">,
  roleArn: string,
) {
  const role: RoleResource = await principals.roles.locateForSession(roleArn);
  return authorize(
    service(secret.accountId),
    "sts:AssumeRole",
    role,
    circumstances(clock.now(), secret.region),
    { "aws:SourceArn": secret.arn, "aws:SourceAccount": secret.accountId },
  );
}

/** A short session of the role that reaches no further than this rotation. Throws AccessDenied. */
export async function roleSession(
  parts: RoleSessionParts,
  secret: SecretRecord,
  role: RotationRole,
): Promise<SessionCredentials> {
  const permit = await permitRole(parts, secret, role.arn);
  return parts.sessions.issueForRotation(permit, {
    sessionName,
    durationSeconds: sessionSeconds,
    context: { policy: boundsOf(secret, role) },
  });
}

function boundsOf({ arn }: SecretRecord, { adminSecretArn }: RotationRole): string {
  const readable = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
  const statements = [
    {
      Action: [
        ...readable,
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      Resource: arn,
    },
    { Action: "secretsmanager:GetRandomPassword", Resource: "*" },
    {
      Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt"],
      Resource: "*",
      Condition: { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } },
    },
    ...(isSecretArn(adminSecretArn) ? [{ Action: readable, Resource: adminSecretArn }] : []),
  ];
  const allowed = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  return JSON.stringify({ Version: "2012-10-17", Statement: allowed });
}

/** Of one secret: what has a wildcard in it would open others. */
export function isSecretArn(text: string | undefined): boolean {
  return /^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]{1,519}$/.test(text ?? "");
}

function service(accountId: string): Principal {
  return {
    type: "AWSService",
    arn: serviceName,
    accountId,
    principalId: serviceName,
    userName: undefined,
    roleArn: undefined,
    tags: {},
    policies: [],
    boundary: undefined,
    sessionPolicies: [],
    tokenIssuedAt: undefined,
    organizationId: undefined,
    sessionKeys: {},
  };
}

/** Of what the service asks by itself. */
export function circumstances(now: number, region: string): Circumstances {
  return {
    now,
    region,
    sourceAddress: serviceName,
    isSecureTransport: true,
    userAgent: serviceName,
  };
}
