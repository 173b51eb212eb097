/** Rotations whose provider, or whose secret, is in the way: nothing is lost, and there is a way out. */
import { randomUUID } from "node:crypto";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Notice } from "../../src/notices.ts";
import { claviger } from "../../src/operations/claviger/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp } from "./raw-http.fixture.ts";
import { refusal } from "./refusal.fixture.ts";
import { atVaultTime, eventually, faultsOf } from "./rotation.fixture.ts";
import { TestHost } from "./rotator-host.fixture.ts";
import { policyOf } from "./secretsmanager.fixture.ts";

const host = new TestHost();
const notices: Notice[] = [];
let vault: TestVault;
let root: SecretsManager;
let http: RawHttp;
let SecretId: string;
let first: string;
let count = 0;

beforeAll(async () => {
  const onNotice = (notice: Notice) => notices.push(notice);
  vault = await startVault({}, { startRotatorHost: host.start, onNotice });
  host.clock = vault.clock;
  http = new RawHttp(vault);
  root = atVaultTime(new SecretsManager(vault.client), vault.clock);
  const iam = atVaultTime(new IAM(vault.client), vault.clock);
  const Principal = { Service: "secretsmanager.amazonaws.com" };
  const trust = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
  await iam.createRole({ RoleName: "rotator", AssumeRolePolicyDocument: policyOf(trust) });
  const PolicyDocument = policyOf({ Effect: "Allow", Action: "*", Resource: "*" });
  await iam.putRolePolicy({ RoleName: "rotator", PolicyName: "all", PolicyDocument });
});
afterAll(async () => {
  http.close();
  expect(faultsOf(vault)).toEqual([]);
  await vault.close();
});
beforeEach(async () => {
  SecretId = `ways-out/${count++}`;
  const created = await root.createSecret({
    Name: SecretId,
    SecretString: "first",
    Type: "TestKey",
  });
  first = created.VersionId ?? "";
  host.forget();
  host.alive.add(first);
});

const rotate = (gracePeriod = "0s", ClientRequestToken?: string) =>
  root.rotateSecret({
    SecretId,
    ClientRequestToken,
    ExternalSecretRotationMetadata: [
      { Key: "project", Value: "p" },
      { Key: "gracePeriod", Value: gracePeriod },
    ],
    ExternalSecretRotationRoleArn: "arn:aws:iam::123456789012:role/rotator",
  });
const rotated = (VersionId = "") =>
  eventually(
    () => root.getSecretValue({ SecretId }),
    (seen) => seen.VersionId === VersionId,
  );
const asked = (Step: string) =>
  eventually(
    async () => host.stepsOf(SecretId),
    (seen) => seen.includes(Step),
  );
const alive = (...keys: string[]) =>
  eventually(
    async () => [...host.alive].sort().join(),
    (seen) => seen === keys.sort().join(),
  );

test("an old key that can't be revoked keeps no new one from coming, and dies when it can", async () => {
  host.undead.add(first);
  const { VersionId: second = "" } = await rotate();
  await rotated(second);
  vault.clock.advance(5000);
  await asked("revokeSecret");
  await eventually(
    async () => notices.at(-1),
    (seen) => seen?.kind === "RotationFailed" && seen.name === SecretId,
  );

  await root.cancelRotateSecret({ SecretId });
  const { VersionId: third = "" } = await rotate();
  await rotated(third);
  host.undead.clear();
  vault.clock.advance(60_000);
  await alive(third);
});

test("what an admin's key was refused is asked for anew with the one that corrects it", async () => {
  const second = randomUUID();
  host.failing.add("createSecret");
  host.undead.add(second);
  await rotate("0s", second);
  await eventually(
    async () => notices.findLast(({ name }) => name === SecretId)?.detail,
    (said) => said?.startsWith("revokeSecret: ") === true,
  );
  expect(await refusal(rotate())).toContain("A previous rotation isn't complete");
  host.failing.clear();
  host.undead.clear();
  const { VersionId: third = "" } = await rotate("24h");
  await rotated(third);
  await alive(first, third);
});

test("a secret that is restored goes on where it was", async () => {
  const { VersionId: second = "" } = await rotate();
  await rotated(second);
  await root.deleteSecret({ SecretId });
  vault.clock.advance(3_600_000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await root.restoreSecret({ SecretId });
  vault.clock.advance(3_600_000);
  await alive(second);
});

test("a policy that wants TLS of everybody lets the rotator in, which never leaves the machine", async () => {
  const ResourcePolicy = policyOf({
    Effect: "Deny",
    Principal: "*",
    Action: "secretsmanager:*",
    Resource: "*",
    Condition: {
      Bool: { "aws:SecureTransport": "false" },
      ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/rotator" },
    },
  });
  await root.putResourcePolicy({ SecretId, ResourcePolicy });
  const { VersionId } = await rotate();
  await rotated(VersionId);
});

test("a rehearsal after which somebody went back is none", async () => {
  const { VersionId: second = "" } = await rotate("24h");
  await rotated(second);
  const production = `${SecretId}/production`;
  const Tags = [{ Key: "claviger:rehearse-on", Value: SecretId }];
  await root.createSecret({ Name: production, SecretString: "first", Type: "TestKey", Tags });
  await root.updateSecretVersionStage({
    SecretId,
    VersionStage: "AWSCURRENT",
    MoveToVersionId: first,
    RemoveFromVersionId: second,
  });
  vault.clock.advance(3_600_000);
  SecretId = production;
  await eventually(
    () => refusal(rotate()).catch(() => ""),
    (said) => said.includes("only after a rehearsal"),
  );
});

test("production whose key was revoked rotates without a rehearsal: nobody has a key to lose", async () => {
  await root.tagResource({ SecretId, Tags: [{ Key: "environment", Value: "production" }] });
  expect(await refusal(rotate())).toContain("only after a rehearsal");
  await http.json(claviger, "RevokeSecretVersion", JSON.stringify({ SecretId }));
  const { VersionId = "" } = await rotate();
  await eventually(
    () => root.describeSecret({ SecretId }),
    (seen) => seen.VersionIdsToStages?.[VersionId]?.includes("AWSCURRENT") === true,
  );
});
