/** Users, roles and requests of an account for tests, in the form that AWS gives them. */
import type { GetAccountAuthorizationDetailsResponse } from "@aws-sdk/client-iam";
import { type Account, accountOf, type Entity } from "./account.ts";
import type { Statement } from "./document.ts";

export const accountId = "123456789012";

export interface RoleGiven {
  readonly name: string;
  /** By the names of its inline policies. */
  readonly inline?: Readonly<Record<string, readonly Statement[]>>;
  readonly attached?: readonly string[];
  readonly boundary?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Documents are percent-encoded, as IAM's replies have them. */
function encoded(Statement: readonly Statement[]): string {
  return encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement }));
}

export function accountWith(
  roles: readonly RoleGiven[],
  managed: Readonly<Record<string, readonly Statement[]>> = {},
): Account {
  const page: GetAccountAuthorizationDetailsResponse = {
    RoleDetailList: roles.map(({ name, inline = {}, attached = [], boundary, tags = {} }) => ({
      RoleName: name,
      RoleId: `AROA${name.toUpperCase()}`,
      Arn: `arn:aws:iam::${accountId}:role/${name}`,
      AssumeRolePolicyDocument: encoded([]),
      RolePolicyList: Object.entries(inline).map(([PolicyName, statements]) => ({
        PolicyName,
        PolicyDocument: encoded(statements),
      })),
      AttachedManagedPolicies: attached.map((PolicyArn) => ({ PolicyArn })),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      ...(boundary !== undefined && {
        PermissionsBoundary: { PermissionsBoundaryArn: boundary },
      }),
    })),
    Policies: Object.entries(managed).map(([Arn, statements]) => ({
      Arn,
      PolicyVersionList: [
        { VersionId: "v1", IsDefaultVersion: false, Document: encoded([]) },
        { VersionId: "v2", IsDefaultVersion: true, Document: encoded(statements) },
      ],
    })),
  };
  return accountOf([page]);
}

export function roleOf(account: Account, name: string): Entity {
  const role = account.role(name);
  if (role === undefined) throw new Error(`no role ${name}`);
  return role;
}
