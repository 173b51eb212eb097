/** Users and access keys as Terraform's aws_iam_user and aws_iam_access_key live. */
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, body, credentialsOf, refused } from "./iam.fixture.ts";
import { sideBySide } from "./refusal.fixture.ts";

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

test("what Terraform asks of a user, from apply to destroy", async () => {
  const UserName = "tf";
  const Tags = [{ Key: "managed-by", Value: "terraform" }];
  await iam.createUser({ UserName, Path: "/", Tags });
  expect((await iam.getUser({ UserName })).User?.Tags).toEqual(Tags);
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const AccessKeyId = AccessKey?.AccessKeyId;
  const listed = await iam.listAccessKeys({ UserName });
  expect(listed.AccessKeyMetadata?.map((key) => key.AccessKeyId)).toEqual([AccessKeyId]);
  await iam.updateAccessKey({ UserName, AccessKeyId, Status: "Inactive" });
  await iam.tagUser({ UserName, Tags: [{ Key: "team", Value: "weather" }] });
  await iam.untagUser({ UserName, TagKeys: ["managed-by"] });
  await iam.updateUser({ UserName, NewUserName: "tf-2", NewPath: "/terraform/" });

  // With force_destroy it looks for all that a user may have before it deletes the user.
  const user = { UserName: "tf-2" };
  expect(body(await iam.listGroupsForUser(user))).toEqual({ Groups: [], IsTruncated: false });
  expect((await iam.listAttachedUserPolicies(user)).AttachedPolicies).toEqual([]);
  expect((await iam.listUserPolicies(user)).PolicyNames).toEqual([]);
  for (const key of (await iam.listAccessKeys(user)).AccessKeyMetadata ?? []) {
    await iam.deleteAccessKey({ ...user, AccessKeyId: key.AccessKeyId });
  }
  expect((await iam.listSSHPublicKeys(user)).SSHPublicKeys).toEqual([]);
  expect((await iam.listVirtualMFADevices({ AssignmentStatus: "Any" })).VirtualMFADevices).toEqual(
    [],
  );
  expect((await iam.listMFADevices(user)).MFADevices).toEqual([]);
  expect((await refused(iam.deleteLoginProfile(user)))[0]).toBe("NoSuchEntityException");
  expect((await iam.listSigningCertificates(user)).Certificates).toEqual([]);
  expect((await iam.listServiceSpecificCredentials(user)).ServiceSpecificCredentials).toEqual([]);
  await iam.deleteUser(user);
  expect((await refused(iam.getUser(user)))[0]).toBe("NoSuchEntityException");
});

describe("a renamed user", () => {
  test("is the same user with the same keys, policies and boundary", async () => {
    const { User } = await iam.createUser({ UserName: "ana", Tags: [{ Key: "a", Value: "b" }] });
    await iam.putUserPolicy({
      UserName: "ana",
      PolicyName: "p",
      PolicyDocument: allows("iam:ListUsers"),
    });
    const credentials = await credentialsOf(iam, "ana");
    const own = new IAM({ ...vault.client, credentials });
    const sts = new STS({ ...vault.client, credentials });
    expect(body(await iam.updateUser({ UserName: "ana", NewUserName: "Anna" }))).toEqual({});
    const moved = {
      ...User,
      UserName: "Anna",
      Path: "/new/",
      Arn: `arn:aws:iam::${account}:user/new/Anna`,
    };
    await iam.updateUser({ UserName: "anna", NewPath: "/new/" });
    expect((await iam.getUser({ UserName: "anna" })).User).toEqual(moved);
    expect(await refused(iam.getUser({ UserName: "ana" }))).toEqual([
      "NoSuchEntityException",
      "The user with name ana cannot be found.",
      404,
    ]);
    expect(body(await sts.getCallerIdentity({}))).toEqual({
      UserId: User?.UserId,
      Account: account,
      Arn: moved.Arn,
    });
    await own.listUsers({});
    const [key] = (await iam.listAccessKeys({ UserName: "Anna" })).AccessKeyMetadata ?? [];
    expect(key).toMatchObject({ UserName: "Anna", AccessKeyId: credentials.accessKeyId });
    own.destroy();
    sts.destroy();
  });

  test("may still assume the roles that trusted it, and nobody else by its old name", async () => {
    await iam.createUser({ UserName: "trusted" });
    const RoleName = "trusts-one";
    await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${account}:user/trusted` },
          Action: "sts:AssumeRole",
        },
      }),
    });
    const assume = async (UserName: string) => {
      const sts = new STS({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
      const RoleArn = `arn:aws:iam::${account}:role/${RoleName}`;
      return sts.assumeRole({ RoleArn, RoleSessionName: "s1" }).finally(() => sts.destroy());
    };
    await iam.updateUser({ UserName: "trusted", NewUserName: "still-trusted" });
    await assume("still-trusted");
    await iam.createUser({ UserName: "trusted" });
    expect((await refused(assume("trusted")))[0]).toBe("AccessDenied");
  });

  test("can't take a name that is taken, in any case", async () => {
    await iam.createUser({ UserName: "here" });
    await iam.createUser({ UserName: "There" });
    expect(await refused(iam.updateUser({ UserName: "here", NewUserName: "there" }))).toEqual([
      "EntityAlreadyExistsException",
      "User with name there already exists.",
      409,
    ]);
    await iam.updateUser({ UserName: "There", NewUserName: "there" });
    expect((await iam.getUser({ UserName: "THERE" })).User?.UserName).toBe("there");
    expect(await refused(iam.updateUser({ UserName: "no", NewUserName: "one" }))).toEqual([
      "NoSuchEntityException",
      "The user with name no cannot be found.",
      404,
    ]);
  });

  test("takes the permission on the old name and on the new one", async () => {
    const UserName = "self";
    await iam.createUser({ UserName });
    const PolicyDocument = allows("iam:UpdateUser", `arn:aws:iam::${account}:user/self`);
    await iam.putUserPolicy({ UserName, PolicyName: "p", PolicyDocument });
    const own = new IAM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
    const [, message] = await refused(own.updateUser({ UserName, NewUserName: "other" }));
    expect(message).toContain("iam:UpdateUser on resource: user other");
    own.destroy();
  });
});

describe("without a name", () => {
  test("the account root means itself", async () => {
    expect(body(await iam.listAccessKeys({}))).toEqual({
      AccessKeyMetadata: [{ AccessKeyId: vault.credentials.accessKeyId, Status: "Active" }],
      IsTruncated: false,
    });
    const { User } = await iam.getUser({});
    expect(User).toEqual({
      UserId: account,
      Arn: `arn:aws:iam::${account}:root`,
      CreateDate: expect.any(Date),
    });
    expect(Math.abs((User?.CreateDate?.getTime() ?? 0) - vault.clock.now())).toBeLessThan(600_000);
    expect((await iam.listMFADevices({})).MFADevices).toEqual([]);
    expect(await refused(iam.createAccessKey({}))).toEqual([
      "ValidationError",
      "Must specify userName when calling with non-User credentials",
      400,
    ]);
  });

  test("a user means itself", async () => {
    const UserName = "myself";
    await iam.createUser({ UserName });
    const PolicyDocument = allows("iam:*", `arn:aws:iam::${account}:user/\${aws:username}`);
    await iam.putUserPolicy({ UserName, PolicyName: "self", PolicyDocument });
    const own = new IAM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
    expect((await own.getUser({})).User?.UserName).toBe(UserName);
    expect((await own.listAccessKeys({})).AccessKeyMetadata?.[0]?.UserName).toBe(UserName);
    expect((await own.listMFADevices({})).MFADevices).toEqual([]);
    expect((await own.listSSHPublicKeys({})).SSHPublicKeys).toEqual([]);
    expect((await own.listSigningCertificates({})).Certificates).toEqual([]);
    const none = await own.listServiceSpecificCredentials({ ServiceName: "x.amazonaws.com" });
    expect(none.ServiceSpecificCredentials).toEqual([]);
    expect(await refused(own.getLoginProfile({}))).toEqual([
      "NoSuchEntityException",
      `Login Profile for User ${UserName} cannot be found.`,
      404,
    ]);
    own.destroy();
  });
});

test("what is asked about nobody is refused, not answered with nothing", async () => {
  const UserName = "nobody";
  const missing = ["NoSuchEntityException", "The user with name nobody cannot be found.", 404];
  for (const asked of sideBySide([
    iam.listMFADevices({ UserName }),
    iam.listSSHPublicKeys({ UserName }),
    iam.listSigningCertificates({ UserName }),
    iam.listServiceSpecificCredentials({ UserName }),
    iam.getLoginProfile({ UserName }),
    iam.deleteLoginProfile({ UserName }),
  ])) {
    expect(await refused(asked)).toEqual(missing);
  }
  expect(await refused(iam.listVirtualMFADevices({ Marker: "?" }))).toEqual([
    "ValidationError",
    "Invalid Marker.",
    400,
  ]);
  expect((await refused(iam.listServiceSpecificCredentials({ AllUsers: true })))[1]).toContain(
    "AllUsers is not supported by this vault",
  );
});
