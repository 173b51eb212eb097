/** Limits of `--throttle`, over HTTP: who is refused, in which protocol's words, and who retries. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compose } from "../../src/compose.ts";
import { readConfiguration } from "../../src/configuration.ts";
import { startServer } from "../../src/main.ts";
import { kms } from "../../src/operations/kms/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp } from "./raw-http.fixture.ts";

const rates = [
  "secretsmanager:ListSecrets=1",
  "ssm:DescribeParameters=1",
  "ssm:GetParameter=4",
  "kms:ListKeys=1",
  "sts:GetCallerIdentity=1",
  "iam:ListUsers=1",
];

let vault: TestVault;
let http: RawHttp;

beforeAll(async () => {
  vault = await startVault({ throttle: rates.join(",") });
  http = new RawHttp(vault);
});

afterAll(async () => {
  http?.close();
  await vault?.close();
});

/** More at once than a rate of one a second admits, however slow the machine. */
const many = <Result>(ask: () => Promise<Result>) => Promise.all(Array.from({ length: 8 }, ask));

/** The first request that is refused. */
async function throttledError(ask: () => Promise<unknown>) {
  const outcomes = await many(() => ask().catch((error: unknown) => error));
  const refused = outcomes.find((outcome) => outcome instanceof Error);
  if (refused === undefined) throw new Error("nothing was throttled");
  return refused as Error & { $metadata: { httpStatusCode: number; requestId: string } };
}

describe("beyond a limit", () => {
  it.each([
    ["ThrottlingException", "AWS JSON", () => new SSM(vault.client).describeParameters({})],
    ["Throttling", "AWS Query of STS", () => new STS(vault.client).getCallerIdentity({})],
    ["Throttling", "AWS Query of IAM", () => new IAM(vault.client).listUsers({})],
  ] as const)("the caller gets %s in %s", async (name, _, ask) => {
    expect(await throttledError(ask)).toMatchObject({
      name,
      message: "Rate exceeded",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("a stranger is told that he is one, and a caller before his input is looked at", async () => {
    const list = (credentials?: typeof vault.credentials) => () =>
      http.json(kms, "ListKeys", "{", credentials);
    const forged = { ...vault.credentials, secretAccessKey: "another secret access key" };
    const strangers = await many(list(forged));
    expect(new Set(strangers.map(({ code }) => code))).toEqual(
      new Set(["InvalidSignatureException"]),
    );
    const callers = await many(list());
    expect(new Set(callers.map(({ code }) => code))).toEqual(
      new Set(["SerializationException", "ThrottlingException"]),
    );
  });

  it("there is an event in the trail all the same, and a count for each kind of limit", async () => {
    const { $metadata } = await throttledError(() => new SSM(vault.client).describeParameters({}));
    const { Events = [] } = await new CloudTrail(vault.client).lookupEvents({});
    const events = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
    expect(events.find(({ requestID }) => requestID === $metadata.requestId)).toMatchObject({
      eventName: "DescribeParameters",
      errorCode: "ThrottlingException",
      errorMessage: "Rate exceeded",
      userIdentity: { type: "Root" },
    });
    const metrics = await (await fetch(`${vault.url}/metrics`)).text();
    expect(metrics).toMatch(/^claviger_throttled_total\{limit="operation"\} [1-9]/m);
    expect(metrics).toMatch(/^claviger_throttled_total\{limit="account"\} 0$/m);
    expect(metrics).toMatch(
      /^claviger_requests_total\{service="ssm",operation="DescribeParameters",outcome="throttled"\} [1-9]/m,
    );
  });
});

describe("who is counted", () => {
  it("a role's sessions together, whatever they call themselves", async () => {
    // Time stands still: no token comes back, so that every request counts.
    const stoppedAt = Date.now();
    const { accessKeyId, secretAccessKey } = vault.credentials;
    const stopped = await startServer(
      readConfiguration(
        { data: `${vault.dataDirectory}/stopped`, port: "0", throttle: "principal=3" },
        {
          CLAVIGER_ROOT_ACCESS_KEY_ID: accessKeyId,
          CLAVIGER_ROOT_SECRET_ACCESS_KEY: secretAccessKey,
        },
      ),
      { clock: { now: () => stoppedAt }, logTo: "nowhere" },
    );
    try {
      const client = { ...vault.client, endpoint: stopped.url };
      const { Role } = await new IAM(client).createRole({
        RoleName: "reader",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Principal: { AWS: vault.accountId },
            Action: "sts:AssumeRole",
          },
        }),
      });
      const one = await sessionOf(client, Role?.Arn, "one");
      const two = await sessionOf(client, Role?.Arn, "two");
      const outcomes: string[] = [];
      for (const session of [one, two, one, two]) {
        const read = new SSM(session).getParameterHistory({ Name: "/a" });
        outcomes.push(await read.then(String, ({ name }: Error) => name));
      }
      const [denied, throttled] = ["AccessDeniedException", "ThrottlingException"];
      expect(outcomes).toEqual([denied, denied, denied, throttled]);
      await expect(new SSM(client).getParameterHistory({ Name: "/a" })).rejects.toThrow(
        "Rate exceeded",
      );
    } finally {
      await stopped.close();
    }
  });
});

async function sessionOf(
  client: TestVault["client"],
  RoleArn: string | undefined,
  RoleSessionName: string,
) {
  const { Credentials } = await new STS(client).assumeRole({ RoleArn, RoleSessionName });
  return {
    ...client,
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  };
}

describe("clients", () => {
  it("of the JavaScript SDK wait and succeed", async () => {
    const ssm = new SSM({ ...vault.client, maxAttempts: 10 });
    await ssm.putParameter({ Name: "/retried", Value: "v", Type: "String" });
    const replies = await many(() => ssm.getParameter({ Name: "/retried" }));
    expect(replies.map(({ Parameter }) => Parameter?.Value)).toEqual(replies.map(() => "v"));
    const attempts = replies.map(({ $metadata }) => $metadata.attempts ?? 0);
    expect(Math.max(...attempts)).toBeGreaterThan(1);
  });

  it.runIf(hasBoto3())("of boto3 wait and succeed", async () => {
    const script = `
import boto3, concurrent.futures
from botocore.config import Config
config = Config(retries={"mode": "standard", "total_max_attempts": 10}, max_pool_connections=8)
ssm = boto3.client("ssm", config=config)
ssm.put_parameter(Name="/boto3", Value="v", Type="String")
def read(_):
    reply = ssm.get_parameter(Name="/boto3")
    return reply["Parameter"]["Value"], reply["ResponseMetadata"]["RetryAttempts"]
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    replies = list(pool.map(read, range(8)))
assert all(value == "v" for value, _ in replies)
print(max(retries for _, retries in replies))
`;
    const { stdout } = await promisify(execFile)("python3", ["-c", script], {
      env: {
        PATH: process.env.PATH,
        HOME: vault.dataDirectory,
        AWS_ENDPOINT_URL: vault.url,
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: vault.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: vault.credentials.secretAccessKey,
      },
    });
    expect(Number(stdout)).toBeGreaterThan(0);
  });
});

it("an operation that isn't there is no limit, and the vault says so before it opens", async () => {
  const configuration = readConfiguration(
    { data: `${vault.dataDirectory}-unopened`, throttle: "ssm:GetParamter=1" },
    {},
  );
  await expect(compose(configuration)).rejects.toThrow(
    "--throttle: ssm:GetParamter is no operation of this vault",
  );
});

function hasBoto3(): boolean {
  try {
    execFileSync("python3", ["-c", "import boto3"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
