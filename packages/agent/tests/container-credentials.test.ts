/** The endpoint of ECS and EKS Pod Identity as SDKs and curl meet it. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeAuthority } from "../../../tools/harness/certificates.ts";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import {
  type ContainerRole,
  containerCredentials,
  containerRole,
  type LocalServer,
  serveLocally,
} from "../src/index.ts";
import { makeRole, raw, withEnvironment } from "./agent.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-agent-test-"));
let vault: TestVault;
let weather: ContainerRole;
let billing: ContainerRole;
let server: LocalServer;

beforeAll(async () => {
  vault = await startVault();
  weather = containerRole(await makeRole(vault, "weather-api"));
  billing = containerRole(await makeRole(vault, "billing"));
  server = await serveLocally(containerCredentials([weather, billing]), {
    host: "127.0.0.1",
    port: 0,
  });
});
afterAll(async () => {
  for (const { credentials } of [weather, billing]) credentials.close();
  await server.close();
  await vault.close();
  rmSync(folder, { recursive: true });
  expect(vault.faults).toEqual([]);
});

describe("the AWS SDK for JavaScript", () => {
  test.each([
    ["weather-api", "billing"],
    ["billing", "weather-api"],
  ])("as %s reads its own and is refused what is %s's", async (own, other) => {
    const role = own === "billing" ? billing : weather;
    const tokenFile = join(folder, own);
    writeFileSync(tokenFile, role.token, { mode: 0o600 });
    await withEnvironment(
      vault,
      {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}${role.path}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
      },
      async (ssm) => {
        const get = (name: string) =>
          ssm.getParameter({ Name: `/${name}/token`, WithDecryption: true });
        expect((await get(own)).Parameter?.Value).toBe(`of ${own}`);
        await expect(get(other)).rejects.toMatchObject({ name: "AccessDeniedException" });
      },
    );
  });
});

test("the reply has what ECS and EKS have in theirs", async () => {
  const { status, headers, text } = await raw(`${server.url}${weather.path}`, "GET", {
    authorization: weather.token,
  });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "cache-control": "no-store",
    connection: "close",
  });
  expect(JSON.parse(text)).toEqual({
    AccessKeyId: expect.stringMatching(/^ASIA/),
    SecretAccessKey: expect.any(String),
    Token: expect.any(String),
    Expiration: expect.stringMatching(/:\d\dZ$/),
    RoleArn: `arn:aws:iam::${vault.accountId}:role/weather-api`,
    AccountId: vault.accountId,
  });
});

describe("refused", () => {
  test.each<
    [string, () => [path: string, method: string, headers: Record<string, string>], number]
  >([
    ["no token", () => [weather.path, "GET", {}], 401],
    ["an empty token", () => [weather.path, "GET", { authorization: "" }], 401],
    ["another role's token", () => [weather.path, "GET", { authorization: billing.token }], 401],
    [
      "a token cut short",
      () => [weather.path, "GET", { authorization: weather.token.slice(1) }],
      401,
    ],
    ["another role", () => ["/123456789012/root", "GET", { authorization: weather.token }], 404],
    ["no path", () => ["/", "GET", { authorization: weather.token }], 404],
    ["a POST", () => [weather.path, "POST", { authorization: weather.token }], 405],
    [
      "a page whose name was pointed here",
      () => [weather.path, "GET", { authorization: weather.token, host: "rebound.example.com" }],
      403,
    ],
  ])("%s", async (_, request, status) => {
    const [path, method, headers] = request();
    const reply = await raw(`${server.url}${path}`, method, headers);
    expect(reply.status).toBe(status);
    expect(reply.text).not.toMatch(/ASIA|SecretAccessKey/);
  });

  test("a network without TLS", async () => {
    const endpoint = containerCredentials([weather]);
    for (const host of ["0.0.0.0", "::"]) {
      await expect(serveLocally(endpoint, { host, port: 0 })).rejects.toThrow(RangeError);
    }
  });
});

test("with TLS it may be served elsewhere, to clients that know the name in its certificate", async () => {
  const authority = makeAuthority("agent test");
  const { cert, key } = authority.issue();
  const tls = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  writeFileSync(tls.certFile, cert);
  writeFileSync(tls.keyFile, key);
  const endpoint = containerCredentials([weather]);
  const secure = await serveLocally(endpoint, { host: "0.0.0.0", port: 0, tls });
  try {
    const url = secure.url.replace("0.0.0.0", "127.0.0.1");
    expect(url).toMatch(/^https:/);
    const headers = { authorization: weather.token, host: "credentials.example.com" };
    const asked = request(`${url}${weather.path}`, {
      headers,
      ca: authority.certificate,
      // The name that is asked for stands in no certificate of this test.
      checkServerIdentity: () => undefined,
      agent: false,
    });
    const [reply] = await once(asked.end(), "response");
    expect(reply.statusCode).toBe(200);
    reply.destroy();
  } finally {
    await secure.close();
  }
});

test("a body is not waited for, nor read", async () => {
  const reply = await raw(
    `${server.url}${weather.path}`,
    "GET",
    { authorization: weather.token, "content-length": "1000000" },
    "only its first bytes",
  );
  expect(reply.status).toBe(200);
});
