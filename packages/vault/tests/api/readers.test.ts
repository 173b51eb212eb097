/** ListSecretReaders: who read which version of a secret, by the audit trail. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claviger } from "../../src/operations/claviger/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp } from "./raw-http.fixture.ts";
import { type Keys, stsFixture } from "./sts.fixture.ts";

let vault: TestVault;
let http: RawHttp;
let root: SecretsManager;
let roleArn: string;
let count = 0;

const account = "123456789012";
const reading = { Action: ["secretsmanager:*", "ssm:GetParameter*"], Resource: "*" };

beforeAll(async () => {
  vault = await startVault();
  http = new RawHttp(vault);
  root = new SecretsManager(vault.client);
  roleArn = await stsFixture(vault).createRole("weather", { allowed: [reading] });
});

afterAll(async () => {
  expect(vault.faults).toEqual([]);
  http.close();
  await vault.close();
});

const as = (credentials: Keys) => new SecretsManager({ ...vault.client, credentials });
const session = (RoleSessionName: string, DurationSeconds = 3600) =>
  stsFixture(vault).assume({ RoleArn: roleArn, RoleSessionName, DurationSeconds });

/** A secret with that many versions, oldest first. */
async function newSecret(versions: number) {
  const Name = `readers/${count++}`;
  const { VersionId = "" } = await root.createSecret({ Name, SecretString: "value 1" });
  const versionIds = [VersionId];
  while (versionIds.length < versions) {
    const SecretString = `value ${versionIds.length + 1}`;
    const put = await root.putSecretValue({ SecretId: Name, SecretString });
    versionIds.push(put.VersionId ?? "");
  }
  return { SecretId: Name, versionIds };
}

interface Reader {
  readonly PrincipalArn: string;
  readonly SessionName?: string;
  readonly SourceAddress: string;
  readonly VersionId: string;
  readonly FirstReadDate: number;
  readonly LastReadDate: number;
  readonly MovedDate?: number;
  readonly ExpiresDate?: number;
}

async function readers(input: object): Promise<readonly Reader[]> {
  const { text } = await http.json(claviger, "ListSecretReaders", JSON.stringify(input));
  return JSON.parse(text).Readers;
}

test("a session is told of with its role, its address, and when it expires", async () => {
  const { SecretId, versionIds } = await newSecret(1);
  expect(await readers({ SecretId })).toEqual([]);
  const before = vault.clock.now() / 1000;
  await as(await session("task-1")).getSecretValue({ SecretId });
  const [reader, ...others] = await readers({ SecretId });
  expect(others).toEqual([]);
  expect(reader).toEqual({
    PrincipalArn: `arn:aws:iam::${account}:role/weather`,
    SessionName: "task-1",
    SourceAddress: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    VersionId: versionIds[0],
    FirstReadDate: reader?.LastReadDate,
    LastReadDate: expect.any(Number),
    ExpiresDate: expect.any(Number),
  });
  expect(Math.abs((reader?.LastReadDate ?? 0) - before)).toBeLessThan(60);
  expect((reader?.ExpiresDate ?? 0) - before - 3600).toBeLessThan(60);
});

test("long-term keys don't expire", async () => {
  const { SecretId } = await newSecret(1);
  await root.getSecretValue({ SecretId });
  const keys = await stsFixture(vault).createUser("reading", reading);
  await as(keys).getSecretValue({ SecretId });
  const found = await readers({ SecretId });
  expect(found.map(({ PrincipalArn, ExpiresDate }) => [PrincipalArn, ExpiresDate])).toEqual(
    expect.arrayContaining([
      [`arn:aws:iam::${account}:root`, undefined],
      [`arn:aws:iam::${account}:user/reading`, undefined],
    ]),
  );
});

test("sessions are told apart by their credentials, whatever they are called", async () => {
  const { SecretId } = await newSecret(1);
  const [one, two] = [await session("same"), await session("same")];
  for (const keys of [one, two, one]) await as(keys).getSecretValue({ SecretId });
  expect(await readers({ SecretId })).toHaveLength(2);
});

describe("every way to read a secret counts", () => {
  test.each<[string, (keys: Keys, SecretId: string) => Promise<unknown>]>([
    ["BatchGetSecretValue", (keys, id) => as(keys).batchGetSecretValue({ SecretIdList: [id] })],
    ["GetParameter", (keys, id) => bySsm(keys).getParameter({ ...reference(id) })],
    [
      "GetParameters",
      (keys, id) =>
        bySsm(keys).getParameters({ Names: [reference(id).Name], WithDecryption: true }),
    ],
  ])("%s", async (_, read) => {
    const { SecretId, versionIds } = await newSecret(1);
    await read(await session("one"), SecretId);
    expect(await readers({ SecretId })).toMatchObject([
      { SessionName: "one", VersionId: versionIds[0] },
    ]);
  });

  const bySsm = (credentials: Keys) => new SSM({ ...vault.client, credentials });
  const reference = (name: string) => ({
    Name: `/aws/reference/secretsmanager/${name}`,
    WithDecryption: true,
  });

  test("and what gives no value doesn't", async () => {
    const { SecretId } = await newSecret(1);
    const secrets = as(await session("one"));
    await secrets.describeSecret({ SecretId });
    await expect(secrets.getSecretValue({ SecretId, VersionStage: "NONE" })).rejects.toThrow();
    expect(await readers({ SecretId })).toEqual([]);
  });

  test("in every region that it is replicated to", async () => {
    const { SecretId } = await newSecret(1);
    await root.replicateSecretToRegions({
      SecretId,
      AddReplicaRegions: [{ Region: "eu-west-1" }],
    });
    const credentials = await session("far");
    const there = new SecretsManager({ ...vault.client, credentials, region: "eu-west-1" });
    await there.getSecretValue({ SecretId });
    expect(await readers({ SecretId })).toMatchObject([{ SessionName: "far" }]);
  });
});

test("a reader is told of once, with what it read last, and of a version with what came next", async () => {
  const { SecretId, versionIds } = await newSecret(2);
  const [one, two] = versionIds;
  const secrets = as(await session("moving"));
  await secrets.getSecretValue({ SecretId, VersionId: one });
  vault.clock.advance(1000);
  await secrets.getSecretValue({ SecretId });
  await as(await session("staying")).getSecretValue({ SecretId, VersionId: one });
  const seen = ({ SessionName, VersionId, MovedDate }: Reader) => [
    SessionName,
    VersionId,
    MovedDate === undefined,
  ];
  expect((await readers({ SecretId })).map(seen)).toEqual([
    ["staying", one, true],
    ["moving", two, true],
  ]);
  expect((await readers({ SecretId, VersionId: one })).map(seen)).toEqual([
    ["staying", one, true],
    ["moving", one, false],
  ]);
  expect((await readers({ SecretId, VersionId: two })).map(seen)).toEqual([["moving", two, true]]);
});

test("readers are known after a restart", async () => {
  const { SecretId } = await newSecret(1);
  await as(await session("before")).getSecretValue({ SecretId });
  await vault.restart();
  expect(await readers({ SecretId })).toMatchObject([{ SessionName: "before" }]);
});
