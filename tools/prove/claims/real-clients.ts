/**
 * boto3, the AWS CLI and the AWS SDK for JavaScript, unmodified, store, read, version, delete and
 * restore; a role reads what its policy names and nothing else; the trail says who did what; and
 * no value lies in the clear on disk, in the log or in the trail.
 */
import { join } from "node:path";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { clientConfiguration } from "../client-configuration.ts";
import {
  type AwsClient,
  awsCli,
  boto3,
  type Environment,
  isInstalled,
  javascriptSdk,
  type MakeClient,
} from "../clients/client.ts";
import { plant, showNothingInTheClear } from "../planted.ts";
import { makeReader } from "../reader-role.ts";

const readable = "/myapp/production/stripe/api_key";
const unreadable = "/myapp/staging/stripe/api_key";

export const realClients: Claim = {
  name: "real-clients",
  says: "unmodified AWS clients keep secrets, roles read only their own, the trail says who, no value leaks",
  async run({ root, print }) {
    const dataDirectory = join(temporaryFolder("real-clients"), "data");
    const vault = await startVaultProcess({ root, dataDirectory });
    let trail: string;
    try {
      const role = await makeReader(vault);
      for (const make of [javascriptSdk, awsCli, boto3]) {
        if (!(await isInstalled(make))) {
          print(`${make(vault.environment).name}: not installed here, not shown`);
          continue;
        }
        await showClient(make, vault.environment, role, print);
      }
      await showForgeriesRefused(vault.environment, print);
      trail = await showTrail(vault, print);
    } finally {
      await vault.stop();
    }
    showNothingInTheClear(vault, trail, print);
  },
};

async function showClient(
  make: MakeClient,
  environment: Environment,
  role: Environment,
  print: ClaimRun["print"],
): Promise<void> {
  const owner = make(environment);
  const reader = make(role);
  try {
    await showSecretLife(owner);
    await showParameterLife(owner);
    await showLeastPrivilege(owner, reader);
    print(`${owner.name}: stored, read, versioned, deleted, restored; the role read only its own`);
  } finally {
    owner.close();
    reader.close();
  }
}

async function showSecretLife(client: AwsClient): Promise<void> {
  const secret = { SecretId: `prod/stripe/${client.name.replaceAll(" ", "-")}` };
  const [first, second] = [plant(), plant()];
  const { output } = await client.call("secretsmanager", "CreateSecret", {
    Name: secret.SecretId,
    SecretString: first,
  });
  demand(/^arn:aws:secretsmanager:/.test(output?.ARN), `${client.name}: CreateSecret gave no ARN`);
  const read = (more = {}) =>
    client.call("secretsmanager", "GetSecretValue", { ...secret, ...more });
  await expectValue(client, read(), first);
  await client.call("secretsmanager", "PutSecretValue", { ...secret, SecretString: second });
  await expectValue(client, read(), second);
  await expectValue(client, read({ VersionStage: "AWSPREVIOUS" }), first);
  await client.call("secretsmanager", "DeleteSecret", { ...secret, RecoveryWindowInDays: 7 });
  await expectCode(client, read(), "InvalidRequestException");
  await client.call("secretsmanager", "RestoreSecret", secret);
  await expectValue(client, read(), second);
}

async function showParameterLife(client: AwsClient): Promise<void> {
  const name = `/weatherproject/${client.name.replaceAll(" ", "-")}`;
  const [first, second] = [plant(), plant()];
  const put = (value: string, more = {}) =>
    client.call("ssm", "PutParameter", {
      Name: name,
      Value: value,
      Type: "SecureString",
      ...more,
    });
  const read = (selected: string) =>
    client.call("ssm", "GetParameter", { Name: selected, WithDecryption: true });
  await put(first);
  await expectValue(client, read(name), first);
  await expectCode(client, put(second), "ParameterAlreadyExists");
  const { output } = await put(second, { Overwrite: true });
  demand(output?.Version === 2, `${client.name}: the second PutParameter is not version 2`);
  await expectValue(client, read(name), second);
  await expectValue(client, read(`${name}:1`), first);
  await client.call("ssm", "DeleteParameter", { Name: name });
  await expectCode(client, read(name), "ParameterNotFound");
}

async function showLeastPrivilege(owner: AwsClient, reader: AwsClient): Promise<void> {
  const value = plant();
  for (const name of [readable, unreadable]) {
    await owner.call("ssm", "PutParameter", {
      Name: name,
      Value: value,
      Type: "SecureString",
      Overwrite: true,
    });
  }
  const read = (name: string) =>
    reader.call("ssm", "GetParameter", { Name: name, WithDecryption: true });
  await expectValue(reader, read(readable), value);
  const { output } = await reader.call("ssm", "GetParametersByPath", {
    Path: "/myapp/production",
    Recursive: true,
    WithDecryption: true,
  });
  demand(output?.Parameters?.length === 1, `${reader.name}: the role can't list its own path`);
  const denied = "AccessDeniedException";
  await expectCode(reader, read(unreadable), denied);
  await expectCode(reader, read("/myapp/nothing/here"), denied);
  await expectCode(
    reader,
    reader.call("ssm", "GetParametersByPath", { Path: "/myapp/staging" }),
    denied,
  );
  await expectCode(reader, reader.call("ssm", "DeleteParameter", { Name: readable }), denied);
  await expectCode(
    reader,
    reader.call("ssm", "PutParameter", { Name: readable, Value: "x", Overwrite: true }),
    denied,
  );
  const secret = { SecretId: `prod/stripe/${owner.name.replaceAll(" ", "-")}` };
  await expectCode(reader, reader.call("secretsmanager", "GetSecretValue", secret), denied);
}

async function showForgeriesRefused(
  environment: Environment,
  print: ClaimRun["print"],
): Promise<void> {
  const forgeries: readonly (readonly [string, Environment, string])[] = [
    ["another secret key", { AWS_SECRET_ACCESS_KEY: "x".repeat(40) }, "InvalidSignatureException"],
    [
      "an unknown key",
      { AWS_ACCESS_KEY_ID: "AKIAXXXXXXXXXXXXXXXX" },
      "UnrecognizedClientException",
    ],
    ["an invented token", { AWS_SESSION_TOKEN: "aW52ZW50ZWQ=" }, "UnrecognizedClientException"],
  ];
  for (const [what, changed, code] of forgeries) {
    const stranger = javascriptSdk({ ...environment, ...changed });
    try {
      await expectCode(stranger, stranger.call("ssm", "GetParameter", { Name: readable }), code);
    } finally {
      // A client is a process: left open it would keep the prover from ending.
      stranger.close();
    }
    print(`refused: ${what} (${code})`);
  }
}

/** Who did what, denials included, by LookupEvents; returns all that the trail says. */
async function showTrail({ environment }: VaultProcess, print: ClaimRun["print"]): Promise<string> {
  const trail = new CloudTrail(clientConfiguration(environment));
  const records: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await trail.lookupEvents({ MaxResults: 50, NextToken });
    records.push(...(page.Events ?? []).map(({ CloudTrailEvent = "" }) => CloudTrailEvent));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const events = records.map((record) => JSON.parse(record));
  const byReader = events.filter(({ userIdentity }) =>
    userIdentity?.arn?.endsWith(":assumed-role/reader/prove"),
  );
  const reads = byReader.filter(
    ({ eventName, errorCode, requestParameters }) =>
      eventName === "GetParameter" &&
      errorCode === undefined &&
      requestParameters.name === readable,
  );
  const denials = byReader.filter(({ errorCode }) => errorCode === "AccessDenied");
  demand(reads.length > 0, "the trail does not show the role's reads");
  demand(denials.length > 0, "the trail does not show the role's denials");
  print(
    `trail: ${events.length} events; reader read ${reads.length}, was denied ${denials.length}`,
  );
  return records.join("\n");
}

async function expectValue(
  client: AwsClient,
  answer: ReturnType<AwsClient["call"]>,
  value: string,
): Promise<void> {
  const { output, code } = await answer;
  const found = output?.SecretString ?? output?.Parameter?.Value;
  demand(
    found === value,
    `${client.name} did not read the value it should (${code ?? "other value"})`,
  );
}

async function expectCode(
  client: AwsClient,
  answer: ReturnType<AwsClient["call"]>,
  expected: string,
): Promise<void> {
  const { code = "success" } = await answer;
  demand(code === expected, `${client.name} got ${code} where ${expected} was due`);
}
