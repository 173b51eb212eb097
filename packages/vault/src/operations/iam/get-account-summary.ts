/**
 * Tells how much of what an account has, and may have.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
 */
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { input } from "./members.ts";

/** As the domain enforces them; what isn't here at all has AWS's default. */
const quotas = {
  UsersQuota: 5000,
  GroupsQuota: 300,
  RolesQuota: 1000,
  PoliciesQuota: 1500,
  InstanceProfilesQuota: 1000,
  ServerCertificatesQuota: 20,
  GroupsPerUserQuota: 10,
  AccessKeysPerUserQuota: 2,
  SigningCertificatesPerUserQuota: 2,
  AttachedPoliciesPerUserQuota: 10,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerRoleQuota: 10,
  UserPolicySizeQuota: 2048,
  GroupPolicySizeQuota: 5120,
  RolePolicySizeQuota: 10_240,
  AssumeRolePolicySizeQuota: 2048,
  PolicySizeQuota: 6144,
  VersionsPerPolicyQuota: 5,
  PolicyVersionsInUseQuota: 10_000,
};

/** What this vault has none of. */
const none = {
  ServerCertificates: 0,
  MFADevices: 0,
  MFADevicesInUse: 0,
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 0,
  AccountSigningCertificatesPresent: 0,
};

export const getAccountSummary = operation({
  name: "GetAccountSummary",
  isReadOnly: true,
  input: input({}),
  permit: (_input, call) => call.authorize("iam:GetAccountSummary", account(call)),

  async run(_input, permit, call) {
    const has = await call.vault.principals.accountReport.summary(permit);
    const counts = {
      Users: has.users,
      Groups: has.groups,
      Roles: has.roles,
      Policies: has.policies,
      PolicyVersionsInUse: has.policyVersions,
      InstanceProfiles: has.instanceProfiles,
      Providers: has.oidcProviders,
      AccountAccessKeysPresent: has.rootAccessKeys,
      GlobalEndpointTokenVersion: 1,
    };
    return { SummaryMap: new Map(Object.entries({ ...counts, ...none, ...quotas })) };
  },
});
