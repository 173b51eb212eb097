/** The function in a process of its own, as Lambda runs it, against a real vault under its role. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { STS } from "@aws-sdk/client-sts";
import { startVault, type TestVault } from "@claviger/vault/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type RuntimeApi, startRuntimeApi } from "../src/runtime-api.ts";

const names = ["prod/nightly-report/metrics-token", "prod/nightly-report/chat-token"];
const event = { time: "2026-12-31T02:00:00Z" };

let vault: TestVault;
let secretsManager: SecretsManager;
let environment: Record<string, string>;
let provider: Awaited<ReturnType<typeof startProvider>>;

beforeAll(async () => {
  vault = await startVault();
  secretsManager = new SecretsManager(vault.client);
  for (const Name of names) await secretsManager.createSecret({ Name, SecretString: "first" });
  provider = await startProvider();
  environment = await executionRole();
});

beforeEach(() => {
  provider.messages.length = 0;
});

afterAll(async () => {
  provider?.close();
  await vault?.close();
});

/** Metrics and chat in one, at two addresses; both take one token alone. */
async function startProvider() {
  const state = { token: "first", messages: [] as string[] };
  const server = createServer(async (request, response) => {
    const isRight = request.headers.authorization === `Bearer ${state.token}`;
    if (isRight && request.method === "POST") state.messages.push(await text(request));
    response.statusCode = isRight ? 200 : 401;
    response.end(JSON.stringify({ requests: 1234 }));
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    METRICS_URL: `http://localhost:${port}`,
    CHAT_URL: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
}

/** Its credentials stand in the environment, as Lambda puts them there. */
async function executionRole(): Promise<Record<string, string>> {
  const iam = new IAM(vault.client);
  const trust = { Effect: "Allow", Principal: { AWS: vault.accountId }, Action: "sts:AssumeRole" };
  const { Role } = await iam.createRole({
    RoleName: "nightly-report",
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  const Resource = `arn:aws:secretsmanager:us-east-1:${vault.accountId}:secret:prod/nightly-report/*`;
  const read = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource };
  const batch = { Effect: "Allow", Action: "secretsmanager:BatchGetSecretValue", Resource: "*" };
  await iam.putRolePolicy({
    RoleName: "nightly-report",
    PolicyName: "read-its-two-secrets",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [read, batch] }),
  });
  const { Credentials } = await new STS(vault.client).assumeRole({
    RoleArn: Role?.Arn,
    RoleSessionName: "nightly-report",
  });
  return {
    AWS_ENDPOINT_URL: vault.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
  };
}

interface Deployed extends Pick<RuntimeApi, "invoke"> {
  readonly child: ChildProcess;
  readonly printed: { text: string };
}

/** Deploys the function, and takes it away when `used` is done. */
async function deployed(used: (deployed: Deployed) => Promise<void>): Promise<void> {
  const api = await startRuntimeApi();
  const { METRICS_URL, CHAT_URL } = provider;
  const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      "--conditions=@claviger/source",
      "--import",
      file("detached-timers.fixture.ts"),
      file("../src/runtime.ts"),
    ],
    {
      env: { ...environment, METRICS_URL, CHAT_URL, AWS_LAMBDA_RUNTIME_API: api.host },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  const printed = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed.text += text;
    });
  }
  const gone = once(child, "exit");
  try {
    await used({ invoke: api.invoke, child, printed });
  } finally {
    child.kill("SIGKILL");
    await gone;
    await api.close();
  }
}

async function readsInTrail(): Promise<string[]> {
  const trail = new CloudTrail(vault.client);
  const { Events = [] } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "nightly-report" }],
  });
  return Events.map(({ EventName = "" }) => EventName);
}

test("reads both secrets once, before its first invocation, in one call", async () => {
  await deployed(async ({ invoke, printed }) => {
    for (let count = 0; count < 3; count++) {
      expect(await invoke(event)).toEqual({ returned: { day: "2026-12-31", requests: 1234 } });
    }
    expect(provider.messages).toEqual(Array(3).fill("2026-12-31: 1234 requests"));
    expect(printed.text).toBe("");
  });
  const reads = (await readsInTrail()).filter((name) => name !== "AssumeRole");
  expect(reads.filter((name) => name === "BatchGetSecretValue")).toHaveLength(1);
  expect(vault.faults).toEqual([]);
});

test("leaves no timer behind that would go off in a later invocation", async () => {
  await deployed(async ({ invoke, child }) => {
    await invoke(event);
    child.send("which timers?");
    const [timers] = await once(child, "message");
    expect(timers).toEqual([]);
  });
});

test("goes on with the new secrets after it was frozen while they were rotated", async () => {
  await deployed(async ({ invoke, child, printed }) => {
    await invoke(event);
    child.kill("SIGSTOP");
    for (const SecretId of names) {
      await secretsManager.putSecretValue({ SecretId, SecretString: "second" });
    }
    provider.token = "second";
    child.kill("SIGCONT");
    expect(await invoke(event)).toEqual({ returned: { day: "2026-12-31", requests: 1234 } });
    expect(printed.text).toBe("");
  });
});

test("runs here with one command", async () => {
  const { METRICS_URL, CHAT_URL } = provider;
  const script = fileURLToPath(new URL("../src/invoke-locally.ts", import.meta.url));
  const words = ["--conditions=@claviger/source", script, JSON.stringify(event)];
  const env = { ...environment, METRICS_URL, CHAT_URL };
  const { stdout } = await promisify(execFile)(process.execPath, words, { env });
  expect(JSON.parse(stdout)).toEqual({ returned: { day: "2026-12-31", requests: 1234 } });
});

test("says what is missing when it is deployed, and no value", async () => {
  await secretsManager.deleteSecret({ SecretId: names[0], ForceDeleteWithoutRecovery: true });
  await deployed(async ({ invoke, printed }) => {
    expect(await invoke(event)).toMatchObject({
      failed: {
        errorType: "SecretsError",
        errorMessage: expect.stringContaining(`secretsmanager:${names[0]} does not exist`),
      },
    });
    expect(printed.text).toBe("");
  });
});
