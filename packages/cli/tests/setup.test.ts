/** `claviger setup`, and who works with what it made: unmodified AWS clients. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import {
  type RunningVault,
  readConfiguration,
  readRootCredentials,
  startServer,
  unlockRootCredentials,
} from "@claviger/vault";
import { startVault } from "@claviger/vault/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { Person } from "./person.fixture.ts";
import { command } from "./typed-here.fixture.ts";

const passphrase = "correct horse battery staple";
const alice = new Person();
const passphraseFile = alice.writes(`${alice.folder}/passphrase`, `${passphrase}\n`);
const role = "arn:aws:iam::123456789012:role/administrator";
const session = "arn:aws:sts::123456789012:assumed-role/administrator/alice";
const isAwsThere = isThere("aws", "--version");
let vault: RunningVault;
let data = "";

beforeAll(async () => {
  data = `${temporaryFolder("setup")}/data`;
  vault = await startOn(data);
});
afterAll(() => vault.close());

function startOn(dataDirectory: string, port = "0"): Promise<RunningVault> {
  const configuration = readConfiguration({ data: dataDirectory, port }, {});
  return startServer(configuration, { logTo: "nowhere" });
}

/** What an AWS client takes to be the root of the vault on this folder. */
function asRoot({ url }: RunningVault, dataDirectory: string) {
  const credentials = readRootCredentials(dataDirectory);
  if (credentials === undefined) throw new Error("there are no root credentials");
  return { endpoint: url, region: "us-east-1", maxAttempts: 1, credentials };
}

const users = async () => (await new IAM(asRoot(vault, data)).listUsers()).Users ?? [];

describe("what can't be finished is not begun", () => {
  test.each([
    ["", "there is no terminal to ask for a passphrase at"],
    ["--passphrase-file SHORT", "is shorter than 16 characters"],
    ["--passphrase-file PASSPHRASE --profile taken", "that claviger did not make"],
    ["--passphrase-file PASSPHRASE --profile static", "has a static key"],
    ["--keep-root", "is read-only", 0o400],
  ])("setup %s", async (flags, said, mode = 0o600) => {
    const short = alice.writes(`${alice.folder}/short`, "hunter2\n");
    const theirs = "[profile taken]\nregion = eu-west-1\n";
    const other = new Person();
    other.writes(other.configFile, theirs, mode);
    other.writes(other.credentialsFile, "[static]\naws_access_key_id = x\n");
    const words = `setup --data ${data} ${flags}`.trimEnd();
    const seen = await other.run(
      words.replace("SHORT", short).replace("PASSPHRASE", passphraseFile),
    );
    expect(seen.stderr).toContain(said);
    expect(seen.status).toBeGreaterThan(0);
    expect(await users()).toEqual([]);
    expect(existsSync(`${data}/root-credentials.json`)).toBe(true);
    expect(other.config()).toBe(theirs);
  });
});

test("an administrator is made, and the root credentials are locked away", async () => {
  const before = "# mine\n[default]\noutput = text\n";
  alice.writes(alice.configFile, before);
  const stale = new STS(asRoot(vault, data));
  const words = `setup --data ${data} --user alice --passphrase-file ${passphraseFile}`;
  const { stdout, stderr, status } = await alice.runs(command, words.split(" "));
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  expect(stderr).toBe(
    `The profile claviger is arn:aws:iam::123456789012:user/alice, who works as ${role}.\n` +
      `The root credentials are locked away in ${data}/root-credentials.sealed.\n` +
      `Use it: eval "$(claviger env --data ${data})"\n`,
  );
  const { key } = alice.kept("claviger");
  expect(stderr).not.toContain(key.secretAccessKey);
  for (const file of [alice.keptFile("claviger"), alice.sessionFile("claviger")]) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  expect(readFileSync(alice.sessionFile("claviger"), "utf8")).not.toContain(key.secretAccessKey);
  expect(alice.config()).toBe(
    `${before}\n[profile claviger]\ncredential_process = ${command} credentials --profile claviger\n` +
      `region = us-east-1\nendpoint_url = ${vault.url}\n`,
  );
  // The variables of a shell that was pointed at it before are worth nothing any more.
  await expect(stale.getCallerIdentity()).rejects.toThrow(/security token/);
});

test("once more, it makes nothing twice", async () => {
  const again = await alice.run(`setup --data ${data} --user alice`);
  expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining("user/alice") });
  const keys = JSON.parse((await alice.run("keys list --format json")).stdout);
  expect(keys).toMatchObject([{ status: "Active", isInUse: true }]);
});

test("claviger env gives the profile, and no key", async () => {
  const { stdout } = await alice.run(`env --data ${data}`);
  expect(stdout).toBe(
    `export AWS_ENDPOINT_URL=${vault.url}\nexport AWS_REGION=us-east-1\n` +
      "export AWS_DEFAULT_REGION=us-east-1\nexport AWS_PROFILE=claviger\n" +
      "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_DEFAULT_PROFILE\n",
  );
  expect(await alice.run(`env --root --data ${data}`)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("error: the root credentials are locked away\n"),
  });
  expect((await new Person().run(`env --data ${data}`)).stderr).toContain("locked away");
});

describe("unmodified clients work by the profile", () => {
  const profile = { AWS_PROFILE: "claviger" };

  test("the JavaScript SDK, and whoami", async () => {
    const program =
      "import { STS } from '@aws-sdk/client-sts'; import { IAM } from '@aws-sdk/client-iam';" +
      "const { Arn } = await new STS().getCallerIdentity();" +
      "const { Users } = await new IAM().listUsers(); console.log(Arn, Users[0].UserName);";
    const script = ["--input-type=module", "-e", program];
    const { stdout, stderr } = await alice.runs(process.execPath, script, profile);
    expect(stdout + stderr).toBe(`${session} alice\n`);
    const words = ["whoami", "--format", "json"];
    const who = JSON.parse((await alice.runs(command, words, profile)).stdout);
    expect(who).toEqual({
      account: "123456789012",
      arn: session,
      accessKeyId: expect.stringMatching(/^ASIA/),
      source: "the credential_process of profile claviger (claviger login)",
      expiration: expect.any(String),
      endpoint: vault.url,
      region: "us-east-1",
    });
    const seconds = (Date.parse(who.expiration) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(900);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  test.skipIf(!isAwsThere)("the AWS CLI", async () => {
    const words = ["sts", "get-caller-identity", "--output", "json"];
    const { stdout } = await alice.runs("aws", words, profile);
    expect(JSON.parse(stdout)).toMatchObject({ Arn: session });
  });

  test.skipIf(!isThere("python3", "-c", "import boto3"))("boto3", async () => {
    const program =
      "import boto3; print(boto3.client('iam').list_users()['Users'][0]['UserName']);" +
      "boto3.client('ssm').put_parameter(Name='/p/t', Value='v', Type='SecureString');" +
      "print(boto3.client('ssm').get_parameter(Name='/p/t', WithDecryption=True)['Parameter']['Value'])";
    expect(await alice.runs("python3", ["-c", program], profile)).toMatchObject({
      stdout: "alice\nv\n",
      status: 0,
    });
  });

  test("and STS was asked at each setup alone", async () => {
    const printed = JSON.parse((await alice.run("credentials --profile claviger")).stdout);
    const credentials = {
      accessKeyId: printed.AccessKeyId,
      secretAccessKey: printed.SecretAccessKey,
      sessionToken: printed.SessionToken,
    };
    const trail = new CloudTrail({ endpoint: vault.url, region: "us-east-1", credentials });
    const { Events = [] } = await trail.lookupEvents({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "AssumeRole" }],
    });
    expect(Events).toHaveLength(2);
  });
});

test("the profile's endpoint does where no variable names the vault", async () => {
  const profile = { AWS_PROFILE: "claviger" };
  expect(await alice.run("accounts add staging", "", profile)).toMatchObject({
    stdout: expect.stringMatching(/^Account \d{12} \(staging\) was created\.\n/),
    status: 0,
  });
  // The vault's own operation, which answers that its root key is this one already.
  const rekey = await alice.run(`rekey --to file:${data}/root.key`, "", profile);
  expect(rekey.stderr).not.toContain("names a vault");
});

test("the profile follows the vault to another port", async () => {
  const before = vault.url;
  await vault.close();
  expect((await alice.run("keys list")).stderr).toBe(
    `error: nothing answers at ${before} for profile claviger: ECONNREFUSED\n` +
      "hint: start the vault; if it listens elsewhere now, the profile follows it by: claviger setup\n",
  );
  vault = await startOn(data);
  expect(vault.url).not.toBe(before);
  expect((await alice.run(`setup --data ${data}`)).status).toBe(0);
  expect(alice.config()).toContain(`\nendpoint_url = ${vault.url}\n`);
  expect((await alice.run("keys list")).status).toBe(0);
});

test("unlocked, the root credentials are what they were", async () => {
  const wrong = alice.writes(`${alice.folder}/wrong`, `${passphrase}!\n`);
  const unlock = (file: string) =>
    alice.run(`setup --unlock --data ${data} --passphrase-file ${file}`);
  expect(await unlock(wrong)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error: the passphrase does not open the root credentials\nhint: /,
    ),
  });
  expect((await unlock(passphraseFile)).status).toBe(0);
  const { stdout } = await alice.run(`env --root --format json --data ${data}`);
  const { accessKeyId } = readRootCredentials(data) ?? {};
  expect(JSON.parse(stdout)).toMatchObject({ AWS_ACCESS_KEY_ID: accessKeyId });
  expect(await users()).toHaveLength(1);
});

test("the root is not locked away behind a key that opens nothing", async () => {
  const { accessKeyId } = alice.kept("claviger").key;
  await new IAM(asRoot(vault, data)).deleteAccessKey({
    UserName: "alice",
    AccessKeyId: accessKeyId,
  });
  const { status } = await alice.run(`setup --data ${data} --passphrase-file ${passphraseFile}`);
  expect(status).toBe(0);
  expect(alice.kept("claviger").key.accessKeyId).not.toBe(accessKeyId);
  const keys = JSON.parse((await alice.run("keys list --format json")).stdout);
  expect(keys).toMatchObject([{ status: "Active", isInUse: true }]);
});

test("killed between the seal and its end, the same command goes on", async () => {
  await unlockRootCredentials(data, passphrase);
  const plain = `${data}/root-credentials.json`;
  copyFileSync(plain, `${plain}.kept`);
  await alice.run(`setup --data ${data} --passphrase-file ${passphraseFile}`);
  copyFileSync(`${plain}.kept`, plain);
  const again = await alice.run(`setup --data ${data} --passphrase-file ${passphraseFile}`);
  expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining("are locked away") });
  expect(existsSync(plain)).toBe(false);
});

test("a vault that is another one gets no profile, and one that has no file is told so", async () => {
  const given = await startVault();
  try {
    const seen = await alice.run(`env --data ${given.dataDirectory}`);
    const said =
      "the vault's root credentials were given by its environment, and this one has none";
    expect(seen.stderr).toContain(said);
    const words = `setup --keep-root --data ${given.dataDirectory}`;
    expect((await new Person().run(words)).stderr).toContain(said);
    expect((await alice.run(words)).stderr).toContain("the profile claviger is taken by");
  } finally {
    await given.close();
  }
});

test("a role administrator of somebody else's is never given anything", async () => {
  const dataDirectory = `${temporaryFolder("theirs")}/data`;
  const theirs = await startOn(dataDirectory);
  try {
    const iam = new IAM(asRoot(theirs, dataDirectory));
    const Statement = { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.createRole({ RoleName: "administrator", AssumeRolePolicyDocument });
    const bob = new Person();
    const { stderr } = await bob.run(`setup --keep-root --data ${dataDirectory} --user bob`);
    expect(stderr).toContain("claviger setup did not make it");
    const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName: "administrator" });
    expect(AttachedPolicies).toEqual([]);
  } finally {
    await theirs.close();
  }
});

function isThere(program: string, ...words: string[]): boolean {
  return spawnSync(program, words, { stdio: "ignore" }).status === 0;
}
