/**
 * Invariant 4: a value appears in no log, error, audit event or database file. Values are planted
 * by every way in, valid and refused, and then looked for everywhere they have no business.
 */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { type Credentials, STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportTrail } from "../src/audit/trail-place.ts";
import { readConfiguration } from "../src/configuration.ts";
import { type RunningVault, startServer } from "../src/main.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-secrecy-"));
const data = join(folder, "data");
const logFile = join(folder, "log");
const planted = "PlantedValue0123456789abcdefghijkl";
/** Error messages and audit records, as clients saw them. */
const seen: string[] = [];
let log: number;
let vault: RunningVault;
/** What the vault itself made and told its callers once. */
let told: readonly (string | Uint8Array)[];

beforeAll(async () => {
  log = openSync(logFile, "a");
  vault = await startServer(readConfiguration({ data, port: "0" }, {}), { logTo: log });
  const { accessKeyId, secretAccessKey } = JSON.parse(
    readFileSync(join(data, "root-credentials.json"), "utf8"),
  );
  const client = {
    endpoint: vault.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  };
  told = [...(await plant(client)), ...(await plantInSessions(client))];
  expect(told.every((value) => value.length >= 24)).toBe(true);
  let NextToken: string | undefined;
  do {
    const page = await new CloudTrail(client).lookupEvents({ NextToken });
    seen.push(...(page.Events ?? []).map(({ CloudTrailEvent = "" }) => CloudTrailEvent));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  await vault.close();
  closeSync(log);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Client {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

async function plant(client: Client): Promise<readonly (string | Uint8Array)[]> {
  const ssm = new SSM(client);
  const secrets = new SecretsManager(client);
  const kms = new KMS(client);
  const iam = new IAM(client);

  for (const Type of ["String", "StringList", "SecureString"] as const) {
    await ssm.putParameter({ Name: `/planted/${Type}`, Value: planted, Type });
  }
  await ssm.putParameter({ Name: "/planted/String", Value: `${planted}2`, Overwrite: true });
  await ssm.getParametersByPath({ Path: "/planted", Recursive: true, WithDecryption: true });
  await ssm.getParameterHistory({ Name: "/planted/String" });
  await secrets.createSecret({ Name: "planted", SecretString: planted });
  await secrets.putSecretValue({ SecretId: "planted", SecretBinary: Buffer.from(planted) });
  await secrets.updateSecret({ SecretId: "planted", SecretString: `${planted}3` });
  await secrets.getSecretValue({ SecretId: "planted" });
  const { KeyMetadata } = await kms.createKey({});
  const KeyId = KeyMetadata?.KeyId ?? "";
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: Buffer.from(planted) });
  await kms.decrypt({ CiphertextBlob });
  await iam.createUser({ UserName: "planted" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "planted" });
  const dataKey = await kms.generateDataKey({ KeyId, KeySpec: "AES_256" });
  const random = await kms.generateRandom({ NumberOfBytes: 32 });

  // Wrong in ways whose messages might quote the value.
  await refused(ssm.putParameter({ Name: "/planted/String", Value: planted, Type: "String" }));
  await refused(ssm.putParameter({ Name: "/p", Value: planted.repeat(300), Type: "String" }));
  await refused(ssm.putParameter({ Name: "/p", Value: planted, Type: "Odd" as "String" }));
  await refused(
    ssm.putParameter({ Name: "/p", Value: planted, Type: "String", AllowedPattern: "\\d+" }),
  );
  await refused(secrets.createSecret({ Name: "p", SecretString: planted.repeat(3000) }));
  await refused(
    secrets.createSecret({
      Name: "p",
      SecretString: planted,
      SecretBinary: Buffer.from(planted),
    }),
  );
  await refused(
    secrets.createSecret({ Name: "p", SecretString: { planted } as unknown as string }),
  );
  await refused(secrets.putSecretValue({ SecretId: "missing", SecretString: planted }));
  await refused(kms.encrypt({ KeyId, Plaintext: Buffer.from(planted.repeat(200)) }));
  await refused(kms.decrypt({ CiphertextBlob: Buffer.from(planted) }));

  return [AccessKey?.SecretAccessKey ?? "", dataKey.Plaintext ?? "", random.Plaintext ?? ""];
}

/** The secrets of sessions, and the tokens that others give for them. */
async function plantInSessions(client: Client): Promise<readonly string[]> {
  const iam = new IAM(client);
  const sts = new STS(client);
  const trust = { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
  const { Role } = await iam.createRole({
    RoleName: "planted",
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  const RoleArn = Role?.Arn;
  const assumed = await sts.assumeRole({ RoleArn, RoleSessionName: "planted" });
  const own = await sts.getSessionToken({});
  const { credentials: _, ...unsigned } = client;
  const anonymous = new STS(unsigned);
  const jwt = [{ alg: "RS256" }, { iss: "https://idp.example.com", sub: planted }, planted]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  for (const WebIdentityToken of [planted, jwt, jwt.repeat(200)]) {
    const RoleSessionName = "planted";
    await refused(
      anonymous.assumeRoleWithWebIdentity({ RoleArn, RoleSessionName, WebIdentityToken }),
    );
  }
  // A session whose token was cut short, and one that signs with another's secret.
  const { SessionToken: sessionToken = "" } = assumed.Credentials ?? {};
  const { AccessKeyId: accessKeyId = "" } = assumed.Credentials ?? {};
  for (const token of [sessionToken, sessionToken.slice(0, -8)]) {
    const credentials = { accessKeyId, secretAccessKey: planted, sessionToken: token };
    await refused(new SSM({ ...client, credentials }).getParameter({ Name: "/planted/String" }));
  }
  return [assumed.Credentials, own.Credentials].flatMap(
    ({ SecretAccessKey = "", SessionToken = "" }: Partial<Credentials> = {}) => [
      SecretAccessKey,
      SessionToken,
    ],
  );
}

async function refused(request: Promise<unknown>): Promise<void> {
  const error = await request.then(
    () => expect.fail("was not refused"),
    (thrown: Error) => thrown,
  );
  seen.push(`${error.name}: ${error.message}`);
}

/** As text, base64 (at each of its three alignments) and hexadecimal. */
function forms(value: string | Uint8Array): string[] {
  const bytes = Buffer.from(value as Uint8Array);
  const aligned = [0, 1, 2].map((skip) =>
    bytes
      .subarray(skip, skip + 24)
      .toString("base64")
      .replace(/=+$/, ""),
  );
  return [bytes.toString("latin1"), ...aligned, bytes.toString("hex")];
}

function allForms(): string[] {
  return [planted, ...told].flatMap(forms);
}

test("not in the data folder", () => {
  const files = readdirSync(data).map((name) => join(data, name));
  expect(files.some((path) => path.endsWith(".db"))).toBe(true);
  for (const path of files) {
    const content = readFileSync(path).toString("latin1");
    for (const form of allForms()) {
      expect(content.includes(form), `a value lies in ${path}`).toBe(false);
    }
  }
});

test("not in the trail, whose lines lie in the data folder compressed", async () => {
  let bundle = "";
  await exportTrail({ type: "folder", directory: data }, async (text) => {
    bundle += text;
  });
  expect(bundle).toContain("PutParameter");
  for (const form of allForms()) {
    expect(bundle.includes(form), "a value lies in the trail").toBe(false);
  }
});

test("not in the log", () => {
  const content = readFileSync(logFile, "utf8");
  expect(content).not.toBe("");
  for (const form of allForms()) expect(content).not.toContain(form);
});

test("not in errors or audit events", () => {
  expect(seen.length).toBeGreaterThan(20);
  for (const form of allForms()) {
    expect(seen.join("\n")).not.toContain(form);
  }
});
