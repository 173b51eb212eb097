/**
 * Who there is in an account and what policies they have, from iam:GetAccountAuthorizationDetails.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
import type {
  AttachedPermissionsBoundary,
  AttachedPolicy,
  GetAccountAuthorizationDetailsResponse,
  ManagedPolicyDetail,
  PolicyDetail,
  Tag,
} from "@aws-sdk/client-iam";
import { aws } from "../aws.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";

/** A policy of somebody, and where it stands. */
export interface HeldPolicy {
  /** As traces name it: a managed policy's ARN, or "inline policy NAME of role ROLE". */
  readonly name: string;
  readonly document: string;
  /** Whom it is attached to or stands in. */
  readonly holder: Holder;
  /** Of an inline policy. */
  readonly policyName?: string;
  /** Of a managed policy. */
  readonly arn?: string;
}

export interface Holder {
  readonly type: "user" | "role" | "group";
  readonly name: string;
}

/** A user or a role. */
export interface Entity {
  readonly type: "user" | "role";
  readonly name: string;
  readonly arn: string;
  /** AIDA… or AROA… */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Its own and its groups'. */
  readonly policies: readonly HeldPolicy[];
  readonly boundary: HeldPolicy | undefined;
  /** Who may assume the role. */
  readonly trustPolicy: string | undefined;
}

export interface Account {
  readonly entities: readonly Entity[];
  entity(arn: string): Entity | undefined;
  role(name: string): Entity | undefined;
  /** Whether a policy asks for tags of resources, which cost a call each. */
  readonly asksForTags: boolean;
}

export async function fetchAccount(): Promise<Account> {
  const iam = await aws.iam();
  const pages: GetAccountAuthorizationDetailsResponse[] = [];
  let Marker: string | undefined;
  do {
    showProgress(`reading the account's policies, page ${pages.length + 1}`);
    const page = await iam.getAccountAuthorizationDetails({
      ...(Marker !== undefined && { Marker }),
    });
    pages.push(page);
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker !== undefined);
  clearProgress();
  return accountOf(pages);
}

export function accountOf(pages: readonly GetAccountAuthorizationDetailsResponse[]): Account {
  const managed = new Map(
    pages.flatMap(({ Policies = [] }) => Policies).map((policy) => [policy.Arn ?? "", policy]),
  );
  const groups = new Map(
    pages
      .flatMap(({ GroupDetailList = [] }) => GroupDetailList)
      .map(({ GroupName: name = "", GroupPolicyList, AttachedManagedPolicies }) => [
        name,
        held({ type: "group", name }, GroupPolicyList, AttachedManagedPolicies, managed),
      ]),
  );
  const users = pages
    .flatMap(({ UserDetailList = [] }) => UserDetailList)
    .map(
      ({ UserName: name = "", Arn = "", UserId = "", GroupList = [], ...user }): Entity => ({
        type: "user",
        name,
        arn: Arn,
        id: UserId,
        tags: tagsOf(user.Tags),
        policies: [
          ...held(
            { type: "user", name },
            user.UserPolicyList,
            user.AttachedManagedPolicies,
            managed,
          ),
          ...GroupList.flatMap((group) => groups.get(group) ?? []),
        ],
        boundary: boundaryOf({ type: "user", name }, user.PermissionsBoundary, managed),
        trustPolicy: undefined,
      }),
    );
  const roles = pages
    .flatMap(({ RoleDetailList = [] }) => RoleDetailList)
    .map(
      ({ RoleName: name = "", Arn = "", RoleId = "", ...role }): Entity => ({
        type: "role",
        name,
        arn: Arn,
        id: RoleId,
        tags: tagsOf(role.Tags),
        policies: held(
          { type: "role", name },
          role.RolePolicyList,
          role.AttachedManagedPolicies,
          managed,
        ),
        boundary: boundaryOf({ type: "role", name }, role.PermissionsBoundary, managed),
        trustPolicy: decodeURIComponent(role.AssumeRolePolicyDocument ?? ""),
      }),
    );
  const entities = [...users, ...roles];
  const byArn = new Map(entities.map((entity) => [entity.arn, entity]));
  return {
    entities,
    entity: (arn) => byArn.get(arn),
    role: (name) => roles.find((role) => role.name === name || role.arn === name),
    asksForTags: entities.some(({ policies, boundary }) =>
      [...policies, boundary].some((policy) => /ResourceTag\//i.test(policy?.document ?? "")),
    ),
  };
}

type Managed = ReadonlyMap<string, ManagedPolicyDetail>;

function held(
  holder: Holder,
  inline: readonly PolicyDetail[] = [],
  attached: readonly AttachedPolicy[] = [],
  managed: Managed,
): HeldPolicy[] {
  return [
    ...inline.map(({ PolicyName = "", PolicyDocument = "" }) => ({
      name: `inline policy ${PolicyName} of ${holder.type} ${holder.name}`,
      document: decodeURIComponent(PolicyDocument),
      holder,
      policyName: PolicyName,
    })),
    ...attached.map(({ PolicyArn = "" }) => managedPolicy(holder, PolicyArn, managed)),
  ];
}

function boundaryOf(
  holder: Holder,
  boundary: AttachedPermissionsBoundary | undefined,
  managed: Managed,
): HeldPolicy | undefined {
  const arn = boundary?.PermissionsBoundaryArn;
  return arn === undefined ? undefined : managedPolicy(holder, arn, managed);
}

/** A policy whose document AWS left out is not understood, which whoever judges it is told. */
function managedPolicy(holder: Holder, arn: string, managed: Managed): HeldPolicy {
  const versions = managed.get(arn)?.PolicyVersionList ?? [];
  const document = versions.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document ?? "";
  return { name: arn, document: decodeURIComponent(document), holder, arn };
}

function tagsOf(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
