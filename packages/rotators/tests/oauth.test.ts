/** OAuth clients, at a stand-in for their authorization server. */
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { oauthClientSecret as rotator } from "../src/oauth/client-secret.ts";
import { RotatedSecret } from "./rotated-secret.fixture.ts";
import {
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from "./stand-ins/authorization-server.ts";
import { mishaps, TroubledRuns } from "./troubled-runs.fixture.ts";

test.each<[string, AuthorizationServerOptions]>([
  ["with HTTP Basic", {}],
  ["with its secret in the form", { authMethod: "client_secret_post" }],
  ["and whose grant is refused", { refusesGrant: true }],
  ["and whose registration token changes too", { renewsRegistrationToken: true }],
])("a client that authenticates %s gets another secret, twice", async (_, options) => {
  const { server, rotated } = await given(options);
  for (let turn = 0; turn < 2; turn++) {
    expect(await rotated.rotate()).toEqual({ OldKeyIsDead: true });
    const { client_secret, client_name } = rotated.value("AWSCURRENT");
    expect(client_name).toBe("Weather");
    expect(server.isGood(client_secret)).toBe(true);
    expect(server.isGood(rotated.value("AWSPREVIOUS").client_secret)).toBe(false);
  }
});

test("where the server takes the old secret for a while, it is said until when", async () => {
  const { rotated } = await given({}, { gracePeriod: "2h" });
  const before = Date.now();
  const reply = (await rotated.rotate()) as { OldKeyLivesUntil: string };
  const lives = Date.parse(reply.OldKeyLivesUntil) - before;
  expect(Math.round(lives / 60_000)).toBe(120);
});

test("a new secret that couldn't be stored is found at the server, and no other one made", async () => {
  const { server, rotated } = await given();
  const token = rotated.begin();
  const vaultIsGone = () => Promise.reject(new Error("the vault is gone"));
  await expect(rotated.take("createSecret", token, vaultIsGone)).rejects.toThrow("gone");
  await rotated.take("createSecret", token);
  expect(server.isGood(rotated.value("AWSPENDING").client_secret)).toBe(true);
  expect(server.calls.filter((call) => call.startsWith("PUT"))).toHaveLength(1);
});

test("the secret is not renewed where its successor couldn't be stored", async () => {
  const { server, rotated } = await given({ renewsRegistrationToken: true });
  rotated.secret.isReadOnly = true;
  await expect(rotated.take("createSecret", rotated.begin())).rejects.toThrow();
  expect(server.isGood(rotated.value("AWSCURRENT").client_secret)).toBe(true);
  // Any answer may bring another token for the registration.
  expect(server.calls).toEqual([]);
});

test("the admin secret may hold the registration's URI and token", async () => {
  const server = await started();
  const { registration_client_uri, registration_access_token, ...value } = server.registered;
  const metadata = { tokenEndpoint: server.tokenEndpoint };
  const without = new RotatedSecret({ rotator, value, metadata });
  await expect(without.rotate()).rejects.toThrow("There is no registration_client_uri");
  const adminValue = { registration_client_uri, registration_access_token };
  const rotated = new RotatedSecret({ rotator, value, metadata, adminValue });
  await rotated.rotate();
  const current = rotated.value("AWSCURRENT");
  expect(server.isGood(current.client_secret)).toBe(true);
  expect(Object.keys(current).sort()).toEqual(Object.keys(value).sort());
});

test.each([
  ["http://auth.example.com/token", "must be https"],
  ["https://auth.example.com/token", "of another server"],
])("no secret is sent to %s", async (tokenEndpoint, message) => {
  const { rotated } = await given({}, { tokenEndpoint });
  const first = rotated.versionId("AWSCURRENT");
  await expect(rotated.take("testSecret", first)).rejects.toThrow(message);
});

test("the admin's token goes to the admin's URI alone", async () => {
  const [server, other] = await Promise.all([started(), started()]);
  const { registration_access_token: _, ...value } = server.registered;
  const planted = { ...value, registration_client_uri: other.registered.registration_client_uri };
  const metadata = { tokenEndpoint: server.tokenEndpoint };
  const adminValue = server.registered;
  const rotated = new RotatedSecret({ rotator, value: planted, metadata, adminValue });
  await rotated.rotate();
  expect(other.calls).toEqual([]);
});

test("a void secret fails its test, and the only good one can't be revoked", async () => {
  const { rotated } = await given();
  const first = rotated.versionId("AWSCURRENT");
  await expect(rotated.take("revokeSecret", first)).rejects.toThrow("one secret only");
  await rotated.rotate();
  await expect(rotated.take("testSecret", first)).rejects.toThrow("refuses");
  await rotated.take("revokeSecret", first);
});

test("the only good secret becomes AWSCURRENT although its rotation failed", async () => {
  const { server, rotated } = await given();
  const token = rotated.begin();
  await rotated.take("createSecret", token);
  await rotated.take("revokeSecret", token);
  expect(rotated.versionId("AWSCURRENT")).toBe(token);
  expect(server.isGood(rotated.value("AWSCURRENT").client_secret)).toBe(true);
});

test("whatever dies, fails or comes twice, AWSCURRENT is good in the end", async () => {
  const server = await started();
  let latest = server.registered;
  await fc.assert(
    fc.asyncProperty(mishaps, async (all) => {
      const runs = new TroubledRuns(
        {
          rotator,
          standIn: server,
          initialSecret: JSON.stringify(latest),
          metadata: { tokenEndpoint: server.tokenEndpoint },
        },
        all,
      );
      for (let isOver = false; !isOver; ) {
        isOver = (await runs.rotate()) && !runs.hasMishapsLeft;
        latest = JSON.parse(runs.secret.current);
      }
      expect(server.isGood(latest.client_secret)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

async function given(
  options?: AuthorizationServerOptions,
  metadata: Readonly<Record<string, string>> = {},
) {
  const server = await started(options);
  const { registered: value, tokenEndpoint } = server;
  const rotated = new RotatedSecret({ rotator, value, metadata: { tokenEndpoint, ...metadata } });
  return { server, rotated };
}

async function started(options?: AuthorizationServerOptions) {
  const server = await startAuthorizationServer(options);
  onTestFinished(() => server.close());
  return server;
}
