/** Every operation of IAM, STS and CloudTrail denied to a user without policies, in AWS's words. */
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import * as iamClient from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { iam as iamService } from "../../src/operations/iam/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";

const account = "123456789012";
const UserName = "target";
const GroupName = "target";
const RoleName = "target";
const InstanceProfileName = "target";
const PolicyName = "p";
const PolicyArn = `arn:aws:iam::${account}:policy/target`;
const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/issuer.example`;
const JobId = "11111111-2222-4333-8444-555555555555";
const AccessKeyId = "AKIAIOSFODNN7EXAMPLE";
const document = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" }],
});
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" }],
});

const Tags = [{ Key: "a", Value: "b" }];
const TagKeys = ["a"];

const user = "user target";
const group = "group target";
const profile = "instance profile target";
const role = "role target";
const policy = `policy ${PolicyArn}`;

/** Operation, input, and what AWS's denial calls the resource. */
const cases: Readonly<Record<string, readonly [input: object, resource: string]>> = {
  AddClientIDToOpenIDConnectProvider: [
    { OpenIDConnectProviderArn, ClientID: "a" },
    OpenIDConnectProviderArn,
  ],
  AddRoleToInstanceProfile: [{ InstanceProfileName, RoleName }, profile],
  AddUserToGroup: [{ GroupName, UserName }, group],
  AttachGroupPolicy: [{ GroupName, PolicyArn }, group],
  AttachRolePolicy: [{ RoleName, PolicyArn }, role],
  AttachUserPolicy: [{ UserName, PolicyArn }, user],
  CreateAccessKey: [{ UserName }, user],
  CreateAccountAlias: [{ AccountAlias: "alias" }, "*"],
  CreateGroup: [{ GroupName: "new" }, `arn:aws:iam::${account}:group/new`],
  CreateInstanceProfile: [
    { InstanceProfileName: "new" },
    `arn:aws:iam::${account}:instance-profile/new`,
  ],
  CreateOpenIDConnectProvider: [{ Url: "https://issuer.example" }, OpenIDConnectProviderArn],
  CreatePolicy: [{ PolicyName: "new", PolicyDocument: document }, "policy new"],
  CreatePolicyVersion: [{ PolicyArn, PolicyDocument: document }, policy],
  CreateRole: [
    { RoleName: "new", Path: "/a/", AssumeRolePolicyDocument: trust },
    `arn:aws:iam::${account}:role/a/new`,
  ],
  CreateServiceLinkedRole: [
    { AWSServiceName: "a.com" },
    `arn:aws:iam::${account}:role/aws-service-role/a.com/AWSServiceRole`,
  ],
  CreateUser: [{ UserName: "new" }, `arn:aws:iam::${account}:user/new`],
  DeleteAccessKey: [{ UserName, AccessKeyId }, user],
  DeleteAccountAlias: [{ AccountAlias: "alias" }, "*"],
  DeleteGroup: [{ GroupName }, group],
  DeleteGroupPolicy: [{ GroupName, PolicyName }, group],
  DeleteInstanceProfile: [{ InstanceProfileName }, profile],
  DeleteLoginProfile: [{ UserName }, user],
  DeleteOpenIDConnectProvider: [{ OpenIDConnectProviderArn }, OpenIDConnectProviderArn],
  DeletePolicy: [{ PolicyArn }, policy],
  DeletePolicyVersion: [{ PolicyArn, VersionId: "v1" }, policy],
  DeleteRole: [{ RoleName }, role],
  DeleteRolePermissionsBoundary: [{ RoleName }, role],
  DeleteRolePolicy: [{ RoleName, PolicyName }, role],
  DeleteUser: [{ UserName }, user],
  DeleteUserPermissionsBoundary: [{ UserName }, user],
  DeleteUserPolicy: [{ UserName, PolicyName }, user],
  DetachGroupPolicy: [{ GroupName, PolicyArn }, group],
  DetachRolePolicy: [{ RoleName, PolicyArn }, role],
  DetachUserPolicy: [{ UserName, PolicyArn }, user],
  GenerateCredentialReport: [{}, "*"],
  GenerateServiceLastAccessedDetails: [{ Arn: `arn:aws:iam::${account}:user/target` }, user],
  GetAccessKeyLastUsed: [{ AccessKeyId }, "user *"],
  GetAccountAuthorizationDetails: [{}, "*"],
  GetAccountPasswordPolicy: [{}, "*"],
  GetAccountSummary: [{}, "*"],
  GetContextKeysForCustomPolicy: [{ PolicyInputList: [document] }, "*"],
  GetContextKeysForPrincipalPolicy: [
    { PolicySourceArn: `arn:aws:iam::${account}:group/target` },
    group,
  ],
  GetCredentialReport: [{}, "*"],
  GetGroup: [{ GroupName }, group],
  GetGroupPolicy: [{ GroupName, PolicyName }, group],
  GetInstanceProfile: [{ InstanceProfileName }, profile],
  GetLoginProfile: [{ UserName }, user],
  GetOpenIDConnectProvider: [{ OpenIDConnectProviderArn }, OpenIDConnectProviderArn],
  GetPolicy: [{ PolicyArn }, policy],
  GetPolicyVersion: [{ PolicyArn, VersionId: "v1" }, policy],
  GetRole: [{ RoleName }, role],
  GetRolePolicy: [{ RoleName, PolicyName }, role],
  GetServiceLastAccessedDetails: [{ JobId }, "*"],
  GetServiceLastAccessedDetailsWithEntities: [{ JobId, ServiceNamespace: "ssm" }, "*"],
  GetUser: [{ UserName }, user],
  GetUserPolicy: [{ UserName, PolicyName }, user],
  ListAccessKeys: [{ UserName }, user],
  ListAccountAliases: [{}, "*"],
  ListAttachedGroupPolicies: [{ GroupName }, group],
  ListAttachedRolePolicies: [{ RoleName }, role],
  ListAttachedUserPolicies: [{ UserName }, user],
  ListEntitiesForPolicy: [{ PolicyArn }, policy],
  ListGroupPolicies: [{ GroupName }, group],
  ListGroups: [{}, `arn:aws:iam::${account}:group/`],
  ListGroupsForUser: [{ UserName }, user],
  ListInstanceProfileTags: [{ InstanceProfileName }, profile],
  ListInstanceProfiles: [{}, `arn:aws:iam::${account}:instance-profile/`],
  ListInstanceProfilesForRole: [{ RoleName }, role],
  ListMFADevices: [{ UserName }, user],
  ListOpenIDConnectProviderTags: [{ OpenIDConnectProviderArn }, OpenIDConnectProviderArn],
  ListOpenIDConnectProviders: [{}, `arn:aws:iam::${account}:oidc-provider/*`],
  ListPolicies: [{}, "policy path /"],
  ListPoliciesGrantingServiceAccess: [
    { Arn: `arn:aws:iam::${account}:role/target`, ServiceNamespaces: ["ssm"] },
    role,
  ],
  ListPolicyTags: [{ PolicyArn }, policy],
  ListPolicyVersions: [{ PolicyArn }, policy],
  ListRolePolicies: [{ RoleName }, role],
  ListRoleTags: [{ RoleName }, role],
  ListRoles: [{}, `arn:aws:iam::${account}:role/`],
  ListSSHPublicKeys: [{ UserName }, user],
  ListServiceSpecificCredentials: [{ UserName }, user],
  ListSigningCertificates: [{ UserName }, user],
  ListUserPolicies: [{ UserName }, user],
  ListUserTags: [{ UserName }, user],
  ListUsers: [{}, `arn:aws:iam::${account}:user/`],
  ListVirtualMFADevices: [{}, `arn:aws:iam::${account}:mfa/`],
  PutGroupPolicy: [{ GroupName, PolicyName, PolicyDocument: document }, group],
  PutRolePermissionsBoundary: [{ RoleName, PermissionsBoundary: PolicyArn }, role],
  PutRolePolicy: [{ RoleName, PolicyName, PolicyDocument: document }, role],
  PutUserPermissionsBoundary: [{ UserName, PermissionsBoundary: PolicyArn }, user],
  PutUserPolicy: [{ UserName, PolicyName, PolicyDocument: document }, user],
  RemoveClientIDFromOpenIDConnectProvider: [
    { OpenIDConnectProviderArn, ClientID: "a" },
    OpenIDConnectProviderArn,
  ],
  RemoveRoleFromInstanceProfile: [{ InstanceProfileName, RoleName }, profile],
  RemoveUserFromGroup: [{ GroupName, UserName }, group],
  SetDefaultPolicyVersion: [{ PolicyArn, VersionId: "v1" }, policy],
  SimulateCustomPolicy: [{ PolicyInputList: [document], ActionNames: ["ssm:GetParameter"] }, "*"],
  SimulatePrincipalPolicy: [
    { PolicySourceArn: `arn:aws:iam::${account}:user/target`, ActionNames: ["ssm:GetParameter"] },
    user,
  ],
  TagInstanceProfile: [{ InstanceProfileName, Tags }, profile],
  TagOpenIDConnectProvider: [{ OpenIDConnectProviderArn, Tags }, OpenIDConnectProviderArn],
  TagPolicy: [{ PolicyArn, Tags }, policy],
  TagRole: [{ RoleName, Tags }, role],
  TagUser: [{ UserName, Tags }, user],
  UntagInstanceProfile: [{ InstanceProfileName, TagKeys }, profile],
  UntagOpenIDConnectProvider: [{ OpenIDConnectProviderArn, TagKeys }, OpenIDConnectProviderArn],
  UntagPolicy: [{ PolicyArn, TagKeys }, policy],
  UntagRole: [{ RoleName, TagKeys }, role],
  UntagUser: [{ UserName, TagKeys }, user],
  UpdateAccessKey: [{ UserName, AccessKeyId, Status: "Inactive" }, user],
  UpdateAssumeRolePolicy: [{ RoleName, PolicyDocument: trust }, role],
  UpdateGroup: [{ GroupName }, group],
  UpdateOpenIDConnectProviderThumbprint: [
    { OpenIDConnectProviderArn, ThumbprintList: ["a".repeat(40)] },
    OpenIDConnectProviderArn,
  ],
  UpdateRole: [{ RoleName }, role],
  UpdateRoleDescription: [{ RoleName, Description: "d" }, role],
  UpdateUser: [{ UserName }, user],
};

type Command = ConstructorParameters<typeof iamClient.GetUserCommand>[0];
type Commands = Readonly<Record<string, new (input: Command) => iamClient.GetUserCommand>>;

let vault: TestVault;
let root: iamClient.IAMClient;
let stranger: iamClient.IAMClient;
let credentials: { accessKeyId: string; secretAccessKey: string };

beforeAll(async () => {
  vault = await startVault();
  root = new iamClient.IAMClient(vault.client);
  await root.send(new iamClient.CreateUserCommand({ UserName }));
  await root.send(new iamClient.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  await root.send(
    new iamClient.CreatePolicyCommand({ PolicyName: "target", PolicyDocument: document }),
  );
  await root.send(new iamClient.CreateUserCommand({ UserName: "stranger" }));
  const { AccessKey } = await root.send(
    new iamClient.CreateAccessKeyCommand({ UserName: "stranger" }),
  );
  credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  stranger = new iamClient.IAMClient({ ...vault.client, credentials });
});
afterAll(async () => {
  root.destroy();
  stranger.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

const caller = `User: arn:aws:iam::${account}:user/stranger`;

/** What AWS's words say; what follows them is for sts:DecodeAuthorizationMessage. */
async function denial(work: Promise<unknown>) {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  const { name, message } = thrown as { name: string; message: string };
  return { name, message: message.replace(/\.? Encoded authorization failure message: .*$/, "") };
}

function send(name: string, input: object) {
  const Command = (iamClient as unknown as Commands)[`${name}Command`];
  if (Command === undefined) throw new Error(`${name} is an operation of IAM's`);
  return stranger.send(new Command(input));
}

test("every operation of IAM's is in the table", () => {
  expect(iamService.operations.map(({ name }) => name).toSorted()).toEqual(Object.keys(cases));
});

test.each(Object.entries(cases))("%s", async (name, [input, resource]) => {
  const because = `because no identity-based policy allows the iam:${name} action`;
  expect(await denial(send(name, input))).toMatchObject({
    name: "AccessDenied",
    message: `${caller} is not authorized to perform: iam:${name} on resource: ${resource} ${because}`,
  });
});

test("a denial doesn't tell whether there is what was named", async () => {
  const there = await denial(send("GetUser", { UserName }));
  const notThere = await denial(send("GetUser", { UserName: "nothing" }));
  expect(notThere.message).toBe(there.message.replace("target", "nothing"));
});

test("creating with tags takes the permission to tag as well", async () => {
  await root.send(
    new iamClient.PutUserPolicyCommand({
      UserName: "stranger",
      PolicyName: "create",
      PolicyDocument: document.replace("ssm:GetParameter", "iam:CreateUser"),
    }),
  );
  expect((await denial(send("CreateUser", { UserName: "tagged", Tags }))).message).toContain(
    "iam:TagUser",
  );
  await send("CreateUser", { UserName: "untagged" });
});

test("iam:PolicyARN says which policies may be attached", async () => {
  const allowed = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess";
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "iam:AttachUserPolicy",
        Resource: "*",
        Condition: { ArnEquals: { "iam:PolicyARN": allowed } },
      },
    ],
  });
  const put = { UserName: "stranger", PolicyName: "attach", PolicyDocument };
  await root.send(new iamClient.PutUserPolicyCommand(put));
  await send("AttachUserPolicy", { UserName, PolicyArn: allowed });
  const more = "arn:aws:iam::aws:policy/AdministratorAccess";
  expect((await denial(send("AttachUserPolicy", { UserName, PolicyArn: more }))).name).toBe(
    "AccessDenied",
  );
});

test("sts:AssumeRole", async () => {
  const sts = new STSClient({ ...vault.client, credentials });
  const RoleArn = `arn:aws:iam::${account}:role/target`;
  const refused = await denial(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "s1" })));
  sts.destroy();
  expect(refused).toMatchObject({
    name: "AccessDenied",
    message: `${caller} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
  });
});

test("cloudtrail:LookupEvents", async () => {
  const trail = new CloudTrailClient({ ...vault.client, credentials });
  const refused = await denial(trail.send(new LookupEventsCommand({})));
  trail.destroy();
  expect(refused).toMatchObject({
    name: "AccessDeniedException",
    message: `${caller} is not authorized to perform: cloudtrail:LookupEvents because no identity-based policy allows the cloudtrail:LookupEvents action`,
  });
});
