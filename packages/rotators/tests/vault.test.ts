/** A whole vault that rotates by the built-in rotators: RotateSecret is all that anybody calls. */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Postgres, startPostgres } from "../../../tools/harness/postgres.ts";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { startTestRotators } from "../src/testing.ts";

let vault: TestVault;
let postgres: Postgres;
let secrets: SecretsManager;
let iam: IAM;
const notices: { readonly kind: string }[] = [];

beforeAll(async () => {
  [vault, postgres] = await Promise.all([
    startVault(
      {},
      {
        startRotatorHost: () => startTestRotators(),
        onNotice: (notice) => notices.push(notice),
      },
    ),
    startPostgres({ isFast: true }),
  ]);
  secrets = new SecretsManager(vault.client);
  iam = new IAM(vault.client);
  await iam.createRole({
    RoleName: "rotator",
    AssumeRolePolicyDocument: policy("sts:AssumeRole", {
      Principal: { Service: "secretsmanager.amazonaws.com" },
    }),
  });
  await iam.putRolePolicy({
    RoleName: "rotator",
    PolicyName: "secrets",
    PolicyDocument: policy("secretsmanager:*", { Resource: "*" }),
  });
});

afterAll(async () => {
  expect(vault.faults).toEqual([]);
  secrets.destroy();
  iam.destroy();
  await Promise.all([vault.close(), postgres.stop()]);
});

test.concurrent("PostgreSQLUser: two users take turns, and the old one dies after its grace", async ({
  expect,
}) => {
  const url = new URL(await postgres.newDatabase());
  const superuser = new URL(postgres.url);
  const server = { engine: "postgres", host: url.hostname, port: Number(url.port) };
  const login = ({ username, password }: URL) => ({ ...server, username, password });
  await secrets.createSecret({ Name: "db/admin", SecretString: JSON.stringify(login(superuser)) });
  const { ARN: adminSecretArn = "" } = await secrets.describeSecret({ SecretId: "db/admin" });
  await secrets.createSecret({
    Name: "db/app",
    SecretString: JSON.stringify({ ...login(url), dbname: url.username }),
    Type: "PostgreSQLUser",
  });
  await rotate("db/app", { strategy: "alternating", adminSecretArn, gracePeriod: "0s" });
  const { username, password } = await valueAfterRotation("db/app");
  expect(username).toBe(`${url.username}_clone`);
  expect(await mayLogIn(username, password)).toBe(true);
  await eventually(async () => !(await mayLogIn(url.username, url.password)));
});

test.concurrent("PostgreSQLUser: a single user's old password is dead at once", async ({
  expect,
}) => {
  const url = new URL(await postgres.newDatabase());
  const { hostname: host, port, username, password } = url;
  await secrets.createSecret({
    Name: "db/single",
    SecretString: JSON.stringify({ host, port, username, password }),
    Type: "PostgreSQLUser",
  });
  await rotate("db/single", {});
  const current = await valueAfterRotation("db/single");
  expect(await mayLogIn(username, current.password)).toBe(true);
  expect(await mayLogIn(username, password)).toBe(false);
});

test.concurrent("IAMAccessKey: of a user of the vault's own IAM", async ({ expect }) => {
  const UserName = "worker";
  await iam.createUser({ UserName });
  await iam.putUserPolicy({
    UserName,
    PolicyName: "own-keys",
    PolicyDocument: policy(["iam:*AccessKey*"], { Resource: "*" }),
  });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  await secrets.createSecret({
    Name: "worker",
    SecretString: JSON.stringify(AccessKey),
    Type: "IAMAccessKey",
  });
  await rotate("worker", { userName: UserName, gracePeriod: "0s" });
  const { AccessKeyId } = await valueAfterRotation("worker");
  expect(AccessKeyId).not.toBe(AccessKey?.AccessKeyId);
  await eventually(async () => {
    const { AccessKeyMetadata = [] } = await iam.listAccessKeys({ UserName });
    return AccessKeyMetadata.every((key) => key.AccessKeyId === AccessKeyId);
  });
});

test.concurrent("a rotation that fails is told without a value, and AWSCURRENT stays", async ({
  expect,
}) => {
  const { hostname: host, port, username } = new URL(await postgres.newDatabase());
  const SecretString = JSON.stringify({ host, port, username, password: "hunter2" });
  await secrets.createSecret({ Name: "db/drifted", SecretString, Type: "PostgreSQLUser" });
  await rotate("db/drifted", {});
  const failed = () => notices.find(({ kind }) => kind === "RotationFailed");
  await eventually(async () => failed() !== undefined);
  expect(failed()).toMatchObject({
    name: "db/drifted",
    detail: expect.stringContaining("No known password of the user is good"),
  });
  expect(JSON.stringify(notices)).not.toContain("hunter2");
  const current = await secrets.getSecretValue({ SecretId: "db/drifted" });
  expect(current.SecretString).toBe(SecretString);
});

function rotate(SecretId: string, metadata: Readonly<Record<string, string>>) {
  return secrets.rotateSecret({
    SecretId,
    ExternalSecretRotationMetadata: Object.entries(metadata).map(([Key, Value]) => ({
      Key,
      Value,
    })),
    ExternalSecretRotationRoleArn: `arn:aws:iam::${vault.accountId}:role/rotator`,
  });
}

async function valueAfterRotation(SecretId: string): Promise<Record<string, string>> {
  await eventually(async () => {
    const { LastRotatedDate } = await secrets.describeSecret({ SecretId });
    return LastRotatedDate !== undefined;
  });
  const { SecretString = "" } = await secrets.getSecretValue({ SecretId });
  return JSON.parse(SecretString);
}

function eventually(isSo: () => Promise<boolean>) {
  return vi.waitUntil(isSo, { timeout: 20_000 });
}

async function mayLogIn(user = "", password = ""): Promise<boolean> {
  const { hostname: host, port } = new URL(postgres.url);
  const client = new pg.Client({ host, port: Number(port), user, password, database: "postgres" });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

function policy(Action: string | string[], more: object): string {
  const Statement = [{ Effect: "Allow", Action, ...more }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
