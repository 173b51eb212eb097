/** What all ways to a role's session have in common: permissions, limits, and the reply. */
import type { Permit } from "../../authorization/authorize.ts";
import type { ConditionKeys } from "../../authorization/types.ts";
import { validationError } from "../../errors.ts";
import { assumedRoleArn } from "../../principals/arns.ts";
import type { RoleResource } from "../../principals/entities/roles.ts";
import type { SessionContext } from "../../principals/sessions/session.ts";
import type { RoleCredentials } from "../../principals/sessions/sessions.ts";
import type { Call, Output } from "../operation.ts";
import { requestTagConditions } from "../request-tags.ts";
import { responseElements } from "../response-elements.ts";

type AssumeAction = "sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity";

const sessionSecondsByDefault = 3600;

/**
 * The permit for the role, which the caller's policies and the role's trust policy must give; and
 * for tags and a source identity the further ones that AWS asks for.
 */
export function authorizeRoleSession<Action extends AssumeAction>(
  call: Call,
  action: Action,
  role: RoleResource,
  context: SessionContext,
  keys: ConditionKeys,
): Permit<Action, RoleResource> {
  const { tags = {}, transitiveTagKeys = [], sourceIdentity } = context;
  const asked: ConditionKeys = {
    ...keys,
    ...requestTagConditions(tags),
    ...(transitiveTagKeys.length > 0 && { "sts:TransitiveTagKeys": transitiveTagKeys }),
    ...(sourceIdentity !== undefined && { "sts:SourceIdentity": sourceIdentity }),
  };
  const permit = call.authorize(action, role, asked);
  if (Object.keys(tags).length > 0) call.authorize("sts:TagSession", role, asked);
  if (sourceIdentity !== undefined) call.authorize("sts:SetSourceIdentity", role, asked);
  return permit;
}

/** An hour unless asked for, and never longer than the role allows. */
export function sessionSeconds(
  asked: number = sessionSecondsByDefault,
  { resource }: Permit<AssumeAction, RoleResource>,
): number {
  const secondsMax = resource.row?.body.maxSessionDurationSeconds;
  if (secondsMax !== undefined && asked > secondsMax) {
    throw validationError(
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  return asked;
}

/** The reply, which also becomes the trail's responseElements, less what opens the session. */
export function roleSessionOutput(
  { role, ...issued }: RoleCredentials,
  sessionName: string,
  { sourceIdentity }: SessionContext,
  call: Call,
  more: Readonly<Record<string, unknown>> = {},
): Output {
  const Expiration = new Date(issued.expiresAt);
  const output = {
    AssumedRoleUser: {
      AssumedRoleId: `${role.uniqueId}:${sessionName}`,
      Arn: assumedRoleArn(role.accountId, role.name, sessionName),
    },
    PackedPolicySize: issued.packedPolicySize,
    SourceIdentity: sourceIdentity,
    ...more,
  };
  // CloudTrail has the session token too; it opens the session, so here it stays out.
  const { accessKeyId: AccessKeyId } = issued;
  call.notes.responseElements = responseElements({
    Credentials: { AccessKeyId, Expiration },
    ...output,
  });
  return {
    Credentials: {
      AccessKeyId,
      SecretAccessKey: issued.secretAccessKey,
      SessionToken: issued.sessionToken,
      Expiration,
    },
    ...output,
  };
}
