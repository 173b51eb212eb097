/** IAM groups as Terraform's aws_iam_group, _group_membership, _group_policy and _attachment live. */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { allows, body, credentialsOf, type Named, refused } from "./iam.fixture.ts";

const account = "123456789012";
const readOnly = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess";

let vault: TestVault;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
});
afterAll(async () => {
  iam.destroy();
  expect(vault.faults).toEqual([]);
  await vault.close();
});

const names = (items: readonly Named[] | undefined) =>
  items?.map((item) => item.UserName ?? item.GroupName ?? item.PolicyName);

test("a group is created, read, listed, renamed, moved and deleted", async () => {
  const created = await iam.createGroup({ GroupName: "Ops", Path: "/people/" });
  expect(body(created)).toEqual({
    Group: {
      Path: "/people/",
      GroupName: "Ops",
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${account}:group/people/Ops`,
      CreateDate: expect.any(Date),
    },
  });
  expect(body(await iam.getGroup({ GroupName: "ops" }))).toEqual({
    Group: created.Group,
    Users: [],
    IsTruncated: false,
  });
  expect(body(await iam.listGroups({ PathPrefix: "/people/" }))).toEqual({
    Groups: [created.Group],
    IsTruncated: false,
  });
  const moved = { GroupName: "Ops", NewGroupName: "operators", NewPath: "/staff/" };
  expect(body(await iam.updateGroup(moved))).toEqual({});
  expect((await iam.getGroup({ GroupName: "operators" })).Group).toEqual({
    ...created.Group,
    GroupName: "operators",
    Path: "/staff/",
    Arn: `arn:aws:iam::${account}:group/staff/operators`,
  });
  const gone = ["NoSuchEntityException", "The group with name Ops cannot be found.", 404];
  expect(await refused(iam.getGroup({ GroupName: "Ops" }))).toEqual(gone);
  expect(await refused(iam.updateGroup(moved))).toEqual(gone);
  expect(await refused(iam.deleteGroup({ GroupName: "Ops" }))).toEqual(gone);
  await iam.deleteGroup({ GroupName: "operators" });
});

test("names are taken without regard to case, by creation and by renaming", async () => {
  await iam.createGroup({ GroupName: "Taken" });
  await iam.createGroup({ GroupName: "other" });
  const taken = (name: string) => [
    "EntityAlreadyExistsException",
    `Group with name ${name} already exists.`,
    409,
  ];
  expect(await refused(iam.createGroup({ GroupName: "taken" }))).toEqual(taken("taken"));
  const rename = iam.updateGroup({ GroupName: "other", NewGroupName: "TAKEN" });
  expect(await refused(rename)).toEqual(taken("TAKEN"));
  await iam.updateGroup({ GroupName: "other", NewGroupName: "OTHER" });
  expect((await iam.getGroup({ GroupName: "other" })).Group?.GroupName).toBe("OTHER");
});

test("members come and go, both ways round and in pages", async () => {
  const [one, two] = ["g-one", "g-two"];
  await iam.createGroup({ GroupName: two });
  await iam.createGroup({ GroupName: one });
  for (const UserName of ["m-c", "M-a", "m-b"]) {
    await iam.createUser({ UserName });
    await iam.addUserToGroup({ GroupName: one, UserName });
    await iam.addUserToGroup({ GroupName: one, UserName });
  }
  await iam.addUserToGroup({ GroupName: two, UserName: "m-a" });
  expect(names((await iam.getGroup({ GroupName: one })).Users)).toEqual(["M-a", "m-b", "m-c"]);
  const first = await iam.getGroup({ GroupName: one, MaxItems: 2 });
  expect(names(first.Users)).toEqual(["M-a", "m-b"]);
  const rest = await iam.getGroup({ GroupName: one, MaxItems: 2, Marker: first.Marker });
  expect([names(rest.Users), rest.IsTruncated]).toEqual([["m-c"], false]);
  const groups = await iam.listGroupsForUser({ UserName: "M-A" });
  expect(names(groups.Groups)).toEqual([one, two]);
  const page = await iam.listGroupsForUser({ UserName: "M-a", MaxItems: 1 });
  expect([names(page.Groups), page.IsTruncated]).toEqual([[one], true]);

  await iam.removeUserFromGroup({ GroupName: one, UserName: "m-a" });
  // Whoever is not in the group is removed without complaint.
  await iam.removeUserFromGroup({ GroupName: one, UserName: "m-a" });
  expect(names((await iam.getGroup({ GroupName: one })).Users)).toEqual(["m-b", "m-c"]);
  expect(names((await iam.listGroupsForUser({ UserName: "m-a" })).Groups)).toEqual([two]);
});

test("renaming a group or its member keeps the membership", async () => {
  await iam.createGroup({ GroupName: "before" });
  await iam.createUser({ UserName: "was" });
  await iam.addUserToGroup({ GroupName: "before", UserName: "was" });
  await iam.updateGroup({ GroupName: "before", NewGroupName: "after" });
  await iam.updateUser({ UserName: "was", NewUserName: "is" });
  expect(names((await iam.getGroup({ GroupName: "after" })).Users)).toEqual(["is"]);
  expect(names((await iam.listGroupsForUser({ UserName: "is" })).Groups)).toEqual(["after"]);
  await iam.removeUserFromGroup({ GroupName: "after", UserName: "is" });
  expect(names((await iam.getGroup({ GroupName: "after" })).Users)).toEqual([]);
});

test("who or what isn't there is named: the user first", async () => {
  await iam.createGroup({ GroupName: "there" });
  await iam.createUser({ UserName: "there" });
  const nobody = ["NoSuchEntityException", "The user with name nobody cannot be found.", 404];
  const nothing = ["NoSuchEntityException", "The group with name nothing cannot be found.", 404];
  const add = (GroupName: string, UserName: string) =>
    refused(iam.addUserToGroup({ GroupName, UserName }));
  const remove = (GroupName: string, UserName: string) =>
    refused(iam.removeUserFromGroup({ GroupName, UserName }));
  for (const change of [add, remove]) {
    expect(await change("there", "nobody")).toEqual(nobody);
    expect(await change("nothing", "there")).toEqual(nothing);
    expect(await change("nothing", "nobody")).toEqual(nobody);
  }
  expect(await refused(iam.listGroupsForUser({ UserName: "nobody" }))).toEqual(nobody);
});

test("a user is in ten groups at most", async () => {
  const UserName = "busy";
  await iam.createUser({ UserName });
  for (let at = 1; at <= 11; at++) await iam.createGroup({ GroupName: `ten-${at}` });
  for (let at = 1; at <= 10; at++) {
    await iam.addUserToGroup({ GroupName: `ten-${at}`, UserName });
  }
  expect(await refused(iam.addUserToGroup({ GroupName: "ten-11", UserName }))).toEqual([
    "LimitExceededException",
    "Cannot exceed quota for GroupsPerUser: 10",
    409,
  ]);
});

test("a group's inline and attached policies count for its members, and only as long", async () => {
  const GroupName = "readers";
  const UserName = "reader";
  await iam.createGroup({ GroupName });
  await iam.createUser({ UserName });
  const ssm = new SSM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
  const mayRead = async () => {
    const said = await refused(ssm.getParameter({ Name: "/nothing" }));
    return said[0] === "ParameterNotFound";
  };
  const policy = { GroupName, PolicyName: "read", PolicyDocument: allows("ssm:GetParameter") };
  await iam.putGroupPolicy(policy);
  expect(await mayRead()).toBe(false);
  await iam.addUserToGroup({ GroupName, UserName });
  expect(await mayRead()).toBe(true);

  expect(body(await iam.listGroupPolicies({ GroupName }))).toEqual({
    PolicyNames: ["read"],
    IsTruncated: false,
  });
  const got = await iam.getGroupPolicy({ GroupName, PolicyName: "read" });
  expect(decodeURIComponent(got.PolicyDocument ?? "")).toBe(policy.PolicyDocument);
  await iam.deleteGroupPolicy({ GroupName, PolicyName: "read" });
  expect(await mayRead()).toBe(false);
  expect(await refused(iam.getGroupPolicy({ GroupName, PolicyName: "read" }))).toEqual([
    "NoSuchEntityException",
    "The group policy with name read cannot be found.",
    404,
  ]);

  const own = await iam.createPolicy({
    PolicyName: "group-read",
    PolicyDocument: allows("ssm:GetParameter"),
  });
  for (const PolicyArn of [readOnly, own.Policy?.Arn ?? ""]) {
    await iam.attachGroupPolicy({ GroupName, PolicyArn });
    expect(await mayRead()).toBe(true);
    const attached = await iam.listAttachedGroupPolicies({ GroupName });
    expect(attached.AttachedPolicies?.map((each) => each.PolicyArn)).toEqual([PolicyArn]);
    expect((await iam.getPolicy({ PolicyArn })).Policy?.AttachmentCount).toBe(1);
    await iam.detachGroupPolicy({ GroupName, PolicyArn });
    expect(await mayRead()).toBe(false);
    expect(await refused(iam.detachGroupPolicy({ GroupName, PolicyArn }))).toEqual([
      "NoSuchEntityException",
      `Policy ${PolicyArn} was not found.`,
      404,
    ]);
  }

  await iam.putGroupPolicy(policy);
  await iam.removeUserFromGroup({ GroupName, UserName });
  expect(await mayRead()).toBe(false);
  ssm.destroy();
});

test("a deny in a group's policy wins over what the user's own allow", async () => {
  const UserName = "forbidden";
  await iam.createGroup({ GroupName: "no" });
  await iam.createUser({ UserName });
  await iam.putUserPolicy({ UserName, PolicyName: "all", PolicyDocument: allows("ssm:*") });
  const ssm = new SSM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
  const PolicyDocument = allows("ssm:*").replace("Allow", "Deny");
  await iam.putGroupPolicy({ GroupName: "no", PolicyName: "no", PolicyDocument });
  expect((await refused(ssm.getParameter({ Name: "/nothing" })))[0]).toBe("ParameterNotFound");
  await iam.addUserToGroup({ GroupName: "no", UserName });
  const [code, message] = await refused(ssm.getParameter({ Name: "/nothing" }));
  expect(code).toBe("AccessDeniedException");
  expect(message).toContain("with an explicit deny in an identity-based policy");
  ssm.destroy();
});

test("what still has something can't be deleted", async () => {
  const GroupName = "laden";
  await iam.createGroup({ GroupName });
  await iam.createUser({ UserName: "laden" });
  await iam.addUserToGroup({ GroupName, UserName: "laden" });
  await iam.attachGroupPolicy({ GroupName, PolicyArn: readOnly });
  await iam.putGroupPolicy({ GroupName, PolicyName: "p", PolicyDocument: allows("ssm:*") });
  const conflict = (first: string) => [
    "DeleteConflictException",
    `Cannot delete entity, must ${first} first.`,
    409,
  ];
  const remove = () => refused(iam.deleteGroup({ GroupName }));
  expect(await remove()).toEqual(conflict("remove users from group"));
  expect(await refused(iam.deleteUser({ UserName: "laden" }))).toEqual(
    conflict("remove users from group"),
  );
  await iam.removeUserFromGroup({ GroupName, UserName: "laden" });
  expect(await remove()).toEqual(conflict("detach all policies"));
  await iam.detachGroupPolicy({ GroupName, PolicyArn: readOnly });
  expect(await remove()).toEqual(conflict("delete policies"));
  await iam.deleteGroupPolicy({ GroupName, PolicyName: "p" });
  await iam.deleteGroup({ GroupName });
  await iam.deleteUser({ UserName: "laden" });
});

test("inline policies of a group hold 5120 characters together", async () => {
  await iam.createGroup({ GroupName: "wordy" });
  const PolicyDocument = allows("ssm:*", `arn:aws:ssm:*:*:${"x".repeat(5120)}`);
  const put = iam.putGroupPolicy({ GroupName: "wordy", PolicyName: "long", PolicyDocument });
  expect(await refused(put)).toEqual([
    "LimitExceededException",
    "Maximum policy size of 5120 bytes exceeded for group wordy",
    409,
  ]);
});

test("renaming takes the permission on the old name and on the new one", async () => {
  const UserName = "renamer";
  await iam.createUser({ UserName });
  await iam.createGroup({ GroupName: "mine" });
  const PolicyDocument = allows("iam:UpdateGroup", `arn:aws:iam::${account}:group/mine`);
  await iam.putUserPolicy({ UserName, PolicyName: "mine", PolicyDocument });
  const own = new IAM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
  const [code, message] = await refused(
    own.updateGroup({ GroupName: "mine", NewGroupName: "theirs" }),
  );
  expect(code).toBe("AccessDenied");
  expect(message).toContain("iam:UpdateGroup on resource: group theirs");
  await own.updateGroup({ GroupName: "mine" });
  own.destroy();
});
