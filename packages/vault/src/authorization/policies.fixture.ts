/** Whoever and whatever the tests of this folder ask about; each may be changed member by member. */
import { compilePolicy } from "./compile.ts";
import type { Circumstances, Principal, Resource } from "./types.ts";

export const account = "123456789012";
export const otherAccount = "210987654321";

/** The user ana, with these identity policies. */
export function user(
  policies: readonly object[] = [],
  changes: Partial<Principal> = {},
): Principal {
  return {
    type: "IAMUser",
    arn: `arn:aws:iam::${account}:user/ana`,
    accountId: account,
    principalId: "AIDAEXAMPLEANA",
    userName: "ana",
    roleArn: undefined,
    tags: {},
    policies: policies.map(identityPolicy),
    boundary: undefined,
    sessionPolicies: [],
    tokenIssuedAt: undefined,
    organizationId: undefined,
    sessionKeys: {},
    ...changes,
  };
}

/** A session of the role `service/web`. */
export function session(
  policies: readonly object[] = [],
  changes: Partial<Principal> = {},
): Principal {
  return user(policies, {
    type: "AssumedRole",
    arn: `arn:aws:sts::${account}:assumed-role/web/i-1`,
    principalId: "AROAEXAMPLEWEB:i-1",
    userName: undefined,
    roleArn: `arn:aws:iam::${account}:role/service/web`,
    tokenIssuedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...changes,
  });
}

export function root(accountId = account): Principal {
  return user([], {
    type: "Root",
    arn: `arn:aws:iam::${accountId}:root`,
    accountId,
    principalId: accountId,
    userName: undefined,
  });
}

export function secret(changes: Partial<Resource> = {}): Resource {
  return {
    arn: `arn:aws:secretsmanager:us-east-1:${account}:secret:prod/db-AbCdEf`,
    accountId: account,
    tags: {},
    ...changes,
  };
}

export const circumstances: Circumstances = {
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  sourceAddress: "203.0.113.9",
  isSecureTransport: true,
  region: "us-east-1",
  userAgent: "aws-cli/2.0",
};

export const read = "secretsmanager:GetSecretValue";

/** The document of statements; version 2012-10-17. */
export function documentOf(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function allow(Action: string | string[], Resource: string | string[], more: object = {}) {
  return { Effect: "Allow", Action, Resource, ...more };
}

export function deny(Action: string | string[], Resource: string | string[], more: object = {}) {
  return { Effect: "Deny", Action, Resource, ...more };
}

export function identityPolicy(statement: object) {
  return compilePolicy(documentOf(statement), "identity");
}
