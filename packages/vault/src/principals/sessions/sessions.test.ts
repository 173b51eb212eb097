import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accountId, type OpenPrincipals, openPrincipals, policy } from "../principals.fixture.ts";

let vault: OpenPrincipals;

beforeAll(async () => {
  vault = await openPrincipals();
});
afterAll(() => vault.close());

test("a token opens to the credential it was issued with", async () => {
  const role = await vault.createRole("reader");
  const issued = await vault.startSession("reader", "i-0abc", 900);
  const credential = await vault.sessions.open(issued.sessionToken);
  expect(credential).toMatchObject({
    accessKeyId: issued.accessKeyId,
    secretAccessKey: issued.secretAccessKey,
    accountId,
    isActive: true,
    expiresAt: vault.clock.now() + 900_000,
  });
  expect(issued.accessKeyId).toMatch(/^ASIA/);
  expect(await credential?.principal()).toMatchObject({
    type: "AssumedRole",
    arn: `arn:aws:sts::${accountId}:assumed-role/reader/i-0abc`,
    principalId: `${role.uniqueId}:i-0abc`,
    roleArn: `arn:aws:iam::${accountId}:role/reader`,
    tokenIssuedAt: vault.clock.now(),
  });
});

test("the same token gives the same object, so that signing keys can be cached on it", async () => {
  await vault.createRole("cached");
  const { sessionToken } = await vault.startSession("cached");
  expect(await vault.sessions.open(sessionToken)).toBe(await vault.sessions.open(sessionToken));
});

test("another node opens it, and another vault doesn't", async () => {
  await vault.createRole("roaming");
  const { sessionToken } = await vault.startSession("roaming");
  expect(await vault.newSessions().open(sessionToken)).toBeDefined();
  const other = await openPrincipals();
  try {
    expect(await other.sessions.open(sessionToken)).toBeUndefined();
  } finally {
    await other.close();
  }
});

test("no token with a flipped bit opens", async () => {
  await vault.createRole("flipped");
  const token = (await vault.startSession("flipped")).sessionToken;
  const bytes = Buffer.from(token, "base64");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const forged = Buffer.from(bytes);
    forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(await vault.sessions.open(forged.toString("base64"))).toBeUndefined();
  }
});

test("no shortened, lengthened or respelled token opens", async () => {
  await vault.createRole("cut");
  const token = (await vault.startSession("cut")).sessionToken;
  for (let length = 0; length < token.length; length++) {
    expect(await vault.sessions.open(token.slice(0, length))).toBeUndefined();
  }
  for (const forged of [`${token}A`, `${token}=`, `${token}\n`, ` ${token}`, `${token}${token}`]) {
    expect(await vault.sessions.open(forged)).toBeUndefined();
  }
  const urlSafe = token.replaceAll("+", "-").replaceAll("/", "_");
  if (urlSafe !== token) expect(await vault.sessions.open(urlSafe)).toBeUndefined();
});

test("no text that somebody makes up opens", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string({ unit: "binary" }), fc.base64String({ maxLength: 400 })),
      async (text) => {
        expect(await vault.sessions.open(text)).toBeUndefined();
      },
    ),
  );
});

test("a deleted role ends its sessions at once, and creating it again revives none", async () => {
  await vault.createRole("phoenix");
  const { sessionToken } = await vault.startSession("phoenix");
  const credential = await vault.sessions.open(sessionToken);
  expect(await credential?.principal()).toBeDefined();

  const role = await vault.principals.roles.locate(accountId, "phoenix");
  await vault.principals.roles.delete(vault.permit("iam:DeleteRole", role));
  expect(await credential?.principal()).toBeUndefined();

  await vault.createRole("phoenix");
  expect(await credential?.principal()).toBeUndefined();
  expect(await (await vault.sessions.open(sessionToken))?.principal()).toBeUndefined();
});

test("a policy put on the role holds for the sessions that are under way", async () => {
  await vault.createRole("changing");
  const credential = await vault.sessions.open((await vault.startSession("changing")).sessionToken);
  expect((await credential?.principal())?.policies).toHaveLength(0);
  const role = await vault.principals.roles.locate(accountId, "changing");
  await vault.principals.roles.inlinePolicies.put(vault.permit("iam:PutRolePolicy", role), {
    name: "read",
    document: policy("ssm:GetParameter"),
  });
  expect((await credential?.principal())?.policies).toHaveLength(1);
});

test("printing a credential shows no secret", async () => {
  await vault.createRole("quiet");
  const issued = await vault.startSession("quiet");
  const credential = await vault.sessions.open(issued.sessionToken);
  const shown = inspect(credential, { depth: 9, showHidden: true }) + JSON.stringify(credential);
  expect(shown).not.toContain(issued.secretAccessKey);
});
