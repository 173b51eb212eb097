/**
 * Gives temporary credentials of a role to callers that its trust policy lets in.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import type { Permit } from "../../authorization/authorize.ts";
import { validationError } from "../../errors.ts";
import { assumedRoleArn } from "../../principals/arns.ts";
import type { RoleResource } from "../../principals/roles.ts";
import { integer, refused, refusedList, required, string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";

const sessionSecondsByDefault = 3600;
/** A session that makes a session may not stretch itself: AWS's limit for role chaining. */
const chainedSecondsMax = 3600;
const arnPattern = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:./s;
const laterSessions = "session policies, tags and identities are not enforced yet.";

export const assumeRole = operation({
  name: "AssumeRole",
  isReadOnly: true,
  input: structure({
    RoleArn: required(
      string({
        min: 20,
        max: 2048,
        pattern:
          "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
      }),
    ),
    RoleSessionName: required(string({ min: 2, max: 64, pattern: "[\\w+=,.@-]*" })),
    DurationSeconds: integer({ min: 900, max: 43_200 }),
    ExternalId: string({ min: 2, max: 1224, pattern: "[\\w+=,.@:\\/-]*" }),
    Policy: refused(laterSessions),
    PolicyArns: refusedList(laterSessions),
    Tags: refusedList(laterSessions),
    TransitiveTagKeys: refusedList(laterSessions),
    SourceIdentity: refused(laterSessions),
    ProvidedContexts: refusedList(laterSessions),
    SerialNumber: refused("multi-factor devices are not enforced yet."),
    TokenCode: refused("multi-factor devices are not enforced yet."),
  }),

  async permit({ RoleArn, RoleSessionName, ExternalId }, call) {
    if (!arnPattern.test(RoleArn)) throw validationError(`${RoleArn} is invalid`);
    const role = await call.vault.principals.roles.locateForSession(RoleArn);
    return call.authorize("sts:AssumeRole", role, {
      "sts:RoleSessionName": RoleSessionName,
      ...(ExternalId !== undefined && { "sts:ExternalId": ExternalId }),
    });
  },

  async run({ RoleSessionName, DurationSeconds }, permit, call) {
    const durationSeconds = DurationSeconds ?? sessionSecondsByDefault;
    checkDuration(durationSeconds, permit, call);
    const issued = await call.vault.sessions.issue(permit, {
      sessionName: RoleSessionName,
      durationSeconds,
    });
    await call.vault.principals.roles.noteUse(permit, call.scope.region);
    const { accountId, name } = issued.role;
    const Expiration = new Date(issued.expiresAt);
    const AssumedRoleUser = {
      AssumedRoleId: `${issued.role.uniqueId}:${RoleSessionName}`,
      Arn: assumedRoleArn(accountId, name, RoleSessionName),
    };
    // CloudTrail has the session token too; it opens the session, so here it stays out.
    call.notes.responseElements = responseElements({
      Credentials: { AccessKeyId: issued.accessKeyId, Expiration },
      AssumedRoleUser,
    });
    return {
      Credentials: {
        AccessKeyId: issued.accessKeyId,
        SecretAccessKey: issued.secretAccessKey,
        SessionToken: issued.sessionToken,
        Expiration,
      },
      AssumedRoleUser,
    };
  },
});

function checkDuration(
  seconds: number,
  { resource }: Permit<"sts:AssumeRole", RoleResource>,
  { principal }: Call,
): void {
  if (principal.type === "AssumedRole" && seconds > chainedSecondsMax) {
    throw validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
  const secondsMax = resource.row?.body.maxSessionDurationSeconds;
  if (secondsMax !== undefined && seconds > secondsMax) {
    throw validationError(
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
}
