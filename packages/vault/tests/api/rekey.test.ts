/** StartRekey and DescribeRekey: who may, what is refused, what the trail has, what it outlives. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { STS } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claviger } from "../../src/operations/claviger/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { type Credentials, RawHttp } from "./raw-http.fixture.ts";

let vault: TestVault;
let http: RawHttp;
let folder: string;

beforeEach(async () => {
  vault = await startVault();
  http = new RawHttp(vault);
  folder = mkdtempSync(join(tmpdir(), "claviger-rekey-"));
});

afterEach(async () => {
  expect(vault.faults).toEqual([]);
  http.close();
  await vault.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly [member: string]: unknown;
}

async function ask(operation: string, input: object, credentials?: Credentials): Promise<Answer> {
  const reply = await http.json(claviger, operation, JSON.stringify(input), credentials);
  return { status: reply.status, ...JSON.parse(reply.text) };
}

function rootKeyFile(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, randomBytes(32).toString("base64"), { mode: 0o600 });
  return path;
}

async function untilComplete(): Promise<Answer> {
  for (;;) {
    const answer = await ask("DescribeRekey", {});
    if (answer.State === "COMPLETE") return answer;
    await sleep(20);
  }
}

async function user(name: string, ...actions: string[]) {
  const iam = new IAM(vault.client);
  await iam.createUser({ UserName: name });
  if (actions.length > 0) {
    const Statement = { Effect: "Allow", Action: actions, Resource: "*" };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.putUserPolicy({ UserName: name, PolicyName: "p", PolicyDocument });
  }
  const { AccessKey } = await iam.createAccessKey({ UserName: name });
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}

test("the root key changes while the vault serves, and everything stays readable", async () => {
  const secrets = new SecretsManager(vault.client);
  await secrets.createSecret({ Name: "kept", SecretString: "value" });
  const auditor = await user("auditor", "secretsmanager:GetSecretValue");
  const before = await ask("DescribeRekey", {});
  expect(before).toMatchObject({ status: 200, State: "COMPLETE", Generation: 1 });

  const path = rootKeyFile("second.key");
  const begun = await ask("StartRekey", { Source: `file:${path}` });
  expect(begun).toMatchObject({ status: 200, Source: `file:${path}`, Generation: 2 });
  expect(begun.RootKeyFingerprint).not.toBe(before.RootKeyFingerprint);
  const done = await untilComplete();
  expect(done.TotalRows).toBeGreaterThanOrEqual(4);
  expect(done.ResealedRows).toBe(done.TotalRows);

  const SecretId = "kept";
  expect((await secrets.getSecretValue({ SecretId })).SecretString).toBe("value");
  const asAuditor = new SecretsManager({ ...vault.client, credentials: auditor });
  expect((await asAuditor.getSecretValue({ SecretId })).SecretString).toBe("value");
});

test("a start with the root key of before is told where the new one is", async () => {
  const path = rootKeyFile("second.key");
  await ask("StartRekey", { Source: `file:${path}` });
  await untilComplete();
  await expect(vault.restart()).rejects.toMatchObject({
    name: "RootKeyError",
    message: expect.stringContaining("does not open this database"),
    hint: expect.stringMatching(`Since .* comes from file:${path}: set CLAVIGER_ROOT_KEY=file:`),
  });
});

test("a root key that is the vault's already changes nothing", async () => {
  const path = rootKeyFile("second.key");
  await ask("StartRekey", { Source: `file:${path}` });
  const done = await untilComplete();
  const again = await ask("StartRekey", { Source: `file:${path}` });
  expect(again).toMatchObject({
    State: "COMPLETE",
    Generation: 2,
    RootKeySince: done.RootKeySince,
  });
});

test("what the server can't read is refused with a hint, and changes nothing", async () => {
  const before = await ask("DescribeRekey", {});
  const wrong = join(folder, "wrong.key");
  writeFileSync(wrong, "not a key", { mode: 0o600 });
  const open = join(folder, "open.key");
  writeFileSync(open, randomBytes(32).toString("base64"), { mode: 0o644 });
  for (const [Source, says] of [
    [`file:${join(folder, "none.key")}`, /no root key at/],
    [`file:${wrong}`, /holds no root key/],
    [`file:${open}`, /open to others/],
    ["file:/dev/zero", /can't be read/],
    ["passphrase:", /no file is named/],
    ["nowhere:", /no source of root keys/],
  ] as const) {
    const answer = await ask("StartRekey", { Source });
    expect(answer).toMatchObject({ status: 400, __type: "InvalidRootKeyException" });
    expect(answer.message).toMatch(says);
    expect(answer.Hint).toMatch(/\w+/);
  }
  expect(await ask("DescribeRekey", {})).toEqual(before);
  expect(await ask("StartRekey", {})).toMatchObject({ status: 400, __type: "ValidationException" });
});

test("it may become a passphrase", async () => {
  const PassphraseFile = join(folder, "passphrase");
  writeFileSync(PassphraseFile, "correct horse battery staple\n", { mode: 0o600 });
  const begun = await ask("StartRekey", { Source: "passphrase:", PassphraseFile });
  expect(begun).toMatchObject({ status: 200, Source: "passphrase:" });
  await untilComplete();
  await expect(vault.restart()).rejects.toMatchObject({
    hint: expect.stringContaining("CLAVIGER_ROOT_KEY=passphrase:"),
  });
});

test("only whom a policy allows may", async () => {
  const Source = `file:${rootKeyFile("second.key")}`;
  const nobody = await user("nobody");
  for (const [operation, input] of [
    ["StartRekey", { Source }],
    ["DescribeRekey", {}],
  ] as const) {
    expect(await ask(operation, input, nobody)).toMatchObject({
      status: 400,
      __type: "AccessDeniedException",
      Message: expect.stringContaining(
        `perform: claviger:${operation} on resource: arn:aws:claviger::123456789012:root-key`,
      ),
    });
  }
  const operator = await user("operator", "claviger:*");
  expect(await ask("StartRekey", { Source }, operator)).toMatchObject({ status: 200 });
  await untilComplete();
});

test("the trail has who changed it and where to, and no passphrase typed in its place", async () => {
  const path = rootKeyFile("second.key");
  await ask("StartRekey", { Source: `file:${path}` });
  await ask("StartRekey", { Source: "passphrase:correct horse battery staple" });
  await untilComplete();
  const { Events = [] } = await new CloudTrail(vault.client).lookupEvents({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "StartRekey" }],
  });
  const [refused, begun] = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
  expect(begun).toMatchObject({
    eventSource: "claviger.amazonaws.com",
    readOnly: false,
    userIdentity: { type: "Root" },
    responseElements: { source: `file:${path}`, generation: 2 },
    resources: [{ ARN: "arn:aws:claviger::123456789012:root-key" }],
  });
  expect(refused).toMatchObject({ errorCode: "InvalidRootKeyException" });
  expect(JSON.stringify(Events)).not.toContain("horse");
});

test("sessions outlive it, and new ones are sealed under a new key", async () => {
  const iam = new IAM(vault.client);
  const Principal = { AWS: vault.accountId };
  const Statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
  const { Role } = await iam.createRole({
    RoleName: "worker",
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
  const assumed = async () => {
    const { Credentials } = await new STS(vault.client).assumeRole({
      RoleArn: Role?.Arn,
      RoleSessionName: "s1",
    });
    const {
      AccessKeyId: accessKeyId = "",
      SecretAccessKey: secretAccessKey = "",
      SessionToken: sessionToken = "",
    } = Credentials ?? {};
    return { accessKeyId, secretAccessKey, sessionToken };
  };
  const before = await assumed();
  await ask("StartRekey", { Source: `file:${rootKeyFile("second.key")}` });
  await untilComplete();
  const after = await assumed();
  // The byte behind the format names the token key.
  const keyOf = ({ sessionToken }: typeof before) => Buffer.from(sessionToken, "base64")[1];
  expect([keyOf(before), keyOf(after)]).toEqual([1, 2]);
  for (const credentials of [before, after]) {
    const sts = new STS({ ...vault.client, credentials });
    expect((await sts.getCallerIdentity({})).Arn).toContain("assumed-role/worker/s1");
  }
});
