/** `GET /metrics` of a vault at work: what it counts, and what its labels never hold. */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { services } from "../../src/compose.ts";
import { families } from "../../src/metrics/families.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp } from "./raw-http.fixture.ts";

let vault: TestVault;

beforeAll(async () => {
  vault = await startVault();
});

afterAll(() => vault?.close());

const metrics = async () => (await fetch(`${vault.url}/metrics`)).text();
const sampled = (text: string, sample: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${sample} `))
      ?.slice(sample.length),
  );

it("counts each request by its outcome, and its audit event", async () => {
  const ssm = new SSM(vault.client);
  const sample = (operation: string, outcome: string) =>
    `claviger_requests_total{service="ssm",operation="${operation}",outcome="${outcome}"}`;
  await ssm.putParameter({ Name: "/counted", Value: "v", Type: "SecureString" });
  await ssm.getParameter({ Name: "/counted", WithDecryption: true });
  await expect(ssm.getParameter({ Name: "/missing" })).rejects.toThrow();
  const text = await metrics();
  expect(sampled(text, sample("PutParameter", "ok"))).toBe(1);
  expect(sampled(text, sample("GetParameter", "ok"))).toBe(1);
  expect(sampled(text, sample("GetParameter", "client_error"))).toBe(1);
  expect(sampled(text, sample("GetParameter", "denied"))).toBe(0);
  expect(sampled(text, "claviger_audit_group_events_sum")).toBe(3);
  expect(sampled(text, "claviger_row_cache_hits_total")).toBeGreaterThan(0);
  expect(sampled(text, "claviger_row_cache_misses_total")).toBeGreaterThan(0);
  expect(sampled(text, "claviger_http_connections")).toBeGreaterThan(0);
});

it("has nothing of a request in a label", async () => {
  const planted = "planted-7f3a";
  const iam = new IAM(vault.client);
  const secrets = new SecretsManager(vault.client);
  await iam.createUser({ UserName: planted });
  await secrets.createSecret({ Name: planted, SecretString: planted });
  await secrets.getSecretValue({ SecretId: planted });
  const http = new RawHttp(vault);
  const headers = { "content-type": "application/x-amz-json-1.1" };
  for (const target of [`secretsmanager.${planted}`, `${planted}.GetSecretValue`]) {
    await http.send("POST", "/", { ...headers, "x-amz-target": target }, "{}");
  }
  http.close();
  const text = await metrics();
  expect(text).not.toContain(planted);
  expect(text).not.toContain("arn:");
  expect(text).not.toContain(vault.accountId);
  expect(text).not.toContain(vault.credentials.accessKeyId);

  const own = new Set([
    "unknown",
    ...services.flatMap(({ name, operations }) => [name, ...operations.map((each) => each.name)]),
    ...["ok", "denied", "throttled", "client_error", "server_fault"],
    ...["account", "principal", "operation"],
    ...["wrong", "limited", "in_use", "idle"],
    ...["succeeded", "failed", "abandoned"],
    ...["minor", "major", "incremental", "weakcb"],
  ]);
  const isNumber = (value: string) => value === "+Inf" || /^[\d.]+$/.test(value);
  const values = [...text.matchAll(/="([^"]*)"/g)].map(([, value = ""]) => value);
  expect(values.filter((value) => !own.has(value) && !isNumber(value))).toEqual([]);
});

it("is whole, and is no request of anybody", async () => {
  const before = await metrics();
  for (const { name, type } of Object.values(families)) {
    expect(before).toContain(`# TYPE ${name} ${type}\n`);
  }
  const requests = (text: string) => text.match(/^claviger_requests_total.*$/gm);
  expect(requests(await metrics())).toEqual(requests(before));
});
