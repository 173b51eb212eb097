/** Two whole nodes over one PostgreSQL: what one has acknowledged, the other answers by at once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writePrivateFile } from "../../src/private-file.ts";
import { type OwnDatabase, ownDatabase } from "../../src/testing/database.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-nodes-"));
let database: OwnDatabase;
let one: TestVault;
let other: TestVault;

beforeAll(async () => {
  database = await ownDatabase();
  const path = join(folder, "root.key");
  writePrivateFile(path, `${Buffer.alloc(32, "nodes").toString("base64")}\n`);
  const flags = { database: database.url, rootKey: `file:${path}` };
  [one, other] = await Promise.all([startVault(flags), startVault(flags)]);
});

afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await database.drop();
  rmSync(folder, { recursive: true });
});

const allow = (Action: string, Effect = "Allow") =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect, Action, Resource: "*" }] });

async function reader(UserName: string) {
  const iam = new IAM(one.client);
  await iam.createUser({ UserName });
  await iam.putUserPolicy({
    UserName,
    PolicyName: "reads",
    PolicyDocument: allow("secretsmanager:*"),
  });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  return { iam, credentials, secrets: new SecretsManager({ ...other.client, credentials }) };
}

it("a value that one has taken is the next that the other gives", async () => {
  const [here, there] = [new SecretsManager(one.client), new SecretsManager(other.client)];
  await here.createSecret({ Name: "turns", SecretString: "0" });
  for (let turn = 1; turn <= 40; turn++) {
    const [writer, reader] = turn % 2 === 0 ? [here, there] : [there, here];
    await writer.putSecretValue({ SecretId: "turns", SecretString: String(turn) });
    const { SecretString } = await reader.getSecretValue({ SecretId: "turns" });
    expect(SecretString).toBe(String(turn));
  }
});

it("a denial holds for the next request to the other, and so does its end", async () => {
  await new SecretsManager(one.client).createSecret({ Name: "denied", SecretString: "v" });
  const { iam, secrets } = await reader("denied");
  const read = () => secrets.getSecretValue({ SecretId: "denied" });
  const policy = { UserName: "denied", PolicyName: "denies" };
  for (let turn = 0; turn < 10; turn++) {
    expect((await read()).SecretString).toBe("v");
    const PolicyDocument = allow("secretsmanager:GetSecretValue", "Deny");
    await iam.putUserPolicy({ ...policy, PolicyDocument });
    await expect(read()).rejects.toMatchObject({ name: "AccessDeniedException" });
    await iam.deleteUserPolicy(policy);
  }
});

it("a key that is made inactive is nobody's at once on the other, and works again at once", async () => {
  const { iam, credentials, secrets } = await reader("rested");
  const key = { UserName: "rested", AccessKeyId: credentials.accessKeyId };
  for (let turn = 0; turn < 8; turn++) {
    await secrets.listSecrets({});
    await iam.updateAccessKey({ ...key, Status: "Inactive" });
    await expect(secrets.listSecrets({})).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
    await iam.updateAccessKey({ ...key, Status: "Active" });
  }
});

it("who writes on both at once loses nothing and does nothing twice", async () => {
  const nodes = [new SecretsManager(one.client), new SecretsManager(other.client)];
  const Name = "contended";
  await nodes[0]?.createSecret({ Name, SecretString: "v" });
  const tags = Array.from({ length: 30 }, (_, at) => ({ Key: `k${at}`, Value: "v" }));
  await Promise.all(
    tags.map((tag, at) => nodes[at % 2]?.tagResource({ SecretId: Name, Tags: [tag] })),
  );
  const secrets = tags.map((_, at) =>
    nodes[at % 2]?.createSecret({ Name: `once-${at % 10}`, SecretString: "v" }).then(
      () => 1,
      () => 0,
    ),
  );
  expect((await Promise.all(secrets)).reduce((sum: number, made) => sum + (made ?? 0), 0)).toBe(10);
  for (const node of nodes) {
    const { Tags } = await node.describeSecret({ SecretId: Name });
    expect(Tags).toHaveLength(tags.length);
  }
});

it("each run of a request is in the trail, under its id", async () => {
  const trail = new CloudTrail(one.client);
  const { Events = [] } = await trail.lookupEvents({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "GetSecretValue" }],
  });
  const parsed = Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent));
  expect(new Set(parsed.map(({ eventID }) => eventID)).size).toBe(parsed.length);
  expect(parsed.length).toBeGreaterThan(0);
});

it("none of it was a fault", () => {
  expect([...one.faults, ...other.faults]).toEqual([]);
});
