/** IAM as an AWS client meets it: outputs, order, pages, and AWS's own words for what is wrong. */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";

const account = "123456789012";
const readPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" }],
});
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: "sts:AssumeRole",
    },
  ],
});
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";

let vault: TestVault;
let iam: IAMClient;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAMClient(vault.client);
});
afterAll(async () => {
  iam.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

async function refusal(work: Promise<unknown>) {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  const { name, message, $metadata } = thrown as {
    name: string;
    message: string;
    $metadata: { httpStatusCode: number };
  };
  return [name, message, $metadata.httpStatusCode];
}

/** The reply without what the client adds. */
function body({ $metadata: _, ...members }: { $metadata: unknown }): Record<string, unknown> {
  return members;
}

describe("users", () => {
  test("are created, read, listed and deleted", async () => {
    const Tags = [{ Key: "team", Value: "weather" }];
    const created = await iam.send(
      new CreateUserCommand({ UserName: "ana", Path: "/engineering/", Tags }),
    );
    expect(body(created)).toEqual({
      User: {
        Path: "/engineering/",
        UserName: "ana",
        UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
        Arn: `arn:aws:iam::${account}:user/engineering/ana`,
        CreateDate: expect.any(Date),
        Tags,
      },
    });
    expect((await iam.send(new GetUserCommand({ UserName: "ana" }))).User).toEqual(created.User);
    const { Tags: _, ...listed } = created.User ?? {};
    expect(body(await iam.send(new ListUsersCommand({ PathPrefix: "/eng" })))).toEqual({
      Users: [listed],
      IsTruncated: false,
    });
    expect(body(await iam.send(new DeleteUserCommand({ UserName: "ana" })))).toEqual({});
    expect(await refusal(iam.send(new GetUserCommand({ UserName: "ana" })))).toEqual([
      "NoSuchEntityException",
      "The user with name ana cannot be found.",
      404,
    ]);
  });

  test("names are taken without regard to case", async () => {
    await iam.send(new CreateUserCommand({ UserName: "Bob" }));
    expect(await refusal(iam.send(new CreateUserCommand({ UserName: "bob" })))).toEqual([
      "EntityAlreadyExistsException",
      "User with name bob already exists.",
      409,
    ]);
  });

  test("come in pages", async () => {
    for (const letter of "abcde") {
      await iam.send(new CreateUserCommand({ UserName: `page-${letter}`, Path: "/pages/" }));
    }
    const names: (string | undefined)[] = [];
    const sizes: number[] = [];
    let Marker: string | undefined;
    do {
      const page = await iam.send(
        new ListUsersCommand({ PathPrefix: "/pages/", MaxItems: 2, Marker }),
      );
      names.push(...(page.Users ?? []).map(({ UserName }) => UserName));
      sizes.push(page.Users?.length ?? 0);
      expect(page.IsTruncated).toBe(page.Marker !== undefined);
      Marker = page.Marker;
    } while (Marker !== undefined);
    expect(names).toEqual(["page-a", "page-b", "page-c", "page-d", "page-e"]);
    expect(sizes).toEqual([2, 2, 1]);
  });

  test("without a name the root sees itself", async () => {
    expect((await iam.send(new GetUserCommand({}))).User).toMatchObject({
      UserId: account,
      Arn: `arn:aws:iam::${account}:root`,
    });
  });

  test.each([
    [
      { UserName: "" },
      "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    ],
    [
      { UserName: "a b" },
      "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    ],
    [
      { UserName: "x".repeat(65) },
      "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
    ],
    [
      { UserName: undefined },
      "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null",
    ],
    [
      { UserName: "a", Path: "nowhere" },
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    ],
    [
      { UserName: "a", Tags: [{ Key: "?", Value: "" }] },
      "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
    ],
  ])("CreateUser %j is refused in IAM's words", async (input, message) => {
    expect(await refusal(iam.send(new CreateUserCommand(input as { UserName: string })))).toEqual([
      "ValidationError",
      message,
      400,
    ]);
  });

  test("tags that differ only in case are duplicates", async () => {
    const Tags = [
      { Key: "a", Value: "1" },
      { Key: "A", Value: "2" },
    ];
    expect(await refusal(iam.send(new CreateUserCommand({ UserName: "dup", Tags })))).toEqual([
      "InvalidInputException",
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      400,
    ]);
  });

  test("what still has something can't be deleted", async () => {
    const UserName = "laden";
    await iam.send(new CreateUserCommand({ UserName }));
    const remove = () => refusal(iam.send(new DeleteUserCommand({ UserName })));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: administrator }));
    await iam.send(
      new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument: readPolicy }),
    );
    const conflict = (says: string) => [
      "DeleteConflictException",
      `Cannot delete entity, ${says}`,
      409,
    ];
    expect(await remove()).toEqual(conflict("must detach all policies first."));
    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn: administrator }));
    expect(await remove()).toEqual(conflict("must delete policies first."));
    await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: "p" }));
    expect(await remove()).toEqual(conflict("must delete access keys first."));
    const { AccessKeyId } = AccessKey ?? {};
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await iam.send(new DeleteUserCommand({ UserName }));
  });
});

describe("access keys", () => {
  test("work until they are made inactive or deleted", async () => {
    const UserName = "keyed";
    await iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    expect(AccessKey).toEqual({
      UserName,
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      Status: "Active",
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      CreateDate: expect.any(Date),
    });
    const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    const own = new IAMClient({ ...vault.client, credentials });
    try {
      const list = () => own.send(new ListAccessKeysCommand({}));
      expect((await refusal(list()))[0]).toBe("AccessDenied");
      await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: administrator }));
      const { SecretAccessKey: _, ...metadata } = AccessKey ?? {};
      expect(body(await list())).toEqual({ AccessKeyMetadata: [metadata], IsTruncated: false });
      expect((await own.send(new GetUserCommand({}))).User?.UserName).toBe(UserName);

      const inactivate = new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" });
      await iam.send(inactivate);
      expect((await refusal(list()))[0]).toBe("InvalidClientTokenId");
      await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Active" }));
      await list();
      await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      expect((await refusal(list()))[0]).toBe("InvalidClientTokenId");
    } finally {
      own.destroy();
    }
  });

  test("are two to a user", async () => {
    const UserName = "three";
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new CreateAccessKeyCommand({ UserName }));
    await iam.send(new CreateAccessKeyCommand({ UserName }));
    expect(await refusal(iam.send(new CreateAccessKeyCommand({ UserName })))).toEqual([
      "LimitExceededException",
      "Cannot exceed quota for AccessKeysPerUser: 2",
      409,
    ]);
  });

  test("are found only with their own user", async () => {
    await iam.send(new CreateUserCommand({ UserName: "owner" }));
    await iam.send(new CreateUserCommand({ UserName: "other" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "owner" }));
    const AccessKeyId = AccessKey?.AccessKeyId;
    const remove = new DeleteAccessKeyCommand({ UserName: "other", AccessKeyId });
    expect(await refusal(iam.send(remove))).toEqual([
      "NoSuchEntityException",
      `The Access Key with id ${AccessKeyId} cannot be found.`,
      404,
    ]);
  });

  test("the root must say whose", async () => {
    const AccessKeyId = "AKIAIOSFODNN7EXAMPLE";
    expect(await refusal(iam.send(new DeleteAccessKeyCommand({ AccessKeyId })))).toEqual([
      "ValidationError",
      "Must specify userName when calling with non-User credentials",
      400,
    ]);
  });
});

describe("roles", () => {
  test("are created, read, listed, changed and deleted", async () => {
    const created = await iam.send(
      new CreateRoleCommand({
        RoleName: "reader",
        Path: "/app/",
        AssumeRolePolicyDocument: trust,
        Description: "reads",
        MaxSessionDuration: 7200,
      }),
    );
    const common = {
      Path: "/app/",
      RoleName: "reader",
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${account}:role/app/reader`,
      CreateDate: expect.any(Date),
      AssumeRolePolicyDocument: encodeURIComponent(trust).replaceAll("*", "%2A"),
    };
    expect(body(created)).toEqual({ Role: common });
    const listed = { ...common, Description: "reads", MaxSessionDuration: 7200 };
    const get = () => iam.send(new GetRoleCommand({ RoleName: "reader" }));
    expect(body(await get())).toEqual({
      Role: { ...listed, RoleLastUsed: {} },
    });
    expect(body(await iam.send(new ListRolesCommand({ PathPrefix: "/app/" })))).toEqual({
      Roles: [listed],
      IsTruncated: false,
    });
    const PolicyDocument = trust.replace("Allow", "Deny");
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "reader", PolicyDocument }));
    const changed = (await get()).Role?.AssumeRolePolicyDocument ?? "";
    expect(decodeURIComponent(changed)).toBe(PolicyDocument);
    await iam.send(new DeleteRoleCommand({ RoleName: "reader" }));
    expect(await refusal(get())).toEqual([
      "NoSuchEntityException",
      "The role with name reader cannot be found.",
      404,
    ]);
  });

  test("take only trust policies", async () => {
    const create = (AssumeRolePolicyDocument: string) =>
      refusal(iam.send(new CreateRoleCommand({ RoleName: "odd", AssumeRolePolicyDocument })));
    expect((await create(readPolicy))[0]).toBe("MalformedPolicyDocumentException");
    expect(await create("{")).toEqual([
      "MalformedPolicyDocumentException",
      "This policy contains invalid Json",
      400,
    ]);
    const long = trust.replace(":root", `:user/${"x".repeat(2048)}`);
    expect((await create(long))[0]).toMatch(/LimitExceeded|MalformedPolicyDocument/);
  });
});

describe("policies", () => {
  test("inline ones come back character for character", async () => {
    await iam.send(new CreateRoleCommand({ RoleName: "inline", AssumeRolePolicyDocument: trust }));
    await iam.send(new CreateUserCommand({ UserName: "inline" }));
    const PolicyDocument = `${readPolicy.replace("{", "{\n\t ")} \n`;
    const PolicyName = "read+all=@home";
    await iam.send(new PutRolePolicyCommand({ RoleName: "inline", PolicyName, PolicyDocument }));
    await iam.send(new PutUserPolicyCommand({ UserName: "inline", PolicyName, PolicyDocument }));
    const role = await iam.send(new GetRolePolicyCommand({ RoleName: "inline", PolicyName }));
    const user = await iam.send(new GetUserPolicyCommand({ UserName: "inline", PolicyName }));
    expect(role).toMatchObject({ RoleName: "inline", PolicyName });
    expect(decodeURIComponent(role.PolicyDocument ?? "")).toBe(PolicyDocument);
    expect(user.PolicyDocument).toBe(role.PolicyDocument);
    expect(role.PolicyDocument).not.toMatch(/[!'()* ]/);
    for (const list of [
      new ListRolePoliciesCommand({ RoleName: "inline" }),
      new ListUserPoliciesCommand({ UserName: "inline" }),
    ]) {
      const listed = await iam.send(list as ListRolePoliciesCommand);
      expect(body(listed)).toEqual({ PolicyNames: [PolicyName], IsTruncated: false });
    }
    await iam.send(new DeleteRolePolicyCommand({ RoleName: "inline", PolicyName }));
    const again = iam.send(new DeleteRolePolicyCommand({ RoleName: "inline", PolicyName }));
    expect(await refusal(again)).toEqual([
      "NoSuchEntityException",
      `The role policy with name ${PolicyName} cannot be found.`,
      404,
    ]);
  });

  test("managed ones are created, read, attached, listed and deleted", async () => {
    const created = await iam.send(
      new CreatePolicyCommand({
        PolicyName: "read",
        Path: "/team/",
        PolicyDocument: readPolicy,
        Description: "reads",
      }),
    );
    const PolicyArn = `arn:aws:iam::${account}:policy/team/read`;
    const common = {
      PolicyName: "read",
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: PolicyArn,
      Path: "/team/",
      DefaultVersionId: "v1",
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: expect.any(Date),
      UpdateDate: expect.any(Date),
    };
    expect(body(created)).toEqual({ Policy: common });
    const get = () => iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(body(await get())).toEqual({ Policy: { ...common, Description: "reads", Tags: [] } });
    const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(version.PolicyVersion).toMatchObject({ VersionId: "v1", IsDefaultVersion: true });
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? "")).toBe(readPolicy);

    await iam.send(new CreateUserCommand({ UserName: "holder" }));
    await iam.send(new CreateRoleCommand({ RoleName: "holder", AssumeRolePolicyDocument: trust }));
    const user = { UserName: "holder", PolicyArn };
    const role = { RoleName: "holder", PolicyArn };
    await iam.send(new AttachUserPolicyCommand(user));
    await iam.send(new AttachRolePolicyCommand(role));
    expect((await get()).Policy?.AttachmentCount).toBe(2);
    const AttachedPolicies = [{ PolicyName: "read", PolicyArn }];
    for (const list of [
      new ListAttachedUserPoliciesCommand({ UserName: "holder", PathPrefix: "/team/" }),
      new ListAttachedRolePoliciesCommand({ RoleName: "holder" }),
    ]) {
      const listed = await iam.send(list as ListAttachedRolePoliciesCommand);
      expect(body(listed)).toEqual({ AttachedPolicies, IsTruncated: false });
    }
    expect(await refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))).toEqual([
      "DeleteConflictException",
      "Cannot delete a policy attached to entities.",
      409,
    ]);
    await iam.send(new DetachUserPolicyCommand(user));
    await iam.send(new DetachRolePolicyCommand(role));
    expect(await refusal(iam.send(new DetachRolePolicyCommand(role)))).toEqual([
      "NoSuchEntityException",
      `Policy ${PolicyArn} was not found.`,
      404,
    ]);
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
    expect(await refusal(get())).toEqual([
      "NoSuchEntityException",
      `Policy ${PolicyArn} was not found.`,
      404,
    ]);
  });

  test("lists go through the customer's and then AWS's, in pages of any size", async () => {
    for (const letter of "abc") {
      await iam.send(
        new CreatePolicyCommand({ PolicyName: `list-${letter}`, PolicyDocument: readPolicy }),
      );
    }
    const all = async (MaxItems: number, Scope: "All" | "AWS" | "Local") => {
      const names: (string | undefined)[] = [];
      let Marker: string | undefined;
      do {
        const page = await iam.send(new ListPoliciesCommand({ Scope, MaxItems, Marker }));
        names.push(...(page.Policies ?? []).map(({ PolicyName }) => PolicyName));
        Marker = page.Marker;
      } while (Marker !== undefined);
      return names;
    };
    const own = await all(100, "Local");
    expect(own).toEqual(["list-a", "list-b", "list-c"]);
    const aws = await all(100, "AWS");
    expect(aws).toContain("AdministratorAccess");
    for (const size of [1, 2, 3, 4, 100]) {
      expect(await all(size, "All")).toEqual([...own, ...aws]);
    }
  });

  test("AWS's count their attachments and can't be deleted", async () => {
    await iam.send(new CreateUserCommand({ UserName: "reading" }));
    const PolicyArn = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess";
    await iam.send(new AttachUserPolicyCommand({ UserName: "reading", PolicyArn }));
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ PolicyId: "ANPAJODSKQGGJTHRYZ5FC", AttachmentCount: 1 });
    const attached = await iam.send(new ListPoliciesCommand({ Scope: "AWS", OnlyAttached: true }));
    expect(attached.Policies?.map(({ Arn }) => Arn)).toContain(PolicyArn);
    expect((await refusal(iam.send(new DeletePolicyCommand({ PolicyArn }))))[0]).toBe(
      "AccessDenied",
    );
  });

  test.each([
    [
      `arn:aws:iam::${account}:policy/nothing`,
      "NoSuchEntityException",
      `Policy arn:aws:iam::${account}:policy/nothing does not exist or is not attachable.`,
    ],
    ["longpolicynamebutnoarn", "ValidationError", "ARN longpolicynamebutnoarn is not valid."],
  ])("attaching %s is refused", async (PolicyArn, code, message) => {
    await iam.send(new CreateUserCommand({ UserName: `to-${code}` }));
    const attach = new AttachUserPolicyCommand({ UserName: `to-${code}`, PolicyArn });
    expect((await refusal(iam.send(attach))).slice(0, 2)).toEqual([code, message]);
  });

  test("ten can be attached", async () => {
    const UserName = "eleven";
    await iam.send(new CreateUserCommand({ UserName }));
    const attach = async (PolicyName: string) => {
      const { Policy } = await iam.send(
        new CreatePolicyCommand({ PolicyName, PolicyDocument: readPolicy }),
      );
      return iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: Policy?.Arn }));
    };
    for (let count = 1; count <= 10; count++) await attach(`many-${count}`);
    expect(await refusal(attach("many-11"))).toEqual([
      "LimitExceededException",
      "Cannot exceed quota for PoliciesPerUser: 10",
      409,
    ]);
  });

  test("a document over 6144 characters is refused", async () => {
    const PolicyDocument = readPolicy.replace('"*"', `"arn:aws:ssm:*:*:${"x".repeat(6144)}"`);
    const create = new CreatePolicyCommand({ PolicyName: "huge", PolicyDocument });
    expect(await refusal(iam.send(create))).toEqual([
      "LimitExceededException",
      "Cannot exceed quota for PolicySize: 6144",
      409,
    ]);
  });
});
