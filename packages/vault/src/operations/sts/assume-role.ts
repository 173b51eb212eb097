/**
 * Gives temporary credentials of a role to callers that its trust policy lets in.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { accessDenied, validationError } from "../../errors.ts";
import type { SessionContext } from "../../principals/sessions/session.ts";
import { compiledSessionPolicy } from "../../principals/sessions/session-policies.ts";
import type { Infer } from "../../shapes/shapes.ts";
import { refusedList, required, string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import {
  durationSeconds,
  mfaSerialNumber,
  mfaTokenCode,
  refuseMfa,
  roleArn,
  sessionName,
  sessionPolicy,
  sessionPolicyArns,
  sessionTags as sessionTagsMember,
  sourceIdentity,
  transitiveTagKeys,
} from "./members.ts";
import { authorizeRoleSession, roleSessionOutput, sessionSeconds } from "./role-session.ts";
import { sessionTags } from "./session-tags.ts";

/** A session that makes a session may not stretch itself, a user's own neither: role chaining. */
const chainedSecondsMax = 3600;
const arnPattern = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:./s;

const input = structure({
  RoleArn: required(roleArn),
  RoleSessionName: required(sessionName),
  DurationSeconds: durationSeconds,
  ExternalId: string({ min: 2, max: 1224, pattern: "[\\w+=,.@:\\/-]*" }),
  Policy: sessionPolicy,
  PolicyArns: sessionPolicyArns,
  Tags: sessionTagsMember,
  TransitiveTagKeys: transitiveTagKeys,
  SourceIdentity: sourceIdentity,
  ProvidedContexts: refusedList("there is no IAM Identity Center that would make one."),
  SerialNumber: mfaSerialNumber,
  TokenCode: mfaTokenCode,
});

export const assumeRole = operation({
  name: "AssumeRole",
  isReadOnly: true,
  input,

  async permit(given, call) {
    const { RoleArn, RoleSessionName, ExternalId, Policy } = given;
    if (!arnPattern.test(RoleArn)) throw validationError(`${RoleArn} is invalid`);
    if (Policy !== undefined) compiledSessionPolicy(Policy);
    refuseMfa(given);
    const context = sessionContext(given, call);
    const role = await call.vault.principals.roles.locateForSession(RoleArn);
    const permit = authorizeRoleSession(call, "sts:AssumeRole", role, context, {
      "sts:RoleSessionName": RoleSessionName,
      ...(ExternalId !== undefined && { "sts:ExternalId": ExternalId }),
    });
    return { permit, context };
  },

  async run({ RoleSessionName, DurationSeconds }, { permit, context }, call) {
    const seconds = sessionSeconds(DurationSeconds, permit);
    if (call.principal.tokenIssuedAt !== undefined && seconds > chainedSecondsMax) {
      throw validationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      );
    }
    const issued = await call.vault.sessions.issue(permit, {
      sessionName: RoleSessionName,
      durationSeconds: seconds,
      context,
    });
    await call.vault.principals.roles.noteUse(permit, call.scope.region);
    return roleSessionOutput(issued, RoleSessionName, context, call);
  },
});

/** What the session will carry: what is passed, and what the caller's own session passes on. */
function sessionContext(given: Infer<typeof input>, { principal }: Call): SessionContext {
  const inheritedIdentity = principal.sessionKeys["aws:sourceidentity"];
  const identity = given.SourceIdentity ?? inheritedIdentity;
  if (inheritedIdentity !== undefined && identity !== inheritedIdentity) {
    throw accessDenied("The source identity of a session can't be changed in role chaining.");
  }
  const policyArns = given.PolicyArns?.flatMap(({ arn }) => arn ?? []);
  return {
    policy: given.Policy,
    policyArns: policyArns?.length === 0 ? undefined : policyArns,
    ...sessionTags(
      { tags: given.Tags ?? [], transitiveTagKeys: given.TransitiveTagKeys ?? [] },
      principal.transitiveTags,
    ),
    sourceIdentity: identity,
  };
}
