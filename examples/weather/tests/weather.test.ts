import { createServer } from "node:http";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { startVault, type TestVault } from "@claviger/vault/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Listening, listening } from "../src/listening.ts";
import { type Ordered, orderAccount } from "../src/order.ts";
import { startProvider } from "../src/provider.ts";
import { type Provisioned, provision, secretName } from "../src/provision.ts";
import { startService } from "../src/service.ts";

let vault: TestVault;
let provider: Listening;
let service: Listening;
let provisioned: Provisioned;
let ordered: Ordered;

beforeAll(async () => {
  vault = await startVault();
  provider = await startProvider();
  ordered = await orderAccount(provider.url);
  provisioned = await provision(vault.client, ordered.token);
  for (const [name, value] of Object.entries(provisioned.environment)) vi.stubEnv(name, value);
  service = await startService({ providerUrl: provider.url, roleArn: provisioned.roleArn });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await service?.close();
  await provider?.close();
  await vault?.close();
});

async function weather(city: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${service.url}/weather?city=${city}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The account's tokens, as its owner makes and deletes them. */
async function manage(method: string, path: string, body?: object) {
  const response = await fetch(`${provider.url}/v1/tokens${path}`, {
    method,
    headers: { authorization: `Bearer ${ordered.managementKey}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return response.status === 204 ? undefined : JSON.parse(await response.text());
}

async function billedQueries(): Promise<number> {
  const response = await fetch(`${provider.url}/admin/usage`);
  const { usage } = (await response.json()) as { usage: { billedQueries: number }[] };
  return usage.reduce((sum, account) => sum + account.billedQueries, 0);
}

test("answers the temperature, and the provider is asked once a minute for a city", async () => {
  const before = await billedQueries();
  expect(await weather("Sydney")).toMatchObject({
    status: 200,
    body: { city: "Sydney", temperatureCelsius: 23.8 },
  });
  expect((await weather("Sydney")).status).toBe(200);
  expect((await billedQueries()) - before).toBe(1);
});

test("goes on without a restart when the token is replaced and the old one revoked", async () => {
  const { token } = await manage("POST", "", { name: "second" });
  const { tokens } = await manage("GET", "");
  const first = tokens.find(({ name }: { name: string }) => name === "first");
  const secrets = new SecretsManager(vault.client);
  await secrets.putSecretValue({ SecretId: secretName, SecretString: token });
  await manage("DELETE", `/${first.id}`);
  const answers = await Promise.all(["Oslo", "Lima", "Lagos", "Auckland"].map(weather));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test("asks once more where a connection that it kept is closed under its request", async () => {
  const used = new WeakSet<object>();
  const closing = createServer((request, response) => {
    if (used.has(request.socket)) request.socket.destroy();
    used.add(request.socket);
    response.end("{}");
  });
  const providerUrl = (await listening(closing, 0)).url;
  const impatient = await startService({ providerUrl, roleArn: provisioned.roleArn });
  const statuses: number[] = [];
  for (const city of ["Oslo", "Lima", "Lagos"]) {
    statuses.push((await fetch(`${impatient.url}/weather?city=${city}`)).status);
  }
  await impatient.close();
  closing.close();
  closing.closeAllConnections();
  expect(statuses).toEqual([200, 200, 200]);
});

test("says 503 with Retry-After beyond the provider's limit, and no token in any answer", async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, at) => fetch(`${service.url}/weather?city=nowhere${at}`)),
  );
  const limited = answers.filter(({ status }) => status === 503);
  expect(limited.length).toBeGreaterThan(0);
  expect(limited[0]?.headers.get("retry-after")).toBe("1");
  for (const answer of answers) expect(await answer.text()).not.toMatch(/wx_/);
});

test("the service's role reads its token and nothing else", async () => {
  const { Credentials } = await new STS({
    endpoint: vault.url,
    region: "us-east-1",
    credentials: {
      accessKeyId: provisioned.environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: provisioned.environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  }).assumeRole({ RoleArn: provisioned.roleArn, RoleSessionName: "test" });
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  const ssm = new SSM({ ...vault.client, credentials });
  const secrets = new SecretsManager({ ...vault.client, credentials });
  const Name = `/aws/reference/secretsmanager/${secretName}`;
  await expect(ssm.getParameter({ Name, WithDecryption: true })).resolves.toHaveProperty(
    "Parameter",
  );
  const denied = { name: "AccessDeniedException" };
  const SecretId = secretName;
  await expect(ssm.getParameter({ Name: "/other/apiToken" })).rejects.toMatchObject(denied);
  await expect(secrets.putSecretValue({ SecretId, SecretString: "x" })).rejects.toMatchObject(
    denied,
  );
  await expect(secrets.deleteSecret({ SecretId })).rejects.toMatchObject(denied);
});

test("the trail says that the service's role read the token", async () => {
  const { Events = [] } = await new CloudTrail(vault.client).lookupEvents({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "GetParameter" }],
  });
  const readers = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent)).map(
    ({ userIdentity }) => userIdentity.arn,
  );
  expect(readers).toContain(`arn:aws:sts::${vault.accountId}:assumed-role/weather-api/weather-api`);
  expect(vault.faults).toEqual([]);
});
