/** The root credentials locked away and brought back, under a running vault and between starts. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STS } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  isRootLocked,
  lockRootCredentials,
  type RunningVault,
  readConfiguration,
  readRootCredentials,
  rootLockPath,
  startServer,
  unlockRootCredentials,
} from "../src/index.ts";

const passphrase = "correct horse battery staple";
let data = "";
let vault: RunningVault;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "claviger-root-lock-"));
  vault = await start();
});
afterEach(async () => {
  await vault.close();
  rmSync(data, { recursive: true, force: true });
});

const start = () => startServer(readConfiguration({ data, port: "0" }, {}), { logTo: "nowhere" });
const plain = () => join(data, "root-credentials.json");

/** Who the root's key is at the vault that runs now. */
async function whoIs(credentials = readRootCredentials(data)): Promise<string | undefined> {
  if (credentials === undefined) throw new Error("there are no root credentials");
  const sts = new STS({ endpoint: vault.url, region: "us-east-1", credentials });
  return (await sts.getCallerIdentity()).Arn;
}

const root = "arn:aws:iam::123456789012:root";

test("a lock holds at once, over a start, and until it is opened", async () => {
  const credentials = readRootCredentials(data);
  const { accessKeyId, secretAccessKey: secret = "" } = credentials ?? {};
  expect(await whoIs(credentials)).toBe(root);

  await lockRootCredentials(data, passphrase);
  expect(existsSync(plain())).toBe(false);
  expect(statSync(rootLockPath(data)).mode & 0o777).toBe(0o600);
  for (const name of readdirSync(data)) {
    expect(readFileSync(join(data, name)).includes(secret), name).toBe(false);
  }
  await expect(whoIs(credentials)).rejects.toThrow(/security token/);

  await vault.close();
  vault = await start();
  expect(existsSync(plain())).toBe(false);
  await expect(whoIs(credentials)).rejects.toThrow(/security token/);

  await expect(unlockRootCredentials(data, `${passphrase}!`)).rejects.toThrow(/does not open/);
  await unlockRootCredentials(data, passphrase);
  expect(readRootCredentials(data)).toEqual({ accessKeyId, secretAccessKey: secret });
  expect(isRootLocked(data)).toBe(false);
  expect(await whoIs()).toBe(root);
});

test("a session that the root opened before ends with the lock, and goes on after it", async () => {
  const credentials = readRootCredentials(data);
  if (credentials === undefined) throw new Error("there are no root credentials");
  const sts = new STS({ endpoint: vault.url, region: "us-east-1", credentials });
  const { Credentials: its } = await sts.getSessionToken();
  const session = {
    accessKeyId: its?.AccessKeyId ?? "",
    secretAccessKey: its?.SecretAccessKey ?? "",
    sessionToken: its?.SessionToken ?? "",
  };
  expect(await whoIs(session)).toBe(root);
  await lockRootCredentials(data, passphrase);
  await expect(whoIs(session)).rejects.toThrow(/security token/);
  await unlockRootCredentials(data, passphrase);
  expect(await whoIs(session)).toBe(root);
});

test("a passphrase that can be guessed locks nothing", async () => {
  await expect(lockRootCredentials(data, "hunter2")).rejects.toThrow(/shorter than 16/);
  expect(await whoIs()).toBe(root);
});

test("a lock that was killed before its end is finished by the same passphrase", async () => {
  const credentials = readRootCredentials(data);
  await lockRootCredentials(data, passphrase);
  const lock = readFileSync(rootLockPath(data));
  await unlockRootCredentials(data, passphrase);
  writeFileSync(rootLockPath(data), lock, { mode: 0o600 });
  await expect(whoIs(credentials)).rejects.toThrow(/security token/);
  await expect(lockRootCredentials(data, "another passphrase")).rejects.toThrow(/does not open/);
  expect(existsSync(plain())).toBe(true);
  await lockRootCredentials(data, passphrase);
  expect(existsSync(plain())).toBe(false);
});
