/** Notices at the webhook: signed, once each where all is well, again where it is not. */
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import { readConfiguration } from "../../src/configuration.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const secret = "0123456789abcdef0123456789abcdef";
const folder = mkdtempSync(join(tmpdir(), "claviger-webhook-"));
const secretFile = join(folder, "secret");
let server: Server;
let statuses: number[];
let received: Received[];
let vault: TestVault;

beforeAll(async () => {
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
  server = createServer(async (request, reply) => {
    const body = Buffer.concat(await request.toArray()).toString();
    received.push({ path: request.url ?? "", headers: request.headers, body });
    reply.writeHead(statuses.shift() ?? 200, { location: "/elsewhere" }).end("thank you");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

beforeEach(async () => {
  statuses = [];
  received = [];
  const { port } = server.address() as AddressInfo;
  const noticesWebhook = `http://127.0.0.1:${port}/hook?token=abc`;
  vault = await startVault({ noticesWebhook, noticesSecretFile: secretFile });
});

afterEach(() => vault.close());
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function endingSecret(Name: string): Promise<string> {
  const secrets = new SecretsManager(vault.client);
  const time = new Date(vault.clock.now() + 3_600_000).toISOString();
  const Tags = [
    { Key: "claviger:expires-at", Value: time },
    { Key: "owner", Value: "payments" },
  ];
  const { ARN = "" } = await secrets.createSecret({ Name, SecretString: "the value", Tags });
  // The sweep begins with the start.
  await vault.restart();
  return ARN;
}

const arrived = (count: number) => eventually(() => expect(received).toHaveLength(count));

it("are signed, and hold no value", async () => {
  const arn = await endingSecret("token");
  await arrived(1);
  const [{ path, headers, body }] = received as [Received];
  expect(path).toBe("/hook?token=abc");
  expect(JSON.parse(body)).toEqual({
    id: headers["claviger-notice-id"],
    kind: "ExpirationNotification",
    arn,
    name: "token",
    type: "secret",
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    owner: "payments",
  });
  const [, time = "", signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["claviger-signature"])) ?? [];
  expect(signature).toBe(createHmac("sha256", secret).update(`${time}.${body}`).digest("hex"));
  expect(Math.abs(Number(time) * 1000 - vault.clock.now())).toBeLessThan(60_000);
  await vault.restart();
  await endingSecret("another");
  await arrived(2);
  expect(JSON.parse(received[1]?.body ?? "").name).toBe("another");
});

it("come again until they are taken, and are led nowhere else", async () => {
  statuses = [500, 302];
  await endingSecret("token");
  await arrived(3);
  expect(new Set(received.map(({ path }) => path))).toEqual(new Set(["/hook?token=abc"]));
  expect(new Set(received.map(({ headers }) => headers["claviger-notice-id"])).size).toBe(1);
  expect(vault.faults.map(String)).toEqual([
    "Error: The webhook answered with status 500",
    "Error: The webhook answered with status 302",
  ]);
});

it("wait for a vault that was stopped in between", async () => {
  statuses = [503];
  await endingSecret("token");
  await arrived(1);
  await vault.restart();
  await arrived(2);
  expect(received[0]?.body).toBe(received[1]?.body);
});

it("need an address and a secret that can be trusted", () => {
  const configured = (CLAVIGER_NOTICES_WEBHOOK: string, CLAVIGER_NOTICES_SECRET_FILE?: string) =>
    readConfiguration({}, { CLAVIGER_NOTICES_WEBHOOK, CLAVIGER_NOTICES_SECRET_FILE });
  expect(configured("https://example.com/a?b", secretFile).noticesWebhook).toEqual({
    url: "https://example.com/a?b",
    secretFile,
  });
  expect(() => configured("https://example.com/")).toThrow("half of the webhook is missing");
  for (const url of ["http://example.com/", "http://127.0.0.1.example.com/", "ftp://a", "x"]) {
    expect(() => configured(url, secretFile)).toThrow("no URL that notices can be sent to");
  }
});

it("are sent by no vault whose secret is short or open to others", async () => {
  const url = "https://example.com/";
  const short = join(folder, "short");
  writeFileSync(short, "short", { mode: 0o600 });
  const open = join(folder, "open");
  writeFileSync(open, secret, { mode: 0o644 });
  for (const [file, says] of [
    [short, "too short to be safe"],
    [open, "open to others (mode 644)"],
    [join(folder, "nowhere"), "can't be read"],
  ] as const) {
    const starting = startVault({ noticesWebhook: url, noticesSecretFile: file });
    await expect(starting).rejects.toThrow(says);
  }
});
