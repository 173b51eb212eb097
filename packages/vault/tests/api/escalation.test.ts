/**
 * Ways to get more than one was given, each of which somebody has taken somewhere: none is open.
 * (Sessions of who is gone, trust in who was created again, and TagSession are in `sts*.test.ts`
 * and `trust-policies.test.ts`.)
 */
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Organizations } from "@aws-sdk/client-organizations";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { keyPolicy } from "./kms.fixture.ts";
import { document, type Keys, keysOf, stsFixture } from "./sts.fixture.ts";

const account = "123456789012";
const iamArn = (path: string) => `arn:aws:iam::${account}:${path}`;
const everything = { Action: "*", Resource: "*" };

let vault: TestVault;
let fixture: ReturnType<typeof stsFixture>;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  fixture = stsFixture(vault);
  iam = fixture.iam;
});

afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

const clientOf = (credentials: Keys) => ({ ...vault.client, credentials });

/** The name of the error that `work` is refused with. */
async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "nothing: it was allowed",
    (error: Error) => error.name,
  );
}

function refusals(work: readonly Promise<unknown>[]): Promise<readonly string[]> {
  return Promise.all(work.map(refusal));
}

describe("an administrator within a boundary", () => {
  const boundary = iamArn("policy/Bounds");
  let bounded: IAM;
  let keys: Keys;

  beforeAll(async () => {
    const within = { StringEquals: { "iam:PermissionsBoundary": boundary } };
    const PolicyDocument = document(
      { Action: ["iam:*", "sts:*", "ssm:*"], Resource: "*" },
      { Effect: "Deny", Action: "iam:*", Resource: boundary },
      { Effect: "Deny", Action: "iam:Delete*PermissionsBoundary", Resource: "*" },
      {
        Effect: "Deny",
        Action: ["iam:CreateUser", "iam:CreateRole", "iam:Put*PermissionsBoundary"],
        Resource: "*",
        Condition: { StringNotEquals: within.StringEquals },
      },
    );
    await iam.createPolicy({ PolicyName: "Bounds", PolicyDocument });
    await iam.createPolicy({ PolicyName: "wide", PolicyDocument: document(everything) });
    keys = await fixture.createUser("delegate", everything);
    await iam.putUserPermissionsBoundary({ UserName: "delegate", PermissionsBoundary: boundary });
    bounded = new IAM(clientOf(keys));
  });

  test("can neither leave it, nor set another, nor rewrite it", async () => {
    const UserName = "delegate";
    const PolicyDocument = document(everything);
    const ways = [
      bounded.deleteUserPermissionsBoundary({ UserName }),
      bounded.putUserPermissionsBoundary({
        UserName,
        PermissionsBoundary: iamArn("policy/wide"),
      }),
      // The name of a policy has no case, its ARN in a condition has: this one is neither.
      bounded.putUserPermissionsBoundary({
        UserName,
        PermissionsBoundary: iamArn("policy/BOUNDS"),
      }),
      bounded.createPolicyVersion({ PolicyArn: boundary, PolicyDocument, SetAsDefault: true }),
      bounded.deletePolicy({ PolicyArn: boundary }),
    ];
    for (const way of await refusals(ways)) expect(way).toBe("AccessDenied");
    // By another spelling of the name there is no policy, and so none that isn't denied.
    const PolicyArn = iamArn("policy/bounds");
    const version = bounded.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true });
    expect(await refusal(version)).toBe("NoSuchEntityException");
  });

  test("gets no further by whom it makes, nor by a session of its own", async () => {
    const trust = document({
      Principal: { AWS: iamArn("user/delegate") },
      Action: "sts:AssumeRole",
    });
    const role = { RoleName: "made", AssumeRolePolicyDocument: trust };
    expect(await refusal(bounded.createRole(role))).toBe("AccessDenied");
    await bounded.createRole({ ...role, PermissionsBoundary: boundary });
    await bounded.putRolePolicy({
      RoleName: "made",
      PolicyName: "all",
      PolicyDocument: document(everything),
    });
    const session = await fixture.assume({ RoleArn: iamArn("role/made") }, keys);
    const { Credentials } = await new STS(clientOf(keys)).getSessionToken({});
    for (const credentials of [session, keysOf(Credentials)]) {
      const client = clientOf(credentials);
      await new SSM(client).describeParameters({});
      expect(await refusal(new SecretsManager(client).listSecrets({}))).toBe(
        "AccessDeniedException",
      );
    }
    const freed = new IAM(clientOf(session)).deleteRolePermissionsBoundary({ RoleName: "made" });
    expect(await refusal(freed)).toBe("AccessDenied");
  });
});

describe("whoever may change some users only", () => {
  test("can neither move another among them nor one of them elsewhere", async () => {
    const dev = { Action: ["iam:UpdateUser", "iam:PutUserPolicy"], Resource: iamArn("user/dev/*") };
    const lead = new IAM(clientOf(await fixture.createUser("lead", dev)));
    await iam.createUser({ UserName: "boss", Path: "/admin/" });
    await iam.createUser({ UserName: "junior", Path: "/dev/" });
    const moves = [
      lead.updateUser({ UserName: "boss", NewPath: "/dev/" }),
      lead.updateUser({ UserName: "junior", NewPath: "/admin/" }),
      lead.putUserPolicy({
        UserName: "BOSS",
        PolicyName: "p",
        PolicyDocument: document(everything),
      }),
    ];
    for (const move of await refusals(moves)) expect(move).toBe("AccessDenied");
    await lead.updateUser({ UserName: "junior", NewUserName: "senior" });
  });

  test("attaches the policies that it may attach", async () => {
    await iam.createPolicy({ PolicyName: "harmless", PolicyDocument: document(everything) });
    const attacher = new IAM(
      clientOf(
        await fixture.createUser("attacher", {
          Action: "iam:AttachUserPolicy",
          Resource: "*",
          Condition: { ArnEquals: { "iam:PolicyARN": iamArn("policy/harmless") } },
        }),
      ),
    );
    const UserName = "attacher";
    const admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    expect(await refusal(attacher.attachUserPolicy({ UserName, PolicyArn: admin }))).toBe(
      "AccessDenied",
    );
    await attacher.attachUserPolicy({ UserName, PolicyArn: iamArn("policy/harmless") });
  });
});

test("a tag that looks like another doesn't hide it from a policy", async () => {
  const tagger = clientOf(
    await fixture.createUser("tagger", everything, {
      Effect: "Deny",
      Action: "kms:CreateKey",
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestTag/env": "prod" } },
    }),
  );
  const tag = (TagKey: string, TagValue: string) => ({ TagKey, TagValue });
  const create = (...Tags: { TagKey: string; TagValue: string }[]) =>
    refusal(new KMS(tagger).createKey({ Tags }));
  for (const shadow of [tag("ENV", "dev"), tag("Env", "dev")]) {
    expect(await create(tag("env", "prod"), shadow)).toBe("AccessDeniedException");
    expect(await create(shadow, tag("env", "prod"))).toBe("AccessDeniedException");
  }
  expect(await create(tag("ENV", "prod"))).toBe("AccessDeniedException");
  expect(await create(tag("env", "dev"))).toBe("nothing: it was allowed");
});

describe("a session that was made narrow", () => {
  const onlySsm = document({ Action: "ssm:*", Resource: "*" });

  test("gets no role that trusts its own role by name", async () => {
    const from = await fixture.createRole("narrowed", { allowed: [everything] });
    const to = await fixture.createRole("trusting", { trust: { Principal: { AWS: from } } });
    const wide = await fixture.assume({ RoleArn: from });
    const narrow = await fixture.assume({ RoleArn: from, Policy: onlySsm });
    await fixture.assume({ RoleArn: to }, wide);
    expect(await refusal(fixture.assume({ RoleArn: to }, narrow))).toBe("AccessDenied");
  });

  test("gets nothing of the grants that its role has, nor does a role within a boundary", async () => {
    const kms = new KMS(vault.client);
    const { KeyMetadata } = await kms.createKey({ Policy: keyPolicy() });
    const KeyId = KeyMetadata?.KeyId;
    const RoleArn = await fixture.createRole("granted");
    await kms.createGrant({ KeyId, GranteePrincipal: RoleArn, Operations: ["Encrypt"] });
    const encryptAs = (credentials: Keys) =>
      new KMS(clientOf(credentials)).encrypt({ KeyId, Plaintext: Buffer.from("a") });
    const wide = await fixture.assume({ RoleArn });
    await encryptAs(wide);
    const narrow = await fixture.assume({ RoleArn, Policy: onlySsm });
    expect(await refusal(encryptAs(narrow))).toBe("AccessDeniedException");
    await iam.createPolicy({ PolicyName: "only-ssm", PolicyDocument: onlySsm });
    await iam.putRolePermissionsBoundary({
      RoleName: "granted",
      PermissionsBoundary: iamArn("policy/only-ssm"),
    });
    expect(await refusal(encryptAs(wide))).toBe("AccessDeniedException");
  });
});

describe("the administrator of another account", () => {
  let client: TestVault["client"];
  let other: string;

  beforeAll(async () => {
    const organizations = new Organizations(vault.client);
    await organizations.createAccount({ AccountName: "other", Email: "other@example.com" });
    const { Accounts = [] } = await organizations.listAccounts({});
    other = Accounts.find(({ Name }) => Name === "other")?.Id ?? "";
    const RoleArn = `arn:aws:iam::${other}:role/OrganizationAccountAccessRole`;
    client = clientOf(await fixture.assume({ RoleArn }));
    await fixture.createRole("ours", { allowed: [everything] });
    await iam.createPolicy({ PolicyName: "ours", PolicyDocument: document(everything) });
    await iam.createOpenIDConnectProvider({ Url: "https://idp.example.com" });
  });

  test("gets nowhere with this account's ARNs", async () => {
    const strange = new IAM(client);
    const PolicyArn = iamArn("policy/ours");
    const Arn = iamArn("role/ours");
    const OpenIDConnectProviderArn = iamArn("oidc-provider/idp.example.com");
    const ways = [
      strange.getPolicy({ PolicyArn }),
      strange.createPolicyVersion({ PolicyArn, PolicyDocument: document(everything) }),
      strange.listEntitiesForPolicy({ PolicyArn }),
      strange.deletePolicy({ PolicyArn }),
      strange.simulatePrincipalPolicy({ PolicySourceArn: Arn, ActionNames: ["ssm:GetParameter"] }),
      strange.getContextKeysForPrincipalPolicy({ PolicySourceArn: Arn }),
      strange.generateServiceLastAccessedDetails({ Arn }),
      strange.getOpenIDConnectProvider({ OpenIDConnectProviderArn }),
      strange.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn }),
      new STS(client).assumeRole({ RoleArn: Arn, RoleSessionName: "s1" }),
    ];
    for (const way of await refusals(ways)) expect(way).toMatch(/^AccessDenied/);
  });

  test("makes none of this account's policies its own", async () => {
    const strange = new IAM(client);
    const RoleName = "theirs";
    const AssumeRolePolicyDocument = document({
      Principal: { AWS: other },
      Action: "sts:AssumeRole",
    });
    await strange.createRole({ RoleName, AssumeRolePolicyDocument });
    const PolicyArn = iamArn("policy/ours");
    const ways = [
      strange.attachRolePolicy({ RoleName, PolicyArn }),
      strange.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: PolicyArn }),
      new STS(client).assumeRole({
        RoleArn: `arn:aws:iam::${other}:role/theirs`,
        RoleSessionName: "s1",
        PolicyArns: [{ arn: PolicyArn }],
      }),
    ];
    expect(await refusals(ways)).not.toContain("nothing: it was allowed");
  });

  test("lets nobody of its account into a role that trusts the account, but whom it allows", async () => {
    const strange = new IAM(client);
    const RoleArn = await fixture.createRole("for-them", {
      trust: { Principal: { AWS: `arn:aws:iam::${other}:root` } },
    });
    await strange.createUser({ UserName: "plain" });
    const { AccessKey } = await strange.createAccessKey({ UserName: "plain" });
    const plain: Keys = {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    };
    expect(await refusal(fixture.assume({ RoleArn }, plain))).toBe("AccessDenied");
    await strange.putUserPolicy({
      UserName: "plain",
      PolicyName: "p",
      PolicyDocument: document({ Action: "sts:AssumeRole", Resource: RoleArn }),
    });
    expect(await refusal(fixture.assume({ RoleArn }, plain))).toBe("nothing: it was allowed");
  });
});
