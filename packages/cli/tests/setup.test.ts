/** `claviger setup`, and who works with what it made: unmodified AWS clients. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { Person } from "./person.fixture.ts";
import { command } from "./run-command.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const passphrase = "correct horse battery staple";
const alice = new Person();
const role = "arn:aws:iam::123456789012:role/administrator";
const session = "arn:aws:sts::123456789012:assumed-role/administrator/alice";
const isAwsThere = isThere("aws", "--version");
let vault: VaultProcess;
let data = "";
let passphraseFile = "";

beforeAll(async () => {
  data = `${temporaryFolder("setup")}/data`;
  vault = await startVaultProcess({ root, dataDirectory: data });
  passphraseFile = alice.writes(`${alice.folder}/passphrase`, `${passphrase}\n`);
});
afterAll(() => vault.stop());

const users = async () =>
  (await new IAM(clientConfiguration(vault.environment)).listUsers()).Users ?? [];

describe("what can't be finished is not begun", () => {
  test.each([
    ["", "there is no terminal to ask for a passphrase at"],
    ["--passphrase-file SHORT", "is shorter than 16 characters"],
    ["--passphrase-file PASSPHRASE --profile taken", "that claviger did not make"],
    ["--passphrase-file PASSPHRASE --profile static", "has a static key"],
  ])("setup %s", async (flags, said) => {
    const short = alice.writes(`${alice.folder}/short`, "hunter2\n");
    alice.writes(alice.configFile, "[profile taken]\nregion = eu-west-1\n");
    alice.writes(alice.credentialsFile, "[static]\naws_access_key_id = x\n");
    const words = `setup --data ${data} ${flags}`.trimEnd();
    const seen = alice.run(words.replace("SHORT", short).replace("PASSPHRASE", passphraseFile));
    expect(seen.stderr).toContain(said);
    expect(seen.status).toBeGreaterThan(0);
    expect(await users()).toEqual([]);
    expect(existsSync(`${data}/root-credentials.json`)).toBe(true);
    expect(alice.config()).toBe("[profile taken]\nregion = eu-west-1\n");
  });
});

test("an administrator is made, and the root credentials are locked away", async () => {
  const before = "# mine\n[default]\noutput = text\n";
  alice.writes(alice.configFile, before);
  const words = `setup --data ${data} --user alice --passphrase-file ${passphraseFile}`;
  const { stdout, stderr, status } = alice.run(words);
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  expect(stderr).toBe(
    `The profile claviger is arn:aws:iam::123456789012:user/alice, who works as ${role}.\n` +
      `The root credentials are locked away in ${data}/root-credentials.sealed.\n` +
      'Use it: eval "$(claviger env)"\n',
  );
  const { key } = alice.kept("claviger");
  expect(stderr).not.toContain(key.secretAccessKey);
  expect(statSync(alice.keptFile("claviger")).mode & 0o777).toBe(0o600);
  expect(alice.config()).toBe(
    `${before}\n[profile claviger]\ncredential_process = ${command} credentials --profile claviger\n` +
      `region = us-east-1\nendpoint_url = ${vault.url}\n`,
  );
  // The variables of a shell that was pointed at it before are worth nothing any more.
  const stale = new STS(clientConfiguration(vault.environment));
  await expect(stale.getCallerIdentity()).rejects.toThrow(/security token/);
});

test("once more, it makes nothing twice", () => {
  const again = alice.run(`setup --data ${data} --user alice`);
  expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining("user/alice") });
  const keys = JSON.parse(alice.run("keys list --format json").stdout);
  expect(keys).toMatchObject([{ status: "Active", isInUse: true }]);
});

test("claviger env gives the profile, and no key", () => {
  const { stdout } = alice.run(`env --data ${data}`);
  expect(stdout).toBe(
    `export AWS_ENDPOINT_URL=${vault.url}\nexport AWS_REGION=us-east-1\n` +
      "export AWS_DEFAULT_REGION=us-east-1\nexport AWS_PROFILE=claviger\n" +
      "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_DEFAULT_PROFILE\n",
  );
  expect(alice.run(`env --root --data ${data}`)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("error: the root credentials are locked away\n"),
  });
  const somebodyElse = new Person();
  expect(somebodyElse.run(`env --data ${data}`).stderr).toContain("locked away");
});

test("a vault that is another one gets no profile", async () => {
  const dataDirectory = `${temporaryFolder("other")}/data`;
  const other = await startVaultProcess({ root, dataDirectory });
  try {
    expect(alice.run(`env --data ${dataDirectory}`).stdout).toContain("AWS_SECRET_ACCESS_KEY=");
  } finally {
    await other.stop();
  }
});

describe("unmodified clients work by the profile", () => {
  const profile = { AWS_PROFILE: "claviger" };

  test("the JavaScript SDK, and whoami", () => {
    const program =
      "import { STS } from '@aws-sdk/client-sts'; import { IAM } from '@aws-sdk/client-iam';" +
      "const { Arn } = await new STS().getCallerIdentity();" +
      "const { Users } = await new IAM().listUsers(); console.log(Arn, Users[0].UserName);";
    const words = ["--input-type=module", "-e", program];
    const { stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: root,
      env: { ...alice.environment, ...profile },
      encoding: "utf8",
    });
    expect(stdout + stderr).toBe(`${session} alice\n`);
    const who = JSON.parse(alice.run("whoami --format json", "", profile).stdout);
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
    expect(seconds).toBeGreaterThan(3000);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  test.skipIf(!isAwsThere)("the AWS CLI", () => {
    const { stdout } = alice.runs(
      "aws",
      ["sts", "get-caller-identity", "--output", "json"],
      "",
      profile,
    );
    expect(JSON.parse(stdout)).toMatchObject({ Arn: session });
  });

  test.skipIf(!isThere("python3", "-c", "import boto3"))("boto3", () => {
    const program =
      "import boto3; print(boto3.client('iam').list_users()['Users'][0]['UserName']);" +
      "boto3.client('ssm').put_parameter(Name='/p/t', Value='v', Type='SecureString');" +
      "print(boto3.client('ssm').get_parameter(Name='/p/t', WithDecryption=True)['Parameter']['Value'])";
    expect(alice.runs("python3", ["-c", program], "", profile)).toMatchObject({
      stdout: "alice\nv\n",
      status: 0,
    });
  });
});

test.skipIf(!isAwsThere)(
  "a command asks the profile once, however many services it works with",
  () => {
    const sessions = () => {
      const words = ["cloudtrail", "lookup-events", "--output", "json"];
      const { stdout } = alice.runs("aws", words, "", { AWS_PROFILE: "claviger" });
      const { Events } = JSON.parse(stdout) as { Events: { EventName: string }[] };
      return Events.filter(({ EventName }) => EventName === "AssumeRole").length;
    };
    const before = sessions();
    alice.run("advise --all", "", { AWS_PROFILE: "claviger" });
    // One of advise, and one of the AWS CLI that asks again.
    expect(sessions() - before).toBe(2);
  },
);

test("unlocked, the root credentials are what they were", async () => {
  const wrong = alice.writes(`${alice.folder}/wrong`, `${passphrase}!\n`);
  expect(alice.run(`setup --unlock --data ${data} --passphrase-file ${wrong}`)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /^error: the passphrase does not open the root credentials\nhint: /,
    ),
  });
  expect(
    alice.run(`setup --unlock --data ${data} --passphrase-file ${passphraseFile}`).status,
  ).toBe(0);
  const { stdout } = alice.run(`env --root --format json --data ${data}`);
  expect(JSON.parse(stdout)).toEqual(vault.environment);
  expect(await users()).toHaveLength(1);
  expect(readFileSync(vault.logFile, "utf8")).not.toContain(
    alice.kept("claviger").key.secretAccessKey,
  );
});

test("a role administrator of somebody else's is never given anything", async () => {
  const dataDirectory = `${temporaryFolder("theirs")}/data`;
  const theirs = await startVaultProcess({ root, dataDirectory });
  try {
    const iam = new IAM(clientConfiguration(theirs.environment));
    const Statement = { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.createRole({ RoleName: "administrator", AssumeRolePolicyDocument });
    const { stderr } = new Person().run(`setup --keep-root --data ${dataDirectory} --user bob`);
    expect(stderr).toContain("claviger setup did not make it");
    const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName: "administrator" });
    expect(AttachedPolicies).toEqual([]);
  } finally {
    await theirs.stop();
  }
});

function isThere(program: string, ...words: string[]): boolean {
  return spawnSync(program, words, { stdio: "ignore" }).status === 0;
}
