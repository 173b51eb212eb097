/** Managed policies over HTTP: versions, who uses one, tags, and a life cycle as Terraform's. */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, allows, credentialsOf, refused, trustsAccount } from "./iam.fixture.ts";
import { sideBySide } from "./refusal.fixture.ts";

const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const arnOf = (name: string) => `arn:aws:iam::${account}:policy/${name}`;

let vault: TestVault;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
});
afterAll(async () => {
  iam.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

const create = (PolicyName: string, PolicyDocument = allows("ssm:GetParameter")) =>
  iam.createPolicy({ PolicyName, PolicyDocument });

const versionsOf = async (PolicyArn: string) =>
  ((await iam.listPolicyVersions({ PolicyArn })).Versions ?? []).map(
    ({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion ? "*" : ""}`,
  );

test("Terraform's aws_iam_policy: create, read, change, prune, delete", async () => {
  const { Policy } = await create("tf");
  const PolicyArn = Policy?.Arn ?? "";
  // What the provider reads after each step.
  const read = async () => {
    const VersionId = (await iam.getPolicy({ PolicyArn })).Policy?.DefaultVersionId ?? "";
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId });
    return decodeURIComponent(PolicyVersion?.Document ?? "");
  };
  expect(await read()).toBe(allows("ssm:GetParameter"));

  // It keeps room for a new version by deleting the oldest that isn't the default one.
  for (const action of ["ssm:A", "ssm:B", "ssm:C", "ssm:D", "ssm:E", "ssm:F"]) {
    const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn });
    const oldest = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).at(-1);
    if (Versions.length === 5) {
      await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest?.VersionId });
    }
    await iam.createPolicyVersion({
      PolicyArn,
      PolicyDocument: allows(action),
      SetAsDefault: true,
    });
    expect(await read()).toBe(allows(action));
  }
  expect(await versionsOf(PolicyArn)).toEqual(["v7*", "v6", "v5", "v4", "v3"]);

  const [code, message] = await refused(iam.deletePolicy({ PolicyArn }));
  expect([code, message]).toEqual([
    "DeleteConflictException",
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  ]);
  for (const VersionId of ["v6", "v5", "v4", "v3"]) {
    await iam.deletePolicyVersion({ PolicyArn, VersionId });
  }
  await iam.deletePolicy({ PolicyArn });
  expect((await refused(iam.getPolicy({ PolicyArn })))[0]).toBe("NoSuchEntityException");
});

describe("versions", () => {
  test("the default one counts, at the next request", async () => {
    const { Policy } = await create("counts", allows("ssm:DescribeParameters"));
    const PolicyArn = Policy?.Arn ?? "";
    await iam.createUser({ UserName: "versioned" });
    await iam.attachUserPolicy({ UserName: "versioned", PolicyArn });
    const ssm = new SSM({ ...vault.client, credentials: await credentialsOf(iam, "versioned") });
    await ssm.describeParameters({});

    const made = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: allows("kms:*") });
    expect(made.PolicyVersion).toMatchObject({ VersionId: "v2", IsDefaultVersion: false });
    expect(made.PolicyVersion?.Document).toBeUndefined();
    await ssm.describeParameters({});

    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v2" });
    expect((await refused(ssm.describeParameters({})))[0]).toBe("AccessDeniedException");
    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v1" });
    await ssm.describeParameters({});
    ssm.destroy();

    const { Policy: read } = await iam.getPolicy({ PolicyArn });
    expect(read).toMatchObject({ DefaultVersionId: "v1", AttachmentCount: 1 });
    expect(read?.UpdateDate).toEqual(made.PolicyVersion?.CreateDate);
  });

  test("five are the most, and numbers aren't given out twice", async () => {
    const { Policy } = await create("five");
    const PolicyArn = Policy?.Arn ?? "";
    const more = () => iam.createPolicyVersion({ PolicyArn, PolicyDocument: allows("ssm:*") });
    for (let version = 2; version <= 5; version++) await more();
    expect(await refused(more())).toEqual([
      "LimitExceededException",
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
      409,
    ]);
    await iam.deletePolicyVersion({ PolicyArn, VersionId: "v5" });
    expect((await more()).PolicyVersion?.VersionId).toBe("v6");

    const first = await iam.listPolicyVersions({ PolicyArn, MaxItems: 2 });
    expect(first.Versions?.map(({ VersionId }) => VersionId)).toEqual(["v6", "v4"]);
    const rest = await iam.listPolicyVersions({ PolicyArn, Marker: first.Marker });
    expect(rest.Versions?.map(({ VersionId }) => VersionId)).toEqual(["v3", "v2", "v1"]);
    expect(rest.IsTruncated).toBe(false);
  });

  test("of those who make one at once, as many succeed as there is room", async () => {
    const { Policy } = await create("raced");
    const PolicyArn = Policy?.Arn ?? "";
    const made = await Promise.allSettled(
      Array.from({ length: 8 }, () =>
        iam.createPolicyVersion({ PolicyArn, PolicyDocument: allows("ssm:*") }),
      ),
    );
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
    expect(await versionsOf(PolicyArn)).toEqual(["v5", "v4", "v3", "v2", "v1*"]);
  });

  test("what isn't there, isn't one's own or can't go is refused in AWS's words", async () => {
    const { Policy } = await create("stubborn");
    const PolicyArn = Policy?.Arn ?? "";
    const missing = `Policy ${PolicyArn} version v9 does not exist or is not attachable.`;
    for (const work of sideBySide([
      iam.getPolicyVersion({ PolicyArn, VersionId: "v9" }),
      iam.deletePolicyVersion({ PolicyArn, VersionId: "v9" }),
      iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v9" }),
    ])) {
      expect(await refused(work)).toEqual(["NoSuchEntityException", missing, 404]);
    }
    expect(await refused(iam.deletePolicyVersion({ PolicyArn, VersionId: "v1" }))).toEqual([
      "DeleteConflictException",
      "Cannot delete the default version of a policy.",
      409,
    ]);
    const gone = { PolicyArn: arnOf("gone"), PolicyDocument: allows("ssm:*") };
    expect(await refused(iam.createPolicyVersion(gone))).toEqual([
      "NoSuchEntityException",
      `Policy ${arnOf("gone")} was not found.`,
      404,
    ]);
    const theirs = { PolicyArn: administrator, PolicyDocument: allows("ssm:*") };
    expect((await refused(iam.createPolicyVersion(theirs)))[0]).toBe("AccessDenied");
    expect((await refused(iam.createPolicyVersion({ PolicyArn, PolicyDocument: "{}" })))[0]).toBe(
      "MalformedPolicyDocumentException",
    );
    const tooLong = allows("ssm:*", `arn:aws:ssm:*:*:${"a".repeat(6200)}`);
    expect(await refused(iam.createPolicyVersion({ PolicyArn, PolicyDocument: tooLong }))).toEqual([
      "LimitExceededException",
      "Cannot exceed quota for PolicySize: 6144",
      409,
    ]);
    expect(await versionsOf(administrator)).toEqual(["v1*"]);
  });
});

describe("who uses a policy", () => {
  beforeAll(async () => {
    await create("shared");
    await iam.createGroup({ GroupName: "team", Path: "/eng/" });
    await iam.createUser({ UserName: "ana", Path: "/eng/" });
    await iam.createUser({ UserName: "ben" });
    await iam.createRole({ RoleName: "web", AssumeRolePolicyDocument: trustsAccount });
    const PolicyArn = arnOf("shared");
    await iam.attachGroupPolicy({ GroupName: "team", PolicyArn });
    await iam.attachUserPolicy({ UserName: "ana", PolicyArn });
    await iam.attachRolePolicy({ RoleName: "web", PolicyArn });
    await iam.putUserPermissionsBoundary({ UserName: "ben", PermissionsBoundary: PolicyArn });
  });

  async function entities(narrowing: object = {}) {
    const reply = await iam.listEntitiesForPolicy({ PolicyArn: arnOf("shared"), ...narrowing });
    return {
      groups: reply.PolicyGroups?.map(({ GroupName }) => GroupName),
      users: reply.PolicyUsers?.map(({ UserName }) => UserName),
      roles: reply.PolicyRoles?.map(({ RoleName }) => RoleName),
    };
  }

  test("is listed by kind, path and usage", async () => {
    expect(await entities()).toEqual({ groups: ["team"], users: ["ana", "ben"], roles: ["web"] });
    expect(await entities({ EntityFilter: "User" })).toEqual({
      groups: [],
      users: ["ana", "ben"],
      roles: [],
    });
    expect(await entities({ PathPrefix: "/eng/" })).toEqual({
      groups: ["team"],
      users: ["ana"],
      roles: [],
    });
    expect(await entities({ PolicyUsageFilter: "PermissionsBoundary" })).toEqual({
      groups: [],
      users: ["ben"],
      roles: [],
    });
    expect((await entities({ PolicyUsageFilter: "PermissionsPolicy" })).users).toEqual(["ana"]);
    const ids = await iam.listEntitiesForPolicy({ PolicyArn: arnOf("shared") });
    expect(ids.PolicyGroups?.[0]?.GroupId).toMatch(/^AGPA/);
    expect(ids.PolicyRoles?.[0]?.RoleId).toMatch(/^AROA/);
  });

  test("pages go across kinds, whatever their size", async () => {
    for (const MaxItems of [1, 2, 3, 4, 5]) {
      const found: (string | undefined)[] = [];
      let Marker: string | undefined;
      do {
        const reply = await iam.listEntitiesForPolicy({
          PolicyArn: arnOf("shared"),
          MaxItems,
          Marker,
        });
        const { PolicyGroups = [], PolicyUsers = [], PolicyRoles = [] } = reply;
        expect(PolicyGroups.length + PolicyUsers.length + PolicyRoles.length).toBeLessThanOrEqual(
          MaxItems,
        );
        found.push(
          ...PolicyGroups.map(({ GroupName }) => GroupName),
          ...PolicyUsers.map(({ UserName }) => UserName),
          ...PolicyRoles.map(({ RoleName }) => RoleName),
        );
        Marker = reply.Marker;
      } while (Marker !== undefined);
      expect(found).toEqual(["team", "ana", "ben", "web"]);
    }
  });

  test("is counted, AWS's policies' uses too, and keeps a policy from going", async () => {
    const { Policy } = await iam.getPolicy({ PolicyArn: arnOf("shared") });
    expect(Policy).toMatchObject({ AttachmentCount: 3, PermissionsBoundaryUsageCount: 1 });
    await iam.putRolePermissionsBoundary({ RoleName: "web", PermissionsBoundary: administrator });
    const aws = await iam.getPolicy({ PolicyArn: administrator });
    expect(aws.Policy).toMatchObject({ AttachmentCount: 0, PermissionsBoundaryUsageCount: 1 });

    const boundaries = await iam.listPolicies({ PolicyUsageFilter: "PermissionsBoundary" });
    expect(boundaries.Policies?.map(({ PolicyName }) => PolicyName)).toEqual([
      "shared",
      "AdministratorAccess",
    ]);
    await create("only-a-boundary");
    await iam.putUserPermissionsBoundary({
      UserName: "ana",
      PermissionsBoundary: arnOf("only-a-boundary"),
    });
    expect(await refused(iam.deletePolicy({ PolicyArn: arnOf("only-a-boundary") }))).toEqual([
      "DeleteConflictException",
      "Cannot delete a policy attached to entities.",
      409,
    ]);
  });

  test("nobody uses what isn't there", async () => {
    expect(await refused(iam.listEntitiesForPolicy({ PolicyArn: arnOf("nothing") }))).toEqual([
      "NoSuchEntityException",
      `Policy ${arnOf("nothing")} does not exist or is not attachable.`,
      404,
    ]);
  });
});

test("tags are added, changed, taken away, and listed with the shorter keys first", async () => {
  const { Policy } = await iam.createPolicy({
    PolicyName: "tagged",
    PolicyDocument: allows("ssm:*"),
    Tags: [{ Key: "team", Value: "a" }],
  });
  const PolicyArn = Policy?.Arn ?? "";
  await iam.tagPolicy({
    PolicyArn,
    Tags: [
      { Key: "env", Value: "prod" },
      { Key: "team", Value: "b" },
      { Key: "Team", Value: "c" },
    ],
  });
  const list = async (paging: object = {}) =>
    (await iam.listPolicyTags({ PolicyArn, ...paging })).Tags?.map(
      ({ Key, Value }) => `${Key}=${Value}`,
    );
  expect(await list()).toEqual(["env=prod", "Team=c", "team=b"]);
  expect(await list({ MaxItems: 2 })).toEqual(["env=prod", "Team=c"]);
  await iam.untagPolicy({ PolicyArn, TagKeys: ["team", "never"] });
  expect(await list()).toEqual(["env=prod", "Team=c"]);
  const many = Array.from({ length: 49 }, (_, at) => ({ Key: `k${at}`, Value: "" }));
  expect((await refused(iam.tagPolicy({ PolicyArn, Tags: many })))[0]).toBe(
    "LimitExceededException",
  );
  const theirs = { PolicyArn: administrator, Tags: [{ Key: "a", Value: "b" }] };
  expect((await refused(iam.tagPolicy(theirs)))[0]).toBe("AccessDenied");
});

describe("AWS's managed policies", () => {
  test("are there with AWS's ids and default versions", async () => {
    const { Policies = [] } = await iam.listPolicies({ Scope: "AWS" });
    expect(
      Policies.map(({ PolicyName, PolicyId, DefaultVersionId }) =>
        [PolicyName, PolicyId, DefaultVersionId].join(" "),
      ),
    ).toEqual([
      "AdministratorAccess ANPAIWMBCKSKIEE64ZLYK v1",
      "AmazonSSMFullAccess ANPAJA7V6HI4ISQFMDYAG v4",
      "AmazonSSMReadOnlyAccess ANPAJODSKQGGJTHRYZ5FC v1",
      "IAMFullAccess ANPAI7XKCFMBPM3QQRRVQ v2",
      "IAMReadOnlyAccess ANPAJKSO7NDY4T57MWDSQ v4",
      "ReadOnlyAccess ANPAILL3HVNFSB6DCOWYQ v182",
      "SecretsManagerReadWrite ANPAI3VG7CI5BIQZQ6G2E v5",
      "SecurityAudit ANPAIX2T3QCXHR2OGGCTO v86",
    ]);
  });

  test("ReadOnlyAccess and SecurityAudit show no secret", async () => {
    const actions = [
      "secretsmanager:GetSecretValue",
      "kms:Decrypt",
      "secretsmanager:BatchGetSecretValue",
    ];
    for (const name of ["ReadOnlyAccess", "SecurityAudit"]) {
      await iam.createUser({ UserName: name });
      await iam.attachUserPolicy({
        UserName: name,
        PolicyArn: `arn:aws:iam::aws:policy/${name}`,
      });
      const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
        PolicySourceArn: `arn:aws:iam::${account}:user/${name}`,
        ActionNames: [...actions, "secretsmanager:DescribeSecret"],
      });
      expect(EvaluationResults.map(({ EvalDecision }) => EvalDecision)).toEqual([
        "implicitDeny",
        "implicitDeny",
        "implicitDeny",
        "allowed",
      ]);
    }
  });
});
