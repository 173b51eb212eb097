/** The same case put to both: to the vault's engine, and to the oracle. */
import {
  compilePolicy,
  type Decision,
  decide,
  type Principal,
  type Resource,
} from "@claviger/vault/authorization";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { arnOf, type Case, type Document, home, roleArnOf } from "./cases.ts";

const tokenIssuedAt = Date.UTC(2026, 0, 2);
const uniqueIds = { Root: "", IAMUser: "AIDAEXAMPLEANA", AssumedRole: "AROAEXAMPLEWEB:i-1" };

export function decideHere(given: Case): Decision["reason"] {
  const { caller, target, context } = given;
  const identity = (document: Document) => compilePolicy(JSON.stringify(document), "identity");
  const isSession = caller.type === "AssumedRole";
  const principal: Principal = {
    type: caller.type,
    arn: arnOf(caller),
    accountId: caller.accountId,
    principalId: uniqueIds[caller.type] || caller.accountId,
    userName: caller.type === "IAMUser" ? "ana" : undefined,
    roleArn: isSession ? roleArnOf(caller) : undefined,
    tags: caller.type === "Root" ? {} : context.principalTags,
    policies: given.identity.map(identity),
    boundary: given.boundary && identity(given.boundary),
    sessionPolicies: given.session ? [identity(given.session)] : [],
    tokenIssuedAt: isSession ? tokenIssuedAt : undefined,
    organizationId: context.organizationId,
    sessionKeys: {},
  };
  const kind = target.action.startsWith("sts:") ? "trust" : "resource";
  const resource: Resource = {
    arn: target.arn,
    accountId: home,
    tags: context.resourceTags,
    policy: given.resource && compilePolicy(JSON.stringify(given.resource), kind),
    isPolicyRequired: target.isPolicyRequired,
  };
  const { now, sourceAddress, isSecureTransport, keys } = context;
  const circumstances = {
    now,
    sourceAddress,
    isSecureTransport,
    region: "us-east-1",
    userAgent: "",
  };
  return decide(principal, target.action, resource, circumstances, keys).reason;
}

/** Throws if the oracle takes the case for malformed. */
export async function decideThere(given: Case): Promise<"Allowed" | "Denied"> {
  const { caller, target } = given;
  const named = (policy: Document, name: number) => ({ name: `p${name}`, policy });
  const result = await runSimulation(
    {
      request: {
        principal: arnOf(caller),
        action: target.action,
        resource: { resource: target.arn, accountId: home },
        contextVariables: contextOf(given),
      },
      identityPolicies: given.identity.map(named),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: given.resource,
      ...(given.boundary && { permissionBoundaryPolicies: [named(given.boundary, 0)] }),
      sessionPolicy: given.session,
    },
    {},
  );
  if (result.resultType !== "single") throw new Error(JSON.stringify(result));
  return result.overallResult === "Allowed" ? "Allowed" : "Denied";
}

/** The oracle takes a request's whole context; the vault makes it of the principal and the rest. */
export function contextOf({ caller, context }: Case): Record<string, string | string[]> {
  const tagged = (prefix: string, tags: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
  const principalTypes = { Root: "Account", IAMUser: "User", AssumedRole: "AssumedRole" };
  const keys = Object.entries(context.keys).map(([key, value]): [string, string | string[]] => [
    key,
    typeof value === "string" ? value : [...value],
  ]);
  return {
    "aws:PrincipalArn": caller.type === "AssumedRole" ? roleArnOf(caller) : arnOf(caller),
    "aws:PrincipalAccount": caller.accountId,
    "aws:PrincipalType": principalTypes[caller.type],
    "aws:userid": uniqueIds[caller.type] || caller.accountId,
    "aws:RequestedRegion": "us-east-1",
    "aws:SourceIp": context.sourceAddress,
    "aws:SecureTransport": String(context.isSecureTransport),
    "aws:CurrentTime": new Date(context.now).toISOString(),
    "aws:EpochTime": String(Math.floor(context.now / 1000)),
    ...(caller.type === "IAMUser" && { "aws:username": "ana" }),
    ...(caller.type === "AssumedRole" && {
      "aws:TokenIssueTime": new Date(tokenIssuedAt).toISOString(),
      "aws:MultiFactorAuthPresent": "false",
    }),
    ...(context.organizationId !== undefined && { "aws:PrincipalOrgID": context.organizationId }),
    ...(caller.type !== "Root" && tagged("aws:PrincipalTag", context.principalTags)),
    ...tagged("aws:ResourceTag", context.resourceTags),
    ...Object.fromEntries(keys),
  };
}
