/**
 * Whatever the input of an operation is, the vault answers: never with a fault of its own, never
 * to somebody without permission, and a request that is refused has changed nothing.
 *
 * Every operation of every service takes part by its declared shape. FUZZ_RUNS makes it longer;
 * FUZZ_SEED repeats a failure (fast-check prints the seed and the path).
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { services } from "../../src/compose.ts";
import type { AnyOperation, Service } from "../../src/operations/operation.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { inputOf, type Known } from "./hostile-inputs.fixture.ts";
import { type Credentials, RawHttp, type Reply } from "./raw-http.fixture.ts";

const runs = Number(process.env.FUZZ_RUNS ?? 20);
const seed = process.env.FUZZ_SEED;
const millisecondsMax = 60_000 + runs * 1000;

let vault: TestVault;
let http: RawHttp;
let records: Records;
let known: Known;
let nobody: Credentials;

beforeAll(async () => {
  vault = await startVault();
  http = new RawHttp(vault);
  records = new Records(join(vault.dataDirectory, "vault.db"));
  nobody = await makeUser("nobody");
  known = await furnish();
});

afterAll(async () => {
  http.close();
  records.close();
  await vault.close();
});

/** What takes things away comes last, so that the others find what they name. */
const operations = services
  .flatMap((service) =>
    service.operations.map((operation) => ({
      title: `${service.name} ${operation.name}`,
      service,
      operation,
    })),
  )
  .sort((one, other) => harm(one.operation) - harm(other.operation));

function harm({ name, isReadOnly }: AnyOperation): number {
  if (isReadOnly) return 0;
  return /^(?:Delete|Detach)/.test(name) ? 2 : 1;
}

describe("every operation withstands every input", () => {
  test.each(operations)("$title", { timeout: millisecondsMax }, async ({ service, operation }) => {
    await fc.assert(
      fc.asyncProperty(inputOf(operation.input, known), (input) =>
        withstands(service, operation, input),
      ),
      { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
    );
  });
});

/** What AWS asks no permission for. */
const free = new Set(["GetCallerIdentity", "GetSessionToken"]);

async function withstands(service: Service, operation: AnyOperation, input: unknown) {
  const send = (credentials?: Credentials) =>
    service.protocol === "aws-json"
      ? http.json(service, operation.name, JSON.stringify(input), credentials)
      : http.form(service, formOf(service, operation, input), credentials);

  const before = records.digest();
  const refused = await send(nobody);
  expectAnswer(refused);
  if (!free.has(operation.name)) expect(refused.status, refused.text).toBeGreaterThanOrEqual(400);
  expect(records.digest(), "a refused request changed records").toBe(before);

  const reply = await send();
  expectAnswer(reply);
  if (reply.status >= 400) {
    expect(records.digest(), `a request refused with ${reply.code} changed records`).toBe(before);
  }
}

function expectAnswer(reply: Reply): void {
  expect(reply.status, reply.text).toBeLessThan(500);
  expect(reply.requestId).toMatch(/^[0-9a-f-]{36}$/);
  if (reply.status >= 400) expect(reply.code).toMatch(/^[A-Za-z]+$/);
  expect(vault.faults).toEqual([]);
}

/** The input as AWS Query writes it: members with dots between, lists numbered from one. */
function formOf({ version }: Service, { name }: AnyOperation, input: unknown): string {
  const parameters: string[] = [];
  const add = (path: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      parameters.push(`${encoded(path)}=${encoded(String(value))}`);
      return;
    }
    const entries = Array.isArray(value)
      ? value.map((item, at): [string, unknown] => [`member.${at + 1}`, item])
      : Object.entries(value);
    if (entries.length === 0) parameters.push(`${encoded(path)}=`);
    for (const [key, item] of entries) add(path === "" ? key : `${path}.${key}`, item);
  };
  add("", input);
  return [`Action=${name}`, `Version=${version}`, ...parameters].join("&");
}

/** Half a surrogate pair goes out as the three bytes that would be its UTF-8. */
function encoded(text: string): string {
  return text.isWellFormed()
    ? encodeURIComponent(text)
    : [...text].map((c) => (c.isWellFormed() ? encodeURIComponent(c) : "%ED%A0%80")).join("");
}

/** All that the vault stores, but for the day when a secret was last read, as one hash. */
class Records {
  readonly #database: DatabaseSync;
  readonly #tables: readonly string[];
  #counter: unknown;
  #digest = "";

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
    this.#tables = this.#database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !name.endsWith("_index") && !/^(sqlite_|change_counter)/.test(name));
  }

  digest(): string {
    const counter = this.#database.prepare('SELECT "value" FROM "change_counter"').get()?.value;
    if (counter === this.#counter) return this.#digest;
    const hash = createHash("sha256");
    for (const table of this.#tables) {
      for (const row of this.#database.prepare(`SELECT * FROM "${table}" ORDER BY 1`).iterate()) {
        hash.update(JSON.stringify([table, row.key, row.body]).replace(readOn, ""));
        if (row.sealed instanceof Uint8Array) hash.update(row.sealed);
      }
    }
    this.#counter = counter;
    this.#digest = hash.digest("hex");
    return this.#digest;
  }

  close(): void {
    this.#database.close();
  }
}

/** Written a second after the read that it tells of. */
const readOn = /,?\\"lastAccessedDate\\":\d+/;

async function makeUser(UserName: string): Promise<Credentials> {
  const iam = new IAM(vault.client);
  await iam.createUser({ UserName });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}

/** Something of everything, so that inputs find what they name. */
async function furnish(): Promise<Known> {
  const secrets = new SecretsManager(vault.client);
  const parameters = new SSM(vault.client);
  const kms = new KMS(vault.client);
  const iam = new IAM(vault.client);
  const token = "11111111-2222-3333-4444-555555555555";

  const secret = await secrets.createSecret({
    Name: "prod/stripe/api",
    SecretString: "kept",
    ClientRequestToken: token,
  });
  await secrets.createSecret({ Name: "going", SecretString: "kept" });
  await secrets.deleteSecret({ SecretId: "going" });
  const secretsPage = await secrets.listSecrets({ MaxResults: 1, IncludePlannedDeletion: true });
  for (const Type of ["String", "StringList", "SecureString"] as const) {
    await parameters.putParameter({ Name: `/app/${Type}`, Value: "a,b", Type });
  }
  const parametersPage = await parameters.describeParameters({ MaxResults: 1 });
  const { KeyMetadata: key } = await kms.createKey({});
  await kms.createAlias({ AliasName: "alias/app", TargetKeyId: key?.KeyId });
  const { CiphertextBlob: sealed } = await kms.encrypt({
    KeyId: key?.KeyId,
    Plaintext: Buffer.from("kept"),
  });
  const keysPage = await kms.listKeys({ Limit: 1 });
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "*", Resource: "*" },
  });
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS: "arn:aws:iam::123456789012:root" },
    },
  });
  await makeUser("alice");
  await iam.putUserPolicy({ UserName: "alice", PolicyName: "inline", PolicyDocument: policy });
  const { AccessKeyMetadata } = await iam.listAccessKeys({ UserName: "alice" });
  const { Role } = await iam.createRole({ RoleName: "reader", AssumeRolePolicyDocument: trust });
  const { Policy } = await iam.createPolicy({ PolicyName: "all", PolicyDocument: policy });
  await iam.attachRolePolicy({ RoleName: "reader", PolicyArn: Policy?.Arn });
  await iam.putRolePolicy({ RoleName: "reader", PolicyName: "inline", PolicyDocument: policy });
  // Nothing hangs on these, so that they can be deleted.
  await iam.createUser({ UserName: "leaver" });
  await iam.createRole({ RoleName: "idle", AssumeRolePolicyDocument: trust });
  const loose = await iam.createPolicy({ PolicyName: "loose", PolicyDocument: policy });
  const keyNames = [key?.KeyId, key?.Arn, "alias/app", "alias/aws/ssm"].map(String);
  return {
    SecretId: ["prod/stripe/api", "going", String(secret.ARN), String(secret.ARN).slice(0, -7)],
    ClientRequestToken: [token, "a".repeat(32)],
    VersionId: [token, "v1"],
    VersionStage: ["AWSCURRENT", "AWSPREVIOUS"],
    VersionStages: ["AWSCURRENT", "AWSPENDING", "mine"],
    KmsKeyId: keyNames,
    KeyId: keyNames,
    TargetKeyId: keyNames,
    AliasName: ["alias/app", "alias/other", "alias/aws/ssm"],
    CiphertextBlob: [Buffer.from(sealed ?? []).toString("base64")],
    Name: ["/app/String", "/app/StringList", "/app/SecureString", "/app/String:1", "/new", "new"],
    Names: ["/app/String", "/app/SecureString:1", "/none", "x"],
    Path: ["/app", "/", "/app/"],
    Value: ["a", "a,b,c", "{{a}}", "é".repeat(4097)],
    AllowedPattern: [".*", "(a+)+$", "(", "[a-z,]*"],
    DataType: ["text", "aws:ec2:image"],
    Key: ["tag:constructor", "tag:__proto__", "Name", "Path", "name", "all", "env", "aws:x"],
    Option: ["Equals", "BeginsWith", "Recursive", "OneLevel", "Contains"],
    Values: ["/app", "/", "a", "!", "!a"],
    NextToken: [String(secretsPage.NextToken), String(parametersPage.NextToken)],
    Marker: [String(keysPage.NextMarker), Buffer.from("alice").toString("base64url")],
    // Not "nobody": the root may give rights to whom it names.
    UserName: ["alice", "leaver", "bob"],
    RoleName: ["reader", "idle", "none"],
    RoleArn: [String(Role?.Arn), "arn:aws:iam::123456789012:role/none"],
    RoleSessionName: ["session"],
    PolicyArn: [Policy?.Arn, loose.Policy?.Arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"].map(
      String,
    ),
    PolicyName: ["inline", "all", "other"],
    PolicyDocument: [policy, trust],
    AssumeRolePolicyDocument: [trust, policy],
    AccessKeyId: [String(AccessKeyMetadata?.[0]?.AccessKeyId)],
    AttributeKey: ["EventName"],
    AttributeValue: ["CreateSecret", "nobody"],
    PathPrefix: ["/", "/app/"],
  };
}
