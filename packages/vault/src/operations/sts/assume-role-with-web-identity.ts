/**
 * Gives temporary credentials of a role to whom an OIDC provider of the role's account vouches
 * for: a Kubernetes service account, a GitHub or GitLab job. Needs no AWS credentials.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
import { validationError } from "../../errors.ts";
import { parseIamArn } from "../../principals/arns.ts";
import type { WebIdentity } from "../../principals/identity-providers/web-identity.ts";
import type { SessionContext } from "../../principals/sessions/session.ts";
import { compiledSessionPolicy } from "../../principals/sessions/session-policies.ts";
import { type Infer, refused, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import {
  durationSeconds,
  roleArn,
  sessionName,
  sessionPolicy,
  sessionPolicyArns,
} from "./members.ts";
import { authorizeRoleSession, roleSessionOutput, sessionSeconds } from "./role-session.ts";

const input = structure({
  RoleArn: required(roleArn),
  RoleSessionName: required(sessionName),
  WebIdentityToken: required(string({ min: 4, max: 20_000, isSensitive: true })),
  ProviderId: refused("it takes OpenID Connect tokens, no access tokens of OAuth 2.0."),
  PolicyArns: sessionPolicyArns,
  Policy: sessionPolicy,
  DurationSeconds: durationSeconds,
});

export const assumeRoleWithWebIdentity = operation({
  name: "AssumeRoleWithWebIdentity",
  isReadOnly: true,
  input,

  webIdentity({ RoleArn, WebIdentityToken }) {
    const role = parseIamArn(RoleArn);
    if (role?.type !== "role") throw validationError("Request ARN is invalid");
    return { accountId: role.accountId, token: WebIdentityToken };
  },

  async permit(given, call) {
    const { webIdentity } = call;
    if (webIdentity === undefined) throw new TypeError("a web identity comes with the call");
    if (given.Policy !== undefined) compiledSessionPolicy(given.Policy);
    const context = sessionContext(given, webIdentity);
    const role = await call.vault.principals.roles.locateForSession(given.RoleArn);
    const action = "sts:AssumeRoleWithWebIdentity";
    const permit = authorizeRoleSession(call, action, role, context, {
      "sts:RoleSessionName": given.RoleSessionName,
      ...webIdentity.conditionKeys,
    });
    return { permit, context, webIdentity };
  },

  async run({ RoleSessionName, DurationSeconds }, { permit, context, webIdentity }, call) {
    const issued = await call.vault.sessions.issue(permit, {
      sessionName: RoleSessionName,
      durationSeconds: sessionSeconds(DurationSeconds, permit),
      context,
    });
    await call.vault.principals.roles.noteUse(permit, call.scope.region);
    return roleSessionOutput(issued, RoleSessionName, context, call, {
      SubjectFromWebIdentityToken: webIdentity.subject,
      Provider: webIdentity.provider,
      Audience: webIdentity.audience,
    });
  },
});

function sessionContext(
  { Policy, PolicyArns }: Infer<typeof input>,
  { provider, issuer, subject, audience, ...given }: WebIdentity,
): SessionContext {
  const policyArns = PolicyArns?.flatMap(({ arn }) => arn ?? []);
  return {
    policy: Policy,
    policyArns: policyArns?.length === 0 ? undefined : policyArns,
    ...given.sessionTags,
    sourceIdentity: given.sourceIdentity,
    webIdentity: { provider, issuer, subject, audience },
  };
}
