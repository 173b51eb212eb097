/** Keys of described providers in a whole vault: RotateSecret, and what the providers have then. */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { keyNameOf } from "../src/rotator.ts";
import { startTestRotators } from "../src/testing.ts";
import { type AnthropicStandIn, startAnthropic } from "./stand-ins/anthropic.ts";
import { type OneKeyStandIn, startOneKey } from "./stand-ins/one-key.ts";
import { type PaddleStandIn, startPaddle } from "./stand-ins/paddle.ts";
import { type SendGridStandIn, startSendGrid } from "./stand-ins/send-grid.ts";

let vault: TestVault;
let secrets: SecretsManager;
let sendGrid: SendGridStandIn;
let strictSendGrid: SendGridStandIn;
let oneKey: OneKeyStandIn;
let failingKey: OneKeyStandIn;
let guardedKey: OneKeyStandIn;
let paddle: PaddleStandIn;
let anthropic: AnthropicStandIn;
const notices: { readonly kind: string; readonly name: string }[] = [];

beforeAll(async () => {
  sendGrid = await startSendGrid();
  strictSendGrid = await startSendGrid();
  oneKey = await startOneKey();
  failingKey = await startOneKey();
  guardedKey = await startOneKey();
  paddle = await startPaddle();
  anthropic = await startAnthropic();
  const ownTypes = {
    OwnSendGridKey: { like: "SendGridApiKey", baseUrl: sendGrid.url },
    OwnStrictKey: { like: "SendGridApiKey", baseUrl: strictSendGrid.url },
    OwnPaddleKey: { like: "PaddleApiKey", baseUrl: paddle.url },
    OwnAnthropicKey: { like: "AnthropicApiKey", baseUrl: anthropic.url },
    OwnOnlyKey: onlyKey(oneKey.url),
    OwnFailingKey: onlyKey(failingKey.url),
    OwnGuardedKey: onlyKey(guardedKey.url),
  };
  vault = await startVault(
    {},
    {
      startRotatorHost: () => startTestRotators(ownTypes),
      onNotice: (notice) => notices.push(notice),
    },
  );
  secrets = new SecretsManager(vault.client);
  const iam = new IAM(vault.client);
  const reading = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
  const roles = [["rotator", "secretsmanager:*"] as const, ["reader", reading] as const];
  for (const [RoleName, action] of roles) {
    await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: policy("sts:AssumeRole", {
        Principal: { Service: "secretsmanager.amazonaws.com" },
      }),
    });
    await iam.putRolePolicy({
      RoleName,
      PolicyName: "secrets",
      PolicyDocument: policy(action, { Resource: "*" }),
    });
  }
  iam.destroy();
});

afterAll(async () => {
  expect(vault.faults).toEqual([]);
  secrets.destroy();
  await vault.close();
  for (const standIn of [
    sendGrid,
    strictSendGrid,
    oneKey,
    failingKey,
    guardedKey,
    paddle,
    anthropic,
  ])
    await standIn.close();
});

const scopes = { scopes: ["mail.send", "api_keys"] };

test.concurrent("two keys overlap, and the old one dies after its grace", async ({ expect }) => {
  const { register } = sendGrid;
  const first = register.make("mail", scopes);
  await create("mail", first?.value, "OwnSendGridKey");
  const token = await rotate("mail", { gracePeriod: "0s" });
  await eventually(async () => first !== undefined && !register.isLive(first));
  const current = register.byValue(await currentOf("mail"));
  expect(current).toMatchObject({ name: keyNameOf(token), attributes: scopes });
});

test.concurrent("a key that the provider doesn't accept is revoked, and AWSCURRENT stays", async ({
  expect,
}) => {
  const { register } = strictSendGrid;
  const first = register.make("refused", scopes);
  await create("refused", first?.value, "OwnStrictKey");
  strictSendGrid.inject({ route: "GET /v3/scopes", when: "before", how: 401 });
  const token = await rotate("refused", { gracePeriod: "0s" });
  await eventually(async () => {
    const isRevoked = register.live.every(({ name }) => name !== keyNameOf(token));
    return failed("refused") && isRevoked;
  });
  expect(await currentOf("refused")).toBe(first?.value);
  expect(register.everMade.filter(({ name }) => name === keyNameOf(token))).toHaveLength(1);
});

test.concurrent("one key only: the old value is dead, the new one AWSCURRENT", async ({
  expect,
}) => {
  const [first] = oneKey.register.live;
  await create("only", first?.value, "OwnOnlyKey");
  await rotate("only", {});
  await eventually(async () => (await currentOf("only")) !== first?.value);
  expect(oneKey.register.live.map(({ value }) => value)).toEqual([await currentOf("only")]);
});

test.concurrent("one key only: it is not rolled where the new one couldn't be stored", async ({
  expect,
}) => {
  const [first] = guardedKey.register.live;
  await create("guarded", first?.value, "OwnGuardedKey");
  await rotate("guarded", {}, "reader");
  await eventually(async () => failed("guarded"));
  expect(guardedKey.register.live).toEqual([first]);
  expect(await currentOf("guarded")).toBe(first?.value);
});

test.concurrent("one key only: it becomes AWSCURRENT although its rotation failed", async ({
  expect,
}) => {
  const [first] = failingKey.register.live;
  await create("failing", first?.value, "OwnFailingKey");
  failingKey.inject({ route: "GET /me", when: "before", how: 401 });
  await rotate("failing", {});
  await eventually(async () => (await currentOf("failing")) !== first?.value);
  // With one key only readers come first: it is told after.
  await eventually(async () => failed("failing"));
  expect(failingKey.register.live.map(({ value }) => value)).toEqual([await currentOf("failing")]);
});

test.concurrent("a grace time that the provider keeps: both work, and nothing is revoked", async ({
  expect,
}) => {
  const first = paddle.makeByHand();
  await create(
    "shop",
    JSON.stringify({ api_key: first, url: "https://x.example" }),
    "OwnPaddleKey",
  );
  await rotate("shop", { gracePeriodSeconds: "300" });
  await eventually(async () => !(await currentOf("shop")).includes(first));
  const { api_key, url } = JSON.parse(await currentOf("shop"));
  expect(url).toBe("https://x.example");
  expect(paddle.register.byValue(api_key)).toBeDefined();
  expect(paddle.register.byValue(first)).toBeDefined();
});

test.concurrent("a key made by hand: its owner puts it, and the rotation goes on by itself", async ({
  expect,
}) => {
  const { register, adminKey } = anthropic;
  const first = register.make("by hand");
  await secrets.createSecret({ Name: "model/admin", SecretString: adminKey });
  const { ARN: adminSecretArn = "" } = await secrets.describeSecret({ SecretId: "model/admin" });
  await create("model", first?.value, "OwnAnthropicKey");
  const token = await rotate("model", { adminSecretArn, gracePeriod: "0s" });
  await eventually(async () => notices.some(({ kind }) => kind === "RotationDue"));
  const made = register.make(keyNameOf(token));
  await secrets.putSecretValue({
    SecretId: "model",
    ClientRequestToken: token,
    SecretString: made?.value ?? "",
    VersionStages: ["AWSPENDING"],
  });
  // It is looked for every minute.
  vault.clock.advance(61_000);
  await eventually(async () => first !== undefined && !register.isLive(first));
  expect(await currentOf("model")).toBe(made?.value);
  expect(register.live).toEqual([made]);
});

function onlyKey(baseUrl: string) {
  return {
    title: "The only key",
    documentation: "https://docs.one.example/key",
    baseUrl,
    authentication: { headers: { authorization: "Bearer {credential}" } },
    strategy: "oneKey",
    roll: { method: "POST", path: "/key/roll", key: "/key" },
    test: { method: "GET", path: "/me" },
  };
}

function create(Name: string, SecretString: string | undefined, Type: string) {
  return secrets.createSecret({ Name, SecretString: SecretString ?? "", Type });
}

/** The id of the version that it makes. */
async function rotate(
  SecretId: string,
  metadata: Readonly<Record<string, string>>,
  role: "rotator" | "reader" = "rotator",
) {
  const { VersionId = "" } = await secrets.rotateSecret({
    SecretId,
    ExternalSecretRotationMetadata: Object.entries(metadata).map(([Key, Value]) => ({
      Key,
      Value,
    })),
    ExternalSecretRotationRoleArn: `arn:aws:iam::${vault.accountId}:role/${role}`,
  });
  return VersionId;
}

async function currentOf(SecretId: string): Promise<string> {
  return (await secrets.getSecretValue({ SecretId })).SecretString ?? "";
}

function failed(secret: string): boolean {
  return notices.some(({ kind, name }) => kind === "RotationFailed" && name === secret);
}

function eventually(isSo: () => Promise<boolean>) {
  return vi.waitUntil(isSo, { timeout: 20_000 });
}

function policy(Action: string | readonly string[], more: object): string {
  const Statement = [{ Effect: "Allow", Action, ...more }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
