/** A rotation whose old key dies when nobody has it any more, and who holds that up until then. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { claviger } from "../../src/operations/claviger/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp } from "./raw-http.fixture.ts";
import { refusal } from "./refusal.fixture.ts";
import {
  eventually,
  faultsOf,
  functionArn,
  rotatingWith,
  startFunction,
  type TestFunction,
} from "./rotation.fixture.ts";
import { type Keys, stsFixture } from "./sts.fixture.ts";

let lambda: TestFunction;
let vault: TestVault;
let http: RawHttp;
let root: SecretsManager;
let moving: SecretsManager;
let staying: SecretsManager;
let leaving: SecretsManager;
let SecretId: string;
let oldVersionId: string;
let count = 0;

const grace = 24 * 3_600_000;
const minute = 60_000;
const reading = { Action: "secretsmanager:GetSecretValue", Resource: "*" };

beforeAll(async () => {
  lambda = await startFunction({ revokes: true });
  vault = await startVault({ rotators: lambda.rotatorsFile });
  http = new RawHttp(vault);
  root = clientOf(vault.credentials);
  const sts = stsFixture(vault);
  moving = clientOf(await sts.createUser("moving", reading));
  staying = clientOf(await sts.createUser("staying", reading));
  const RoleArn = await sts.createRole("leaving", { allowed: [reading] });
  leaving = clientOf(await sts.assume({ RoleArn, RoleSessionName: "gone-soon" }));
});
afterAll(async () => {
  expect(faultsOf(vault)).toEqual([]);
  http.close();
  await vault.close();
  await lambda.close();
});

/** Signs by the vault's clock, also where that is put forward. */
function clientOf(credentials: Keys): SecretsManager {
  const client = new SecretsManager({ ...vault.client, credentials });
  const get = () => vault.clock.now() - Date.now();
  Object.defineProperty(client.config, "systemClockOffset", { get, set() {} });
  return client;
}

/** A secret in whose old version three readers are. It has been rotated. */
beforeEach(async () => {
  SecretId = `held/${count++}`;
  lambda.events.length = 0;
  const rotating = rotatingWith(root);
  lambda.handler = async (event) => (event.Step === "revokeSecret" ? null : rotating(event));
  const { VersionId = "" } = await root.createSecret({ Name: SecretId, SecretString: "first" });
  oldVersionId = VersionId;
  const readers = count === 1 ? [moving, staying, leaving] : [moving, staying];
  for (const reader of readers) await reader.getSecretValue({ SecretId });
  await root.rotateSecret({ SecretId, RotationLambdaARN: functionArn });
  await untilPhase("overlap");
});

async function ask(operation: string, input: object = {}) {
  const { text } = await http.json(claviger, operation, JSON.stringify(input));
  return JSON.parse(text);
}

const describeIt = () => ask("DescribeRotation", { SecretId });
const untilPhase = (phase: string) => eventually(describeIt, ({ Phase }) => Phase === phase);
const named = ({ PrincipalArn }: { PrincipalArn: string }) => PrincipalArn.split("/").at(-1);
const revocations = () => lambda.events.filter(({ Step }) => Step === "revokeSecret");

test("a laggard is named and holds it up, and when it has moved the key dies by itself", async () => {
  await moving.getSecretValue({ SecretId });
  const early = await eventually(describeIt, ({ LaggardCount }) => LaggardCount !== undefined);
  expect(early).toMatchObject({ Phase: "overlap", OldVersionId: oldVersionId });
  expect(early.GraceUntil - early.FinishedDate).toBe(grace / 1000);

  vault.clock.advance(grace + minute);
  const late = await eventually(describeIt, ({ LaggardCount }) => LaggardCount === 1);
  expect(late.Phase).toBe("overlap");
  expect(late.Laggards).toEqual([
    {
      PrincipalArn: "arn:aws:iam::123456789012:user/staying",
      SourceAddress: expect.any(String),
      VersionId: oldVersionId,
      LastReadDate: expect.any(Number),
    },
  ]);
  const moved = late.Readers.filter(({ MovedDate }: { MovedDate?: number }) => MovedDate);
  expect(moved.map(named)).toEqual(["moving"]);
  expect(moved[0].MovedDate).toBeGreaterThanOrEqual(late.FinishedDate);
  const { Rotations } = await ask("ListRotations");
  expect(Rotations).toMatchObject([{ Name: SecretId, Phase: "overlap", LaggardCount: 1 }]);
  expect(revocations()).toEqual([]);
  expect((await staying.getSecretValue({ SecretId, VersionId: oldVersionId })).SecretString).toBe(
    "first",
  );

  await staying.getSecretValue({ SecretId });
  vault.clock.advance(minute);
  await untilPhase("succeeded");
  expect(revocations()).toMatchObject([{ ClientRequestToken: oldVersionId }]);
  expect(await refusal(staying.getSecretValue({ SecretId, VersionId: oldVersionId }))).toMatch(
    /it was revoked/,
  );
});

test("it can be ended with readers that have not moved", async () => {
  const ended = await ask("EndRotationOverlap", { SecretId });
  expect(ended).toMatchObject({ Name: SecretId, OldVersionId: oldVersionId });
  await untilPhase("succeeded");
  expect(revocations()).toMatchObject([{ ClientRequestToken: oldVersionId }]);
  expect(await ask("EndRotationOverlap", { SecretId })).toMatchObject({
    __type: "InvalidRequestException",
  });
});

test("the key of a version that is revoked dies at its provider", async () => {
  const reply = await ask("RevokeSecretVersion", { SecretId, VersionStage: "AWSPREVIOUS" });
  expect(reply).toMatchObject({ VersionId: oldVersionId, ProviderRevocation: "Started" });
  expect(reply.Readers.map(named).toSorted()).toEqual(["moving", "staying"]);
  await untilPhase("succeeded");
  expect(revocations()).toMatchObject([{ ClientRequestToken: oldVersionId }]);
});

test("a revocation that no rotation is about is told of beside it until the key is dead", async () => {
  lambda.handler = async () => {
    throw new Error("come back later");
  };
  const { VersionId, ProviderRevocation } = await ask("RevokeSecretVersion", { SecretId });
  expect(ProviderRevocation).toBe("Started");
  const described = await eventually(
    describeIt,
    ({ Revocations }) => Revocations[0]?.FailureReason !== undefined,
  );
  expect(described).toMatchObject({
    Phase: "overlap",
    ClientRequestToken: VersionId,
    Revocations: [
      { VersionId, Phase: "revokeOld", FailureReason: expect.stringContaining("come back later") },
    ],
  });
  lambda.handler = async () => null;
  vault.clock.advance(minute);
  await eventually(describeIt, ({ Revocations }) => Revocations.length === 0);
  expect(revocations().at(-1)).toMatchObject({ ClientRequestToken: VersionId });
});

test("a version is tested at its provider, whichever it is", async () => {
  const tested = () => ask("TestSecretVersion", { SecretId, VersionId: oldVersionId });
  lambda.handler = async () => null;
  expect(await tested()).toEqual({ Result: "Passed" });
  expect(lambda.events.at(-1)).toMatchObject({
    Step: "testSecret",
    ClientRequestToken: oldVersionId,
  });
  lambda.handler = async () => {
    throw new Error("the provider says no");
  };
  expect(await tested()).toEqual({
    Result: "Failed",
    Reason: expect.stringContaining("the provider says no"),
  });
});
