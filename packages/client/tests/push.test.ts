/** The vault's change feed: what changes is seen although no value's time is up. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { cleanEnvironment } from "../../../tools/harness/vault-process.ts";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { createSecrets, type Secrets } from "../src/index.ts";
import { type BadNetwork, badNetwork } from "./bad-network.fixture.ts";
import { newName } from "./place.fixture.ts";

let vault: TestVault;
let network: BadNetwork;
let secrets: Secrets;
let ssm: SSM;

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSM(vault.client);
});
beforeEach(async () => {
  network = await badNetwork(vault.url);
  const { region, credentials } = vault.client;
  secrets = createSecrets({ endpoint: network.url, region, credentials });
});
afterEach(async () => {
  secrets.close();
  await network.close();
});
afterAll(async () => {
  await vault.close();
  expect(vault.faults).toEqual([]);
});

const put = (Name: string, Value: string) =>
  ssm.putParameter({ Name, Value, Type: "SecureString", Overwrite: true });
const soon = { timeout: 10_000 };

test("a new value of a parameter or a secret is there, and its listeners are told", async () => {
  const name = newName();
  const secretsManager = new SecretsManager(vault.client);
  await put(`/${name}`, "1");
  await secretsManager.createSecret({ Name: name, SecretString: "1" });
  const token = secrets.parameter(`/${name}`);
  const secret = secrets.secret(name);
  const told: string[] = [];
  token.onChange((previous, next) => told.push(`${previous.reveal()} → ${next.reveal()}`));
  await secrets.load();
  await put(`/${name}`, "2");
  await secretsManager.putSecretValue({ SecretId: name, SecretString: "2" });
  await expect.poll(() => token.peek().reveal(), soon).toBe("2");
  await expect.poll(() => secret.peek().reveal(), soon).toBe("2");
  expect(told).toEqual(["1 → 2"]);
});

test("what happened while the line was down is heard of afterwards", async () => {
  const name = newName();
  await put(`/${name}`, "1");
  const token = secrets.parameter(`/${name}`);
  await token.get();
  await put(`/${name}`, "2");
  await expect.poll(() => token.peek().reveal(), soon).toBe("2");
  network.trouble = "reset";
  network.cut();
  await put(`/${name}`, "3");
  expect(token.peek().reveal()).toBe("2");
  network.trouble = undefined;
  await expect.poll(() => token.peek().reveal(), soon).toBe("3");
});

test("a vault that was started anew is listened to again", async () => {
  const name = newName();
  await put(`/${name}`, "1");
  const token = secrets.parameter(`/${name}`);
  await token.get();
  await vault.restart();
  await put(`/${name}`, "2");
  await expect.poll(() => token.peek().reveal(), soon).toBe("2");
});

test("who may not watch reads as ever", async () => {
  const name = newName();
  await put(`/${name}`, "1");
  const iam = new IAM(vault.client);
  await iam.createUser({ UserName: name });
  const statement = { Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await iam.putUserPolicy({ UserName: name, PolicyName: "read", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName: name });
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  using own = createSecrets({ endpoint: vault.url, region: "us-east-1", credentials });
  const token = own.parameter(`/${name}`);
  expect((await token.get()).reveal()).toBe("1");
  await put(`/${name}`, "2");
  expect((await token.refresh()).reveal()).toBe("2");
});

test("a process that listens ends when it has nothing else to do", async () => {
  const name = newName();
  await put(`/${name}`, "1");
  const { credentials, region } = vault.client;
  const child = execFile(
    process.execPath,
    [
      ...process.execArgv,
      fileURLToPath(new URL("listening.child.ts", import.meta.url)),
      `/${name}`,
    ],
    {
      env: {
        ...cleanEnvironment(),
        AWS_ENDPOINT_URL: vault.url,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
      timeout: 20_000,
    },
  );
  const ended = once(child, "exit");
  const told = async () => String((await once(child.stdout as NodeJS.ReadableStream, "data"))[0]);
  expect(await told()).toBe("1\n");
  await put(`/${name}`, "2");
  expect(await told()).toBe("2\n");
  expect(await ended).toEqual([0, null]);
});
