/** STS as an AWS client meets it: who am I, and roles taken on for a while. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

const account = "123456789012";
let vault: TestVault;
let iam: IAMClient;
let sts: STSClient;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAMClient(vault.client);
  sts = new STSClient(vault.client);
});
afterAll(async () => {
  iam.destroy();
  sts.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

function document(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

async function createRole(
  RoleName: string,
  trusted: object = { Principal: { AWS: account } },
  MaxSessionDuration?: number,
): Promise<string> {
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: document({ Action: "sts:AssumeRole", ...trusted }),
      MaxSessionDuration,
    }),
  );
  return Role?.Arn ?? "";
}

async function createUser(UserName: string) {
  const { User } = await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return {
    arn: User?.Arn ?? "",
    id: User?.UserId ?? "",
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    },
  };
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Sends with other credentials than the root's. */
async function as<Result>(
  credentials: Keys,
  send: (sts: STSClient, iam: IAMClient) => Promise<Result>,
): Promise<Result> {
  const own = new STSClient({ ...vault.client, credentials });
  const ownIam = new IAMClient({ ...vault.client, credentials });
  try {
    return await send(own, ownIam);
  } finally {
    own.destroy();
    ownIam.destroy();
  }
}

async function assume(input: AssumeRoleCommandInput, client = sts): Promise<Keys> {
  const { Credentials } = await client.send(new AssumeRoleCommand(input));
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

test("GetCallerIdentity tells root, user and session who they are, and needs no permission", async () => {
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    UserId: account,
    Account: account,
    Arn: `arn:aws:iam::${account}:root`,
  });
  const user = await createUser("nobody");
  const asUser = await as(user.credentials, (sts) => sts.send(new GetCallerIdentityCommand({})));
  expect(asUser).toMatchObject({ UserId: user.id, Account: account, Arn: user.arn });

  const RoleArn = await createRole("identity");
  const keys = await assume({ RoleArn, RoleSessionName: "me@home" });
  const asRole = await as(keys, (sts) => sts.send(new GetCallerIdentityCommand({})));
  expect(asRole).toMatchObject({
    UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:me@home$/),
    Account: account,
    Arn: `arn:aws:sts::${account}:assumed-role/identity/me@home`,
  });
});

test("AssumeRole gives credentials for an hour, without a packed policy size", async () => {
  const RoleArn = await createRole("hourly");
  const { $metadata: _, ...reply } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "s1" }),
  );
  expect(reply).toEqual({
    Credentials: {
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      SessionToken: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      Expiration: expect.any(Date),
    },
    AssumedRoleUser: {
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:s1$/),
      Arn: `arn:aws:sts::${account}:assumed-role/hourly/s1`,
    },
  });
  const seconds = ((reply.Credentials?.Expiration?.getTime() ?? 0) - vault.clock.now()) / 1000;
  expect(seconds).toBeGreaterThan(3590);
  expect(seconds).toBeLessThanOrEqual(3600);
});

test("a session may do what its role's policies say and nothing else", async () => {
  const RoleArn = await createRole("lister");
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "lister",
      PolicyName: "list",
      PolicyDocument: document({ Action: "iam:ListUsers", Resource: "*" }),
    }),
  );
  const keys = await assume({ RoleArn, RoleSessionName: "s1" });
  await as(keys, (_, iam) => iam.send(new ListUsersCommand({})));
  expect(await refusal(as(keys, (_, iam) => iam.send(new ListRolesCommand({}))))).toBe(
    `AccessDenied: User: arn:aws:sts::${account}:assumed-role/lister/s1 is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::${account}:role/ because no identity-based policy allows the iam:ListRoles action`,
  );
});

test("deleting the role ends its sessions, and creating it again revives none", async () => {
  const RoleArn = await createRole("phoenix");
  const keys = await assume({ RoleArn, RoleSessionName: "s1" });
  const whoAmI = () => as(keys, (sts) => sts.send(new GetCallerIdentityCommand({})));
  await whoAmI();
  await iam.send(new DeleteRoleCommand({ RoleName: "phoenix" }));
  expect(await refusal(whoAmI())).toMatch(/^InvalidClientTokenId:/);
  await createRole("phoenix");
  expect(await refusal(whoAmI())).toMatch(/^InvalidClientTokenId:/);
});

test("an expired session is refused", async () => {
  const RoleArn = await createRole("short");
  const keys = await assume({ RoleArn, RoleSessionName: "s1", DurationSeconds: 900 });
  vault.clock.advance(901_000);
  try {
    const late = as(keys, (sts) => {
      sts.config.systemClockOffset = 901_000;
      return sts.send(new GetCallerIdentityCommand({}));
    });
    expect(await refusal(late)).toMatch(/^ExpiredToken/);
  } finally {
    vault.clock.advance(-901_000);
  }
});

test("a user assumes a role only if both the user's policies and the trust allow it", async () => {
  const { arn, credentials } = await createUser("ana");
  const RoleArn = await createRole("guarded");
  const attempt = () => as(credentials, (own) => assume({ RoleArn, RoleSessionName: "s1" }, own));
  const denied = `AccessDenied: User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
  expect(await refusal(attempt())).toBe(denied);
  await iam.send(
    new PutUserPolicyCommand({
      UserName: "ana",
      PolicyName: "assume",
      PolicyDocument: document({ Action: "sts:AssumeRole", Resource: RoleArn }),
    }),
  );
  await attempt();
});

test("a role that trusts a user by name needs no policy of the user's", async () => {
  const { arn, credentials } = await createUser("named");
  const RoleArn = await createRole("trusting", { Principal: { AWS: arn } });
  await as(credentials, (own) => assume({ RoleArn, RoleSessionName: "s1" }, own));
});

test("a role that isn't there, and one that doesn't trust the caller, look the same", async () => {
  const elsewhere = { Principal: { Service: "ec2.amazonaws.com" } };
  const distrusting = await createRole("distrusting", elsewhere);
  for (const RoleArn of [
    distrusting,
    `arn:aws:iam::${account}:role/nothing`,
    `arn:aws:iam::${account}:role/wrong/path/distrusting`,
    `arn:aws:iam::${account}:user/distrusting`,
  ]) {
    expect(await refusal(assume({ RoleArn, RoleSessionName: "s1" }))).toBe(
      `AccessDenied: User: arn:aws:iam::${account}:root is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
  }
});

test("an external id must be the one that the trust policy asks for", async () => {
  const RoleArn = await createRole("partner", {
    Principal: { AWS: account },
    Condition: { StringEquals: { "sts:ExternalId": "42" } },
  });
  const request = { RoleArn, RoleSessionName: "s1" };
  expect(await refusal(assume(request))).toMatch(/^AccessDenied:/);
  expect(await refusal(assume({ ...request, ExternalId: "43" }))).toMatch(/^AccessDenied:/);
  await assume({ ...request, ExternalId: "42" });
});

test("durations are bounded by the role, and by an hour for a session that makes a session", async () => {
  const long = await createRole("long", undefined, 43_200);
  const usual = await createRole("usual");
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "long",
      PolicyName: "chain",
      PolicyDocument: document({ Action: "sts:AssumeRole", Resource: "*" }),
    }),
  );
  const RoleSessionName = "s1";
  expect(await refusal(assume({ RoleArn: usual, RoleSessionName, DurationSeconds: 3601 }))).toBe(
    "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  );
  const keys = await assume({ RoleArn: long, RoleSessionName, DurationSeconds: 43_200 });
  const chained = (DurationSeconds: number) =>
    as(keys, (own) => assume({ RoleArn: long, RoleSessionName, DurationSeconds }, own));
  expect(await refusal(chained(3601))).toBe(
    "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
  );
  await chained(3600);
});

test("GetRole tells when and where the role was last used", async () => {
  const RoleArn = await createRole("used");
  const used = async () =>
    (await iam.send(new GetRoleCommand({ RoleName: "used" }))).Role?.RoleLastUsed;
  expect(await used()).toEqual({});
  await assume({ RoleArn, RoleSessionName: "s1" });
  expect(await used()).toEqual({ LastUsedDate: expect.any(Date), Region: "us-east-1" });
});

test.each([
  [{ RoleArn: "nothing-valid-in-here" }, "nothing-valid-in-here is invalid"],
  [{ RoleArn: "arn:a:a::aaaaaaaaaaaa:" }, "arn:a:a::aaaaaaaaaaaa: is invalid"],
  [{ RoleArn: "arn::b:::something/test-role" }, "arn::b:::something/test-role is invalid"],
  [
    { RoleSessionName: "Session1:2" },
    "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
  ],
  [
    { RoleSessionName: "s".repeat(65) },
    `1 validation error detected: Value '${"s".repeat(65)}' at 'roleSessionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
  ],
  [
    { DurationSeconds: 899 },
    "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  ],
])("AssumeRole with %j is refused in STS's words", async (wrong, message) => {
  const RoleArn = `arn:aws:iam::${account}:role/any`;
  expect(await refusal(assume({ RoleArn, RoleSessionName: "s1", ...wrong }))).toBe(
    `ValidationError: ${message}`,
  );
});

test("provided contexts are refused by name, since they can't be enforced", async () => {
  const RoleArn = `arn:aws:iam::${account}:role/any`;
  const ProvidedContexts = [{ ProviderArn: "arn:aws:iam::aws:contextProvider/IdentityCenter" }];
  const refused = await refusal(assume({ RoleArn, RoleSessionName: "s1", ProvidedContexts }));
  expect(refused).toContain("ValidationError: ProvidedContexts is not supported by this vault");
});
