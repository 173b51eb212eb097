/** EC2's instance metadata as SDKs and curl meet it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import {
  instanceMetadata,
  type LocalServer,
  serveLocally,
  WorkloadCredentials,
} from "../src/index.ts";
import { RoleCredentials } from "../src/role-credentials.ts";
import { makeRole, type RawReply, raw, withEnvironment } from "./agent.fixture.ts";

const ttl = "x-aws-ec2-metadata-token-ttl-seconds";
let vault: TestVault;
let credentials: WorkloadCredentials;
let imds: LocalServer;

beforeAll(async () => {
  vault = await startVault();
  credentials = await makeRole(vault, "weather-api");
  await makeRole(vault, "billing");
  const endpoint = instanceMetadata({ credentials, region: "eu-central-1" });
  imds = await serveLocally(endpoint, { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  credentials.close();
  await imds.close();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

async function token(): Promise<string> {
  return (await raw(`${imds.url}/latest/api/token`, "PUT", { [ttl]: "60" })).text;
}

async function read(path: string): Promise<RawReply> {
  return raw(`${imds.url}${path}`, "GET", { "x-aws-ec2-metadata-token": await token() });
}

describe("the AWS SDK for JavaScript", () => {
  test("finds the role, reads what it may, and is refused the rest", async () => {
    await withEnvironment(
      vault,
      { AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.url, AWS_EC2_METADATA_V1_DISABLED: "true" },
      async (ssm) => {
        const get = (Name: string) => ssm.getParameter({ Name, WithDecryption: true });
        expect((await get("/weather-api/token")).Parameter?.Value).toBe("of weather-api");
        await expect(get("/billing/token")).rejects.toMatchObject({
          name: "AccessDeniedException",
        });
      },
    );
  });
});

describe("the tree", () => {
  test("has the role's credentials in EC2's form", async () => {
    const path = "/latest/meta-data/iam/security-credentials/";
    expect((await read(path)).text).toBe("weather-api");
    const { text } = await read(`${path}weather-api`);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(JSON.parse(text)).toEqual({
      Code: "Success",
      LastUpdated: time,
      Type: "AWS-HMAC",
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z0-9]{16}$/),
      SecretAccessKey: expect.any(String),
      Token: expect.any(String),
      Expiration: time,
    });
  });

  test.each([
    ["/", "latest"],
    ["/latest", "dynamic\nmeta-data"],
    ["/latest/meta-data/", "iam/\ninstance-id\nplacement/"],
    ["/latest/meta-data/iam/", "info\nsecurity-credentials/"],
    ["/latest/meta-data/placement/", "availability-zone\nregion"],
    ["/latest/dynamic/", "instance-identity/"],
    ["/latest/meta-data/placement/region", "eu-central-1"],
    // With its final slash, as botocore asks for it.
    ["/latest/meta-data/placement/availability-zone/", "eu-central-1a"],
  ])("%s", async (path, expected) => {
    expect(await read(path)).toMatchObject({ status: 200, text: expected });
  });

  test("says where it is and whose", async () => {
    const document = JSON.parse((await read("/latest/dynamic/instance-identity/document")).text);
    const { text: instanceId } = await read("/latest/meta-data/instance-id");
    expect(instanceId).toMatch(/^i-[0-9a-f]{17}$/);
    expect(document).toMatchObject({
      accountId: vault.accountId,
      region: "eu-central-1",
      instanceId,
    });
    expect(JSON.parse((await read("/latest/meta-data/iam/info")).text)).toMatchObject({
      Code: "Success",
      InstanceProfileArn: `arn:aws:iam::${vault.accountId}:instance-profile/weather-api`,
    });
  });

  test.each([
    "/latest/user-data",
    "/latest/meta-data/iam/security-credentials/billing",
    "/latest/meta-data/instance-id/more",
    "/latest/meta-data/constructor",
    "/2021-07-15/meta-data/",
    "/%2e%2e/etc/passwd",
  ])("%s is not there", async (path) => {
    expect((await read(path)).status).toBe(404);
  });
});

describe("tokens", () => {
  test.each([["1"], ["60"], ["21600"]])("live %s seconds and say so", async (seconds) => {
    const reply = await raw(`${imds.url}/latest/api/token`, "PUT", { [ttl]: seconds });
    expect(reply).toMatchObject({ status: 200, headers: { [ttl]: seconds } });
  });

  test.each([["0"], ["21601"], ["-1"], ["1e3"], ["sixty"], [""], ["999999999999"]])(
    "can't live '%s' seconds",
    async (seconds) => {
      const reply = await raw(`${imds.url}/latest/api/token`, "PUT", { [ttl]: seconds });
      expect(reply.status).toBe(400);
    },
  );

  test("need their header", async () => {
    expect((await raw(`${imds.url}/latest/api/token`, "PUT")).status).toBe(400);
  });

  test("are needed for everything: no version 1", async () => {
    for (const path of [
      "/",
      "/latest/meta-data/iam/security-credentials/weather-api",
      "/nothing",
    ]) {
      expect((await raw(`${imds.url}${path}`)).status).toBe(401);
      const headers = { "x-aws-ec2-metadata-token": `${await token()}AA` };
      expect((await raw(`${imds.url}${path}`, "GET", headers)).status).toBe(401);
    }
  });
});

describe("requests that no SDK sends", () => {
  const proxied = { "x-forwarded-for": "203.0.113.7" };
  const rebound = { host: "rebound.example.com" };
  test.each<[string, string, string, Record<string, string>, number]>([
    ["a token for somebody behind a proxy", "PUT", "/latest/api/token", proxied, 403],
    ["a read through a proxy", "GET", "/latest/meta-data/", proxied, 403],
    ["a page whose name was pointed here", "PUT", "/latest/api/token", rebound, 403],
    ["a read of the token", "GET", "/latest/api/token", {}, 405],
    ["a POST", "POST", "/latest/api/token", {}, 405],
    ["a write", "PUT", "/latest/meta-data/instance-id", {}, 405],
    ["a browser's question before it sends headers", "OPTIONS", "/latest/api/token", {}, 405],
    ["a large header", "PUT", "/latest/api/token", { filler: "x".repeat(9000) }, 431],
  ])("%s", async (_, method, path, headers, status) => {
    const reply = await raw(`${imds.url}${path}`, method, { [ttl]: "60", ...headers });
    expect(reply.status).toBe(status);
    expect(reply.headers).not.toHaveProperty("access-control-allow-origin");
  });
});

test("it is served on this machine only", async () => {
  const endpoint = instanceMetadata({ credentials, region: "us-east-1" });
  await expect(serveLocally(endpoint, { host: "0.0.0.0", port: 0 })).rejects.toThrow(RangeError);
});

test("expired credentials are not handed out: 503 until STS is back", async () => {
  const past = { issuedAt: Date.now() - 7200_000, expiresAt: Date.now() - 3600_000 };
  const expired = new RoleCredentials({
    roleArn: `arn:aws:iam::${vault.accountId}:role/late`,
    accessKeyId: "ASIAEXPIREDEXPIRED00",
    secretAccessKey: "expired",
    sessionToken: "expired",
    ...past,
  });
  const late = await WorkloadCredentials.of(async () => expired);
  const server = await serveLocally(instanceMetadata({ credentials: late, region: "us-east-1" }), {
    host: "127.0.0.1",
    port: 0,
  });
  try {
    const put = await raw(`${server.url}/latest/api/token`, "PUT", { [ttl]: "60" });
    const path = "/latest/meta-data/iam/security-credentials/late";
    const reply = await raw(`${server.url}${path}`, "GET", {
      "x-aws-ec2-metadata-token": put.text,
    });
    expect(reply.status).toBe(503);
    expect(reply.text).not.toContain("expired");
  } finally {
    late.close();
    await server.close();
  }
});
