/** Sessions of users and of the root, what STS tells of keys and denials, and sessions revoked. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";
import { document, keysOf, stsFixture } from "./sts.fixture.ts";

const account = "123456789012";
const all = { Action: "*", Resource: "*" };
let vault: TestVault;
let fixture: ReturnType<typeof stsFixture>;

beforeAll(async () => {
  vault = await startVault();
  fixture = stsFixture(vault);
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

async function ownSession(credentials = vault.credentials, DurationSeconds?: number) {
  const { sts } = fixture.as(credentials);
  const { Credentials } = await sts.getSessionToken({ DurationSeconds });
  const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - vault.clock.now()) / 1000;
  return { keys: keysOf(Credentials), seconds: Math.round(seconds / 10) * 10 };
}

test("a user's session is the user, with what the user may do, for up to 36 hours", async () => {
  const ana = await fixture.createUser("ana", all);
  const { keys, seconds } = await ownSession(ana);
  expect(seconds).toBe(43_200);
  expect((await ownSession(ana, 129_600)).seconds).toBe(129_600);
  expect(await refusal(ownSession(ana, 129_601))).toMatch(/less than or equal to 129600$/);
  expect(keys.accessKeyId).toMatch(/^ASIA/);
  const { sts, ssm } = fixture.as(keys);
  expect(await sts.getCallerIdentity({})).toMatchObject({
    Arn: `arn:aws:iam::${account}:user/ana`,
    UserId: expect.stringMatching(/^AIDA/),
  });
  await ssm.describeParameters({});
  const bea = await fixture.createUser("bea");
  const { ssm: without } = fixture.as((await ownSession(bea)).keys);
  expect(await refusal(without.describeParameters({}))).toMatch(/^AccessDenied/);
});

test("the root's lasts an hour at most, whatever is asked for", async () => {
  expect((await ownSession()).seconds).toBe(3600);
  expect((await ownSession(vault.credentials, 7200)).seconds).toBe(3600);
  expect((await ownSession(vault.credentials, 900)).seconds).toBe(900);
  const { sts } = fixture.as((await ownSession()).keys);
  expect(await sts.getCallerIdentity({})).toMatchObject({ Arn: `arn:aws:iam::${account}:root` });
});

test("such sessions get nothing from IAM, and of STS a role or their name only", async () => {
  const cem = await fixture.createUser("cem", all);
  const RoleArn = await fixture.createRole("for-cem");
  for (const { keys } of [await ownSession(cem), await ownSession()]) {
    const { iam, sts } = fixture.as(keys);
    expect(await refusal(iam.listUsers({}))).toBe(
      "InvalidClientTokenId: The security token included in the request is invalid.",
    );
    for (const [name, sent] of [
      ["GetSessionToken", sts.getSessionToken({})],
      ["GetAccessKeyInfo", sts.getAccessKeyInfo({ AccessKeyId: cem.accessKeyId })],
      ["DecodeAuthorizationMessage", sts.decodeAuthorizationMessage({ EncodedMessage: "x" })],
    ] as const) {
      expect(await refusal(sent)).toBe(
        `AccessDenied: Cannot call ${name} with session credentials`,
      );
    }
    await sts.assumeRole({ RoleArn, RoleSessionName: "s1" });
  }
  const role = fixture.as(await fixture.assume({ RoleArn })).sts;
  expect(await refusal(role.getSessionToken({}))).toBe(
    "AccessDenied: Cannot call GetSessionToken with session credentials",
  );
});

test("a role for longer than an hour takes a user's key: such a session would be chained", async () => {
  const gil = await fixture.createUser("gil", all);
  const RoleArn = await fixture.createRole("for-gil");
  await fixture.iam.updateRole({ RoleName: "for-gil", MaxSessionDuration: 7200 });
  const request = { RoleArn, RoleSessionName: "s1", DurationSeconds: 7200 };
  await fixture.as(gil).sts.assumeRole(request);
  const { sts } = fixture.as((await ownSession(gil)).keys);
  expect(await refusal(sts.assumeRole(request))).toBe(
    "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
  );
  await sts.assumeRole({ ...request, DurationSeconds: 3600 });
});

test("a multi-factor device is one that the caller doesn't have", async () => {
  const hal = await fixture.createUser("hal", all);
  const { sts } = fixture.as(hal);
  const role = {
    RoleArn: await fixture.createRole("for-hal"),
    RoleSessionName: "s1",
  };
  const SerialNumber = `arn:aws:iam::${account}:mfa/hal`;
  const failed = "AccessDenied: MultiFactorAuthentication failed,";
  for (const ask of [
    (mfa: object) => sts.getSessionToken(mfa),
    (mfa: object) => sts.assumeRole({ ...role, ...mfa }),
  ]) {
    expect(await refusal(ask({ SerialNumber, TokenCode: "123456" }))).toBe(
      `${failed} unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.`,
    );
    for (const half of [{ SerialNumber }, { TokenCode: "123456" }]) {
      expect(await refusal(ask(half))).toBe(
        `${failed} must provide both MFA serial number and one time pass code.`,
      );
    }
    expect(await refusal(ask({ SerialNumber, TokenCode: "12345" }))).toBe(
      "ValidationError: 1 validation error detected: Value at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
    );
  }
});

test("a session ends with its user, also if the user is created again", async () => {
  const dan = await fixture.createUser("dan", all);
  const { sts } = fixture.as((await ownSession(dan)).keys);
  await sts.getCallerIdentity({});
  await fixture.iam.deleteAccessKey({ UserName: "dan", AccessKeyId: dan.accessKeyId });
  await sts.getCallerIdentity({});
  await fixture.iam.deleteUserPolicy({ UserName: "dan", PolicyName: "inline" });
  await fixture.iam.deleteUser({ UserName: "dan" });
  expect(await refusal(sts.getCallerIdentity({}))).toMatch(/^InvalidClientTokenId/);
  await fixture.createUser("dan", all);
  expect(await refusal(sts.getCallerIdentity({}))).toMatch(/^InvalidClientTokenId/);
});

test("GetAccessKeyInfo tells the account of long-term and temporary keys", async () => {
  const RoleArn = await fixture.createRole("keyed");
  const eva = await fixture.createUser("eva");
  const { accessKeyId } = await fixture.assume({ RoleArn });
  for (const AccessKeyId of [vault.credentials.accessKeyId, eva.accessKeyId, accessKeyId]) {
    expect(await fixture.sts.getAccessKeyInfo({ AccessKeyId })).toMatchObject({ Account: account });
  }
  const unknown = fixture.sts.getAccessKeyInfo({ AccessKeyId: "AKIAUNKNOWNUNKNOWN12" });
  expect(await refusal(unknown)).toBe("ValidationError: The access key ID does not exist.");
});

test("what has no resource names none to whom it is denied", async () => {
  const { sts } = fixture.as(await fixture.createUser("ivy"));
  for (const [action, sent] of [
    ["sts:GetAccessKeyInfo", sts.getAccessKeyInfo({ AccessKeyId: "AKIAUNKNOWNUNKNOWN12" })],
    ["sts:DecodeAuthorizationMessage", sts.decodeAuthorizationMessage({ EncodedMessage: "x" })],
  ] as const) {
    expect(await refusal(sent)).toContain(
      `is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
    );
  }
});

test("DecodeAuthorizationMessage opens a denial, for its account and nobody else", async () => {
  const fay = await fixture.createUser("fay");
  const denied = await fixture
    .as(fay)
    .ssm.getParameter({ Name: "/a" })
    .then(String, ({ message }: Error) => message);
  const EncodedMessage = /failure message: ([\w-]+)$/.exec(denied)?.[1] ?? "";
  const { DecodedMessage = "{}" } = await fixture.sts.decodeAuthorizationMessage({
    EncodedMessage,
  });
  expect(JSON.parse(DecodedMessage)).toMatchObject({
    allowed: false,
    explicitDeny: false,
    context: {
      principal: { arn: `arn:aws:iam::${account}:user/fay` },
      action: "ssm:GetParameter",
    },
  });
  const flipped = EncodedMessage.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  for (const wrong of ["nonsense", flipped]) {
    const sent = fixture.sts.decodeAuthorizationMessage({ EncodedMessage: wrong });
    expect(await refusal(sent)).toMatch(/^InvalidAuthorizationMessageException/);
  }
});

test("AWSRevokeOlderSessions ends the sessions from before, and no later one", async () => {
  const RoleArn = await fixture.createRole("revoked", { allowed: [all] });
  const older = fixture.as(await fixture.assume({ RoleArn })).ssm;
  await older.describeParameters({});
  vault.clock.advance(1000);
  const revokedAt = new Date(vault.clock.now()).toISOString();
  await fixture.iam.putRolePolicy({
    RoleName: "revoked",
    PolicyName: "AWSRevokeOlderSessions",
    PolicyDocument: document({
      Effect: "Deny",
      Action: ["*"],
      Resource: ["*"],
      Condition: { DateLessThan: { "aws:TokenIssueTime": revokedAt } },
    }),
  });
  expect(await refusal(older.describeParameters({}))).toMatch(
    /^AccessDeniedException: .* with an explicit deny in an identity-based policy/,
  );
  vault.clock.advance(1000);
  await fixture.as(await fixture.assume({ RoleArn })).ssm.describeParameters({});
});

test.each(["GetFederationToken", "AssumeRoleWithSAML", "AssumeRoot"])(
  "%s is not here, and says so",
  async (Action) => {
    const body = new URLSearchParams({ Action, Version: "2011-06-15" });
    const reply = await fetch(vault.url, { method: "POST", body });
    expect(reply.status).toBe(400);
    const text = await reply.text();
    expect(text).toContain("<Code>InvalidAction</Code>");
    expect(text).toContain(`Could not find operation ${Action} for version 2011-06-15`);
  },
);
