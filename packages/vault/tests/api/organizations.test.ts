/** Organizations as an AWS client meets it: more accounts in one vault, and walls between them. */
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Organizations, type OrganizationsServiceException } from "@aws-sdk/client-organizations";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";
import { document, keysOf } from "./sts.fixture.ts";

const first = "123456789012";
let vault: TestVault;
let organizations: Organizations;

beforeAll(async () => {
  vault = await startVault();
  organizations = new Organizations(vault.client);
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  organizations.destroy();
  await vault.close();
});

/** The new account's id. */
async function createAccount(AccountName: string, RoleName?: string): Promise<string> {
  const Email = `${AccountName}@example.com`;
  const { CreateAccountStatus } = await organizations.createAccount({
    AccountName,
    Email,
    RoleName,
  });
  const { Id: CreateAccountRequestId } = CreateAccountStatus ?? {};
  const done = await organizations.describeCreateAccountStatus({ CreateAccountRequestId });
  return done.CreateAccountStatus?.AccountId ?? "";
}

/** Clients of whoever may do everything in the account. */
async function administratorOf(accountId: string, role = "OrganizationAccountAccessRole") {
  const { Credentials } = await new STS(vault.client).assumeRole({
    RoleArn: `arn:aws:iam::${accountId}:role/${role}`,
    RoleSessionName: "admin",
  });
  const client = { ...vault.client, credentials: keysOf(Credentials) };
  return {
    iam: new IAM(client),
    kms: new KMS(client),
    organizations: new Organizations(client),
    secrets: new SecretsManager(client),
    ssm: new SSM(client),
    sts: new STS(client),
  };
}

test("before there is an organization, AWS says so; it is made but once", async () => {
  const notInUse =
    "AWSOrganizationsNotInUseException: Your account is not a member of an organization.";
  expect(await refusal(organizations.describeOrganization({}))).toBe(notInUse);
  expect(await refusal(organizations.listAccounts({}))).toBe(notInUse);
  expect(await refusal(organizations.listRoots({}))).toBe(notInUse);
  const { Organization } = await organizations.createOrganization({ FeatureSet: "ALL" });
  expect(Organization).toEqual({
    Id: expect.stringMatching(/^o-[a-z0-9]{10}$/),
    Arn: `arn:aws:organizations::${first}:organization/${Organization?.Id}`,
    FeatureSet: "ALL",
    MasterAccountArn: `arn:aws:organizations::${first}:account/${Organization?.Id}/${first}`,
    MasterAccountId: first,
    MasterAccountEmail: "management@claviger.invalid",
    AvailablePolicyTypes: [],
  });
  const described = await organizations.describeOrganization({});
  expect(described.Organization).toEqual(Organization);
  expect(await refusal(organizations.createOrganization({}))).toMatch(
    /^AlreadyInOrganizationException: /,
  );
});

test("CreateAccount answers at once; its status tells the account", async () => {
  const { CreateAccountStatus } = await organizations.createAccount({
    AccountName: "weather",
    Email: "weather@example.com",
  });
  expect(CreateAccountStatus).toEqual({
    Id: expect.stringMatching(/^car-[a-z0-9]{32}$/),
    AccountName: "weather",
    State: "IN_PROGRESS",
    RequestedTimestamp: expect.any(Date),
  });
  const { Id: CreateAccountRequestId } = CreateAccountStatus ?? {};
  const status = await organizations.describeCreateAccountStatus({ CreateAccountRequestId });
  expect(status.CreateAccountStatus).toMatchObject({
    State: "SUCCEEDED",
    AccountId: expect.stringMatching(/^[1-9]\d{11}$/),
    CompletedTimestamp: expect.any(Date),
  });
  const { AccountId } = status.CreateAccountStatus ?? {};
  const { Account } = await organizations.describeAccount({ AccountId });
  expect(Account).toMatchObject({
    Id: AccountId,
    Arn: expect.stringMatching(`^arn:aws:organizations::${first}:account/o-\\w+/${AccountId}$`),
    Name: "weather",
    Email: "weather@example.com",
    Status: "ACTIVE",
    JoinedMethod: "CREATED",
  });
  const parents = await organizations.listParents({ ChildId: AccountId });
  const { Roots } = await organizations.listRoots({});
  expect(parents.Parents).toEqual([{ Id: Roots?.[0]?.Id, Type: "ROOT" }]);
});

test("an address that is taken fails the request as on AWS, and makes nothing", async () => {
  await createAccount("taken");
  const { CreateAccountStatus } = await organizations.createAccount({
    AccountName: "again",
    Email: "TAKEN@example.com",
  });
  const { Id: CreateAccountRequestId } = CreateAccountStatus ?? {};
  const status = await organizations.describeCreateAccountStatus({ CreateAccountRequestId });
  expect(status.CreateAccountStatus).toMatchObject({
    State: "FAILED",
    FailureReason: "EMAIL_ALREADY_EXISTS",
  });
  expect(status.CreateAccountStatus).not.toHaveProperty("AccountId");
  const { Accounts = [] } = await organizations.listAccounts({});
  expect(Accounts.map(({ Name }) => Name)).not.toContain("again");
  const failed = await organizations.listCreateAccountStatus({ States: ["FAILED"] });
  expect(failed.CreateAccountStatuses).toEqual([status.CreateAccountStatus]);
});

test("accounts created in one moment under one address are one account", async () => {
  const Email = "race@example.com";
  await Promise.all(
    Array.from({ length: 5 }, (_, at) =>
      organizations.createAccount({ AccountName: `race ${at}`, Email }),
    ),
  );
  const { Accounts = [] } = await organizations.listAccounts({});
  expect(Accounts.filter((account) => account.Email === Email)).toHaveLength(1);
});

test("lists come in pages whose tokens are good for that list alone", async () => {
  await createAccount("paged");
  const whole = await organizations.listAccounts({});
  const ids: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await organizations.listAccounts({ MaxResults: 1, NextToken });
    expect(page.Accounts).toHaveLength(1);
    ids.push(page.Accounts?.[0]?.Id);
    if (NextToken === undefined) {
      const wrong = organizations.listCreateAccountStatus({ NextToken: page.NextToken });
      expect(await refusal(wrong)).toMatch(/^InvalidInputException: Get the value for the NextTo/);
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(ids).toEqual(whole.Accounts?.map(({ Id }) => Id));
  expect(ids).toContain(first);
});

describe("what the model does not have is InvalidInputException", () => {
  const AccountName = "n";
  const Email = "n@example.com";
  test.each([
    [() => organizations.describeAccount({ AccountId: "1" }), "INVALID_PATTERN"],
    [() => organizations.describeAccount({ AccountId: undefined }), "INPUT_REQUIRED"],
    [() => organizations.createAccount({ AccountName, Email: "a@b" }), "INVALID_PATTERN"],
    [() => organizations.createAccount({ AccountName, Email: "a@b.c" }), "MIN_LENGTH_EXCEEDED"],
    [
      () => organizations.createAccount({ Email, AccountName: "n".repeat(51) }),
      "MAX_LENGTH_EXCEEDED",
    ],
    [() => organizations.listAccounts({ MaxResults: 21 }), "MAX_VALUE_EXCEEDED"],
    [() => organizations.listAccounts({ MaxResults: 0 }), "MIN_VALUE_EXCEEDED"],
    [() => organizations.createOrganization({ FeatureSet: "SOME" as "ALL" }), "INVALID_ENUM"],
  ])("%s", async (send, reason) => {
    const error = await (send as () => Promise<unknown>)().then(
      () => undefined,
      (thrown: OrganizationsServiceException & { Reason?: string }) => thrown,
    );
    expect(error).toMatchObject({ name: "InvalidInputException", Reason: reason });
  });

  test("and what isn't there has an error of its own", async () => {
    expect(await refusal(organizations.describeAccount({ AccountId: "111111111111" }))).toBe(
      "AccountNotFoundException: You specified an account that doesn't exist.",
    );
    expect(await refusal(organizations.listParents({ ChildId: "111111111111" }))).toMatch(
      /^ChildNotFoundException/,
    );
    const CreateAccountRequestId = "car-12345678";
    expect(
      await refusal(organizations.describeCreateAccountStatus({ CreateAccountRequestId })),
    ).toMatch(/^CreateAccountStatusNotFoundException/);
  });

  test.each([{ IamUserAccessToBilling: "ALLOW" as const }, { Tags: [{ Key: "a", Value: "b" }] }])(
    "%j is refused, since nothing would come of it",
    async (member) => {
      const refused = await refusal(organizations.createAccount({ AccountName, Email, ...member }));
      expect(refused).toMatch(/^ValidationException: \w+ is not supported by this vault/);
    },
  );
});

describe("an account of its own", () => {
  test("is entered by the first account through its role, and by nobody else", async () => {
    const id = await createAccount("team", "Entrance");
    const { sts } = await administratorOf(id, "Entrance");
    expect(await sts.getCallerIdentity({})).toMatchObject({
      Account: id,
      Arn: `arn:aws:sts::${id}:assumed-role/Entrance/admin`,
    });
    const other = await administratorOf(await createAccount("stranger"));
    const RoleArn = `arn:aws:iam::${id}:role/Entrance`;
    expect(await refusal(other.sts.assumeRole({ RoleArn, RoleSessionName: "s1" }))).toMatch(
      /^AccessDenied/,
    );
    const iam = new IAM(vault.client);
    await iam.createUser({ UserName: "ana" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "ana" });
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    };
    const ana = new STS({ ...vault.client, credentials });
    const enter = () => ana.assumeRole({ RoleArn, RoleSessionName: "s1" });
    expect(await refusal(enter())).toMatch(/^AccessDenied/);
    const PolicyDocument = document({ Action: "sts:AssumeRole", Resource: RoleArn });
    await iam.putUserPolicy({ UserName: "ana", PolicyName: "enter", PolicyDocument });
    await enter();
  });

  test("may know its organization and nothing else of it", async () => {
    const id = await createAccount("member");
    const member = (await administratorOf(id)).organizations;
    const { Organization } = await member.describeOrganization({});
    expect(Organization?.MasterAccountId).toBe(first);
    const denied = "AccessDeniedException: You don't have permissions to access this resource.";
    const Email = "x@example.com";
    for (const sent of sideBySide([
      member.listAccounts({}),
      member.describeAccount({ AccountId: id }),
      member.createAccount({ AccountName: "x", Email }),
      member.listRoots({}),
    ])) {
      expect(await refusal(sent)).toBe(denied);
    }
  });

  test("has its own data under the same names, invisible from elsewhere", async () => {
    const there = await administratorOf(await createAccount("walled"));
    const here = { ssm: new SSM(vault.client), secrets: new SecretsManager(vault.client) };
    const Name = "/shared/name";
    await here.ssm.putParameter({ Name, Value: "here", Type: "SecureString" });
    await there.ssm.putParameter({ Name, Value: "there", Type: "SecureString" });
    for (const [ssm, value] of [
      [here.ssm, "here"],
      [there.ssm, "there"],
    ] as const) {
      const { Parameter } = await ssm.getParameter({ Name, WithDecryption: true });
      expect(Parameter?.Value).toBe(value);
      const { Parameters } = await ssm.getParametersByPath({ Path: "/", Recursive: true });
      expect(Parameters).toHaveLength(1);
    }
    await here.secrets.createSecret({ Name: "only/here", SecretString: "v" });
    expect((await there.secrets.listSecrets({})).SecretList).toEqual([]);
    expect(await refusal(there.secrets.getSecretValue({ SecretId: "only/here" }))).toMatch(
      /^ResourceNotFoundException/,
    );
  });

  test("keeps its managed policies to itself, and does not say which there are", async () => {
    const id = await createAccount("policies");
    const there = await administratorOf(id);
    const here = new IAM(vault.client);
    for (const [iam, owner] of [
      [here, id],
      [there.iam, first],
    ] as const) {
      const PolicyArn = `arn:aws:iam::${owner}:policy/none`;
      expect(await refusal(iam.getPolicy({ PolicyArn }))).toMatch(
        /^AccessDenied: .* because no resource-based policy allows the iam:GetPolicy action$/,
      );
    }
  });

  test("lets another account use its key where both sides allow it", async () => {
    const owner = await administratorOf(await createAccount("key-owner"));
    const { Account: ownerId } = await owner.sts.getCallerIdentity({});
    const { KeyMetadata } = await owner.kms.createKey({
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${ownerId}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${first}:root` },
            Action: ["kms:Encrypt", "kms:Decrypt"],
            Resource: "*",
            Condition: {
              StringEquals: { "aws:PrincipalOrgID": await organizationId() },
            },
          },
        ],
      }),
    });
    const kms = new KMS(vault.client);
    const KeyId = KeyMetadata?.Arn;
    const Plaintext = Buffer.from("across");
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext });
    const opened = await owner.kms.decrypt({ CiphertextBlob });
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe("across");
    const NumberOfBytes = 32;
    expect(await refusal(kms.generateDataKey({ KeyId, NumberOfBytes }))).toMatch(
      /^AccessDeniedException/,
    );
    const third = await administratorOf(await createAccount("third"));
    expect(await refusal(third.kms.decrypt({ CiphertextBlob, KeyId }))).toMatch(
      /^AccessDeniedException/,
    );
  });

  test("lives on after a restart", async () => {
    const id = await createAccount("lasting");
    await vault.restart();
    const { ssm } = await administratorOf(id);
    await ssm.putParameter({ Name: "/a", Value: "v", Type: "String" });
    const { Accounts = [] } = await organizations.listAccounts({});
    expect(Accounts.map(({ Id }) => Id)).toContain(id);
  });
});

async function organizationId(): Promise<string> {
  return (await organizations.describeOrganization({})).Organization?.Id ?? "";
}

test("the first CreateAccount makes the organization, if nobody else did", async () => {
  const fresh = await startVault();
  const own = new Organizations(fresh.client);
  await own.createAccount({ AccountName: "b", Email: "b@example.com" });
  expect((await own.listAccounts({})).Accounts).toHaveLength(2);
  expect((await own.describeOrganization({})).Organization?.Id).toMatch(/^o-/);
  await fresh.close();
});
