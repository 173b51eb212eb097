/**
 * Every operation of IAM replies with what AWS's model has and in its spelling: members, lists,
 * times, numbers. Each is asked at least once, with something to show.
 */
import * as model from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { allows, credentialsOf, trustsAccount } from "../api/iam.fixture.ts";
import { misfits } from "./aws-model.fixture.ts";
import { Watch } from "./watched-client.fixture.ts";

let vault: TestVault;
const watch = new Watch();

beforeAll(async () => {
  vault = await startVault();
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

const Tags = [{ Key: "team", Value: "weather" }];
const TagKeys = ["team"];
const PolicyDocument = allows("ssm:GetParameter");

/** Nobody has a password, and no service a role of its own. */
const withoutSuccess = [
  "CreateServiceLinkedRole",
  "DeleteLoginProfile",
  "GetAccountPasswordPolicy",
  "GetLoginProfile",
];

test("what AWS wouldn't send is found", () => {
  const reply = (user: string) =>
    `<GetUserResponse xmlns="x"><GetUserResult><User>${user}</User></GetUserResult></GetUserResponse>`;
  const lacks = ["Path", "UserName", "UserId", "Arn"].map((name) => `GetUser.User: lacks ${name}`);
  expect(misfits(model.GetUser$, reply("<CreateDate>today</CreateDate><Name>a</Name>"))).toEqual([
    "GetUser.User: has Name",
    ...lacks,
    "GetUser.User.CreateDate: today",
  ]);
  const tags = "<Tags><Tag><Key>a</Key></Tag></Tags>";
  expect(misfits(model.GetUser$, reply(tags))).toContain("GetUser.User.Tags[]: has Tag");
  expect(misfits(model.DeleteUser$, reply(""))).toEqual(["DeleteUser: is called GetUserResponse"]);
});

test("from the first user to the last", async () => {
  const iam = watch.on("iam", model, new model.IAM(vault.client));
  const user = { UserName: "ana" };
  const group = { GroupName: "team" };
  const role = { RoleName: "web" };
  const profile = { InstanceProfileName: "web" };
  const inline = { PolicyName: "inline" };
  const { Policy } = await iam.createPolicy({
    PolicyName: "read",
    PolicyDocument,
    Description: "reads",
    Tags,
  });
  const policy = { PolicyArn: Policy?.Arn ?? "" };
  const boundary = { PermissionsBoundary: policy.PolicyArn };
  await iam.createUser({ ...user, Tags, ...boundary });
  await iam.createGroup(group);
  const AssumeRolePolicyDocument = trustsAccount;
  await iam.createRole({ ...role, AssumeRolePolicyDocument, Tags, Description: "d", ...boundary });
  await iam.createInstanceProfile({ ...profile, Tags });
  const provider = await iam.createOpenIDConnectProvider({
    Url: "https://issuer.example",
    ClientIDList: ["a"],
    ThumbprintList: ["a".repeat(40)],
    Tags,
  });
  const oidc = { OpenIDConnectProviderArn: provider.OpenIDConnectProviderArn ?? "" };
  await iam.createAccountAlias({ AccountAlias: "weather" });

  await iam.addUserToGroup({ ...user, ...group });
  await iam.addRoleToInstanceProfile({ ...profile, ...role });
  await iam.attachUserPolicy({ ...user, ...policy });
  await iam.attachGroupPolicy({ ...group, ...policy });
  await iam.attachRolePolicy({ ...role, ...policy });
  await iam.putUserPolicy({ ...user, ...inline, PolicyDocument });
  await iam.putGroupPolicy({ ...group, ...inline, PolicyDocument });
  await iam.putRolePolicy({ ...role, ...inline, PolicyDocument });
  await iam.putUserPermissionsBoundary({ ...user, ...boundary });
  await iam.putRolePermissionsBoundary({ ...role, ...boundary });
  const { accessKeyId: AccessKeyId } = await credentialsOf(iam, user.UserName);
  await iam.updateAccessKey({ ...user, AccessKeyId, Status: "Inactive" });
  await iam.createPolicyVersion({ ...policy, PolicyDocument });
  await iam.setDefaultPolicyVersion({ ...policy, VersionId: "v2" });
  await iam.updateRole({ ...role, MaxSessionDuration: 7200 });
  await iam.updateRoleDescription({ ...role, Description: "e" });
  await iam.updateAssumeRolePolicy({ ...role, PolicyDocument: trustsAccount });
  await iam.addClientIDToOpenIDConnectProvider({ ...oidc, ClientID: "b" });
  await iam.removeClientIDFromOpenIDConnectProvider({ ...oidc, ClientID: "b" });
  const ThumbprintList = ["b".repeat(40)];
  await iam.updateOpenIDConnectProviderThumbprint({ ...oidc, ThumbprintList });
  await iam.tagUser({ ...user, Tags });
  await iam.tagRole({ ...role, Tags });
  await iam.tagPolicy({ ...policy, Tags });
  await iam.tagInstanceProfile({ ...profile, Tags });
  await iam.tagOpenIDConnectProvider({ ...oidc, Tags });

  await iam.getUser(user);
  await iam.getGroup(group);
  await iam.getRole(role);
  await iam.getPolicy(policy);
  await iam.getPolicyVersion({ ...policy, VersionId: "v1" });
  await iam.getInstanceProfile(profile);
  await iam.getOpenIDConnectProvider(oidc);
  await iam.getUserPolicy({ ...user, ...inline });
  await iam.getGroupPolicy({ ...group, ...inline });
  await iam.getRolePolicy({ ...role, ...inline });
  await iam.getAccessKeyLastUsed({ AccessKeyId });
  await iam.getAccountSummary({});
  await iam.getAccountAuthorizationDetails({});
  await iam.generateCredentialReport({});
  await iam.getCredentialReport({});
  const { JobId } = await iam.generateServiceLastAccessedDetails({ Arn: policy.PolicyArn });
  await iam.getServiceLastAccessedDetails({ JobId });
  await iam.getServiceLastAccessedDetailsWithEntities({ JobId, ServiceNamespace: "ssm" });
  const PolicyInputList = [PolicyDocument];
  const PolicySourceArn = `arn:aws:iam::${vault.accountId}:user/ana`;
  const ActionNames = ["ssm:GetParameter", "ssm:PutParameter"];
  await iam.getContextKeysForCustomPolicy({ PolicyInputList });
  await iam.getContextKeysForPrincipalPolicy({ PolicySourceArn });
  await iam.simulateCustomPolicy({ PolicyInputList, ActionNames });
  await iam.simulatePrincipalPolicy({ PolicySourceArn, ActionNames });

  await iam.listUsers({ MaxItems: 1 });
  await iam.listGroups({});
  await iam.listRoles({});
  await iam.listPolicies({ MaxItems: 1 });
  await iam.listPolicyVersions(policy);
  await iam.listInstanceProfiles({});
  await iam.listInstanceProfilesForRole(role);
  await iam.listOpenIDConnectProviders({});
  await iam.listAccountAliases({});
  await iam.listAccessKeys(user);
  await iam.listGroupsForUser(user);
  await iam.listUserPolicies(user);
  await iam.listGroupPolicies(group);
  await iam.listRolePolicies(role);
  await iam.listAttachedUserPolicies(user);
  await iam.listAttachedGroupPolicies(group);
  await iam.listAttachedRolePolicies(role);
  await iam.listEntitiesForPolicy(policy);
  await iam.listPoliciesGrantingServiceAccess({ Arn: PolicySourceArn, ServiceNamespaces: ["ssm"] });
  await iam.listUserTags(user);
  await iam.listRoleTags(role);
  await iam.listPolicyTags(policy);
  await iam.listInstanceProfileTags(profile);
  await iam.listOpenIDConnectProviderTags(oidc);
  await iam.listMFADevices(user);
  await iam.listServiceSpecificCredentials(user);
  await iam.listSigningCertificates(user);
  await iam.listSSHPublicKeys(user);
  await iam.listVirtualMFADevices({});

  await iam.untagUser({ ...user, TagKeys });
  await iam.untagRole({ ...role, TagKeys });
  await iam.untagPolicy({ ...policy, TagKeys });
  await iam.untagInstanceProfile({ ...profile, TagKeys });
  await iam.untagOpenIDConnectProvider({ ...oidc, TagKeys });
  await iam.updateUser({ ...user, NewPath: "/a/" });
  await iam.updateGroup({ ...group, NewPath: "/a/" });
  await iam.deleteUserPermissionsBoundary(user);
  await iam.deleteRolePermissionsBoundary(role);
  await iam.detachUserPolicy({ ...user, ...policy });
  await iam.detachGroupPolicy({ ...group, ...policy });
  await iam.detachRolePolicy({ ...role, ...policy });
  await iam.deleteUserPolicy({ ...user, ...inline });
  await iam.deleteGroupPolicy({ ...group, ...inline });
  await iam.deleteRolePolicy({ ...role, ...inline });
  await iam.removeUserFromGroup({ ...user, ...group });
  await iam.removeRoleFromInstanceProfile({ ...profile, ...role });
  await iam.deleteAccessKey({ ...user, AccessKeyId });
  await iam.deletePolicyVersion({ ...policy, VersionId: "v1" });
  await iam.deletePolicy(policy);
  await iam.deleteUser(user);
  await iam.deleteGroup(group);
  await iam.deleteRole(role);
  await iam.deleteInstanceProfile(profile);
  await iam.deleteOpenIDConnectProvider(oidc);
  await iam.deleteAccountAlias({ AccountAlias: "weather" });
  iam.destroy();

  expect(watch.misfits).toEqual([]);
  expect(watch.neverAsked("iam", withoutSuccess)).toEqual([]);
});
