/** A secret that a function rotates, as AWS's functions do: the labels, the dates and the trail. */
import { randomUUID } from "node:crypto";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Notice } from "../../src/notices.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";
import {
  atVaultTime,
  eventually,
  functionArn,
  rotatingWith,
  startFunction,
  type TestFunction,
} from "./rotation.fixture.ts";

const notices: Notice[] = [];
let lambda: TestFunction;
let vault: TestVault;
let root: SecretsManager;
let SecretId: string;
let count = 0;

beforeAll(async () => {
  lambda = await startFunction();
  const onNotice = (notice: Notice) => notices.push(notice);
  vault = await startVault({ rotators: lambda.rotatorsFile }, { onNotice });
  root = atVaultTime(new SecretsManager(vault.client), vault.clock);
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
  await lambda.close();
});
beforeEach(async () => {
  SecretId = `rotated/${count++}`;
  await root.createSecret({ Name: SecretId, SecretString: "first" });
  lambda.events.length = 0;
  lambda.handler = rotatingWith(root);
});

const rotate = (more: object = {}) =>
  root.rotateSecret({ SecretId, RotationLambdaARN: functionArn, ...more });
const describeIt = () => root.describeSecret({ SecretId });
const day = 86_400_000;
/** That were asked for of the secret: those of earlier tests may still have some to come. */
const steps = () => {
  const own = lambda.events.filter(({ SecretId: arn }) => arn.includes(`:${SecretId}-`));
  return own.map(({ Step }) => Step);
};
/** The service's own events about the secret, oldest first. */
const trail = async () => {
  const { ARN } = await describeIt();
  const { Events = [] } = await new CloudTrail(vault.client).lookupEvents({
    LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: ARN }],
  });
  const records = Events.map(({ CloudTrailEvent = "" }) => JSON.parse(CloudTrailEvent));
  return records.filter(({ eventType }) => eventType === "AwsServiceEvent").reverse();
};
const allSteps = ["createSecret", "setSecret", "testSecret", "finishSecret"];

test("the four steps, one after the other, and what is to be seen afterwards", async () => {
  const before = await describeIt();
  const [first = ""] = Object.keys(before.VersionIdsToStages ?? {});
  const RotationRules = { AutomaticallyAfterDays: 30 };
  const { VersionId = "", ...named } = await rotate({ RotationRules });
  expect(named).toMatchObject({ ARN: before.ARN, Name: SecretId });
  const after = await eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
  expect(after).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN: functionArn,
    RotationRules,
    VersionIdsToStages: { [VersionId]: ["AWSCURRENT"], [first]: ["AWSPREVIOUS"] },
  });
  const midnight = new Date(vault.clock.now()).setUTCHours(0, 0, 0, 0);
  expect(after.NextRotationDate).toEqual(new Date(midnight + 31 * day - 1000));
  expect(lambda.events).toEqual(
    allSteps.map((Step) => ({ Step, SecretId: before.ARN, ClientRequestToken: VersionId })),
  );
  expect((await root.getSecretValue({ SecretId })).SecretString).toBe(`value of ${VersionId}`);
});

test("once it was rotated, the days between rotations stand beside the schedule", async () => {
  const ScheduleExpression = "rate(10 hours)";
  await rotate({ RotateImmediately: false, RotationRules: { ScheduleExpression } });
  expect((await describeIt()).RotationRules).toEqual({ ScheduleExpression });
  await rotate();
  const after = await eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
  expect(after.RotationRules).toEqual({ AutomaticallyAfterDays: 1, ScheduleExpression });
});

test("a request that comes again begins no other rotation", async () => {
  const ClientRequestToken = randomUUID();
  const once = await rotate({ ClientRequestToken });
  await eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
  expect(once).toMatchObject({ VersionId: ClientRequestToken });
  const { $metadata: _, ...again } = await rotate({ ClientRequestToken });
  expect(once).toMatchObject(again);
  expect(await describeIt()).toMatchObject({
    VersionIdsToStages: { [ClientRequestToken]: ["AWSCURRENT"] },
  });
  expect(steps()).toEqual(allSteps);
});

test("the trail has events of the service, as CloudTrail's", async () => {
  const { ARN, VersionId } = await rotate();
  await eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
  const events = await eventually(trail, (seen) => seen.length > 1);
  expect(events.map(({ eventName }) => eventName)).toEqual([
    "RotationStarted",
    "RotationSucceeded",
  ]);
  expect(events[1]).toMatchObject({
    userIdentity: { accountId: vault.accountId, invokedBy: "secretsmanager.amazonaws.com" },
    eventSource: "secretsmanager.amazonaws.com",
    sourceIPAddress: "secretsmanager.amazonaws.com",
    userAgent: "secretsmanager.amazonaws.com",
    requestParameters: null,
    responseElements: null,
    additionalEventData: { SecretId: ARN },
    requestID: `Rotation-${ARN}-${VersionId}`,
    readOnly: false,
    eventType: "AwsServiceEvent",
  });
});

test("metrics count what has come of rotations", async () => {
  const counted = async () => {
    const text = await (await fetch(`${vault.url}/metrics`)).text();
    return Number(/^claviger_rotations_total\{outcome="succeeded"\} (\d+)$/m.exec(text)?.[1]);
  };
  const before = await counted();
  await rotate();
  await eventually(counted, (count) => count === before + 1);
});

describe("a step that fails", () => {
  test.each(allSteps)(
    "%s: the version stays pending, and what was said is told",
    async (failing) => {
      const rotating = rotatingWith(root);
      lambda.handler = async (event) => {
        if (event.Step === failing) throw new Error(`no ${failing} today`);
        return rotating(event);
      };
      const { VersionId = "" } = await rotate();
      const told = await eventually(trail, (seen) => seen.length > 1);
      expect(told[1]).toMatchObject({
        eventName: "RotationFailed",
        additionalEventData: { Reason: expect.stringContaining(`no ${failing} today`) },
      });
      expect((await describeIt()).VersionIdsToStages?.[VersionId]).toEqual(["AWSPENDING"]);
      expect((await root.getSecretValue({ SecretId })).SecretString).toBe("first");
      expect(notices.at(-1)).toMatchObject({ kind: "RotationFailed", name: SecretId });

      // AWS answers that it tries again: so it does, with the same version.
      lambda.handler = rotating;
      expect(await refusal(rotate())).toBe(
        "InvalidRequestException: A previous rotation isn't complete. That rotation will be reattempted.",
      );
      const after = await eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
      expect(after.VersionIdsToStages?.[VersionId]).toEqual(["AWSCURRENT"]);
    },
  );

  test("nothing that is a value of the secret is told of it", async () => {
    await root.putSecretValue({
      SecretId,
      SecretString: '{"user":"app","password":"correct horse"}',
    });
    lambda.handler = async () => {
      throw new Error("login failed for app with 'correct horse'");
    };
    await rotate();
    const told = await eventually(trail, (seen) => seen.length > 1);
    expect(JSON.stringify(told)).toContain("login failed");
    expect(JSON.stringify(told)).not.toContain("correct horse");
    expect(JSON.stringify(notices)).not.toContain("correct horse");
  });

  test("nothing is told of it that can't be compared with the values", async () => {
    const kms = new KMS(vault.client);
    const { KeyMetadata: { KeyId = "" } = {} } = await kms.createKey({});
    await root.updateSecret({ SecretId, SecretString: "correct horse", KmsKeyId: KeyId });
    lambda.handler = async () => {
      await kms.disableKey({ KeyId });
      throw new Error("login failed with 'correct horse'");
    };
    await rotate();
    const told = await eventually(trail, (seen) => seen.length > 1);
    expect(told[1].additionalEventData.Reason).toMatch(/words are withheld/);
  });

  test("a function that moves no label has not finished", async () => {
    const rotating = rotatingWith(root);
    lambda.handler = async (event) => (event.Step === "finishSecret" ? null : rotating(event));
    await rotate();
    const told = await eventually(trail, (seen) => seen.length > 1);
    expect(told[1]?.eventName).toBe("RotationFailed");
  });

  test("one that nobody answers", async () => {
    lambda.handler = async () => new Promise(() => {});
    await rotate();
    await eventually(
      async () => steps(),
      (seen) => seen.length > 0,
    );
    expect((await describeIt()).LastRotatedDate).toBeUndefined();
    await root.cancelRotateSecret({ SecretId });
  });
});

describe("RotateImmediately=false", () => {
  test("asks for testSecret alone, and leaves no version behind", async () => {
    const before = await describeIt();
    lambda.handler = async () => null;
    await rotate({ RotateImmediately: false });
    const told = await eventually(trail, (seen) => seen.length > 1);
    expect(told.map(({ eventName }) => eventName)).toEqual([
      "TestRotationStarted",
      "TestRotationSucceeded",
    ]);
    expect(steps()).toEqual(["testSecret"]);
    const after = await describeIt();
    expect(after.VersionIdsToStages).toEqual(before.VersionIdsToStages);
    expect(after.RotationEnabled).toBe(true);
    expect(after.LastRotatedDate).toBeUndefined();
  });

  test("a test that fails keeps the configuration", async () => {
    lambda.handler = async () => {
      throw new Error("no");
    };
    await rotate({ RotateImmediately: false });
    const told = await eventually(trail, (seen) => seen.length > 1);
    expect(told[1]?.eventName).toBe("TestRotationFailed");
    expect(await describeIt()).toMatchObject({ RotationEnabled: true });
    expect(Object.values((await describeIt()).VersionIdsToStages ?? {})).toEqual([["AWSCURRENT"]]);
  });
});

describe("what ends a rotation that is under way", () => {
  /** Resolves when the step has been asked for, which is never answered. */
  const stuckIn = (Step: string) => {
    const rotating = rotatingWith(root);
    return new Promise<void>((resolve) => {
      lambda.handler = async (event) => {
        if (event.Step !== Step) return rotating(event);
        resolve();
        return new Promise(() => {});
      };
    });
  };

  test("CancelRotateSecret, which leaves the version for its caller to judge", async () => {
    const stuck = stuckIn("setSecret");
    const { VersionId = "" } = await rotate();
    await stuck;
    expect(await root.cancelRotateSecret({ SecretId })).toMatchObject({ VersionId });
    expect(await describeIt()).toMatchObject({
      RotationEnabled: false,
      VersionIdsToStages: { [VersionId]: ["AWSPENDING"] },
    });
  });

  test("a value that somebody puts by hand", async () => {
    const stuck = stuckIn("createSecret");
    await rotate();
    await stuck;
    const { VersionId = "" } = await root.putSecretValue({ SecretId, SecretString: "by hand" });
    const { VersionIdsToStages } = await describeIt();
    expect(VersionIdsToStages?.[VersionId]).toEqual(["AWSCURRENT"]);
    expect(Object.values(VersionIdsToStages ?? {}).flat()).not.toContain("AWSPENDING");
  });

  test("not a restart: the step that was not answered is asked for again", async () => {
    const stuck = stuckIn("testSecret");
    const { VersionId = "" } = await rotate();
    await stuck;
    lambda.handler = rotatingWith(root);
    await vault.restart();
    const after = await eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
    expect(after.VersionIdsToStages?.[VersionId]).toEqual(["AWSCURRENT"]);
    expect(steps()).toEqual([
      "createSecret",
      "setSecret",
      "testSecret",
      "testSecret",
      "finishSecret",
    ]);
  });

  test("a slow one holds up no other", async () => {
    const stuck = stuckIn("createSecret");
    await rotate();
    await stuck;
    const other = `${SecretId}/other`;
    await root.createSecret({ Name: other, SecretString: "first" });
    lambda.handler = rotatingWith(root);
    await root.rotateSecret({ SecretId: other, RotationLambdaARN: functionArn });
    const look = () => root.describeSecret({ SecretId: other });
    await eventually(look, (seen) => seen.LastRotatedDate !== undefined);
    await root.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
  });
});

// The clock is moved: the last tests of the file.
describe("by its schedule", () => {
  test("it is announced a day before and begins when the window opens", async () => {
    lambda.handler = async () => null;
    await rotate({ RotateImmediately: false, RotationRules: { AutomaticallyAfterDays: 10 } });
    await eventually(trail, (seen) => seen.length > 1);
    lambda.handler = rotatingWith(root);
    notices.length = 0;
    const { NextRotationDate } = await describeIt();
    const opens = Number(NextRotationDate) + 1000 - day;
    await vault.restart(opens - vault.clock.now() - day / 2);
    await eventually(
      async () => notices,
      (seen) => seen.some(({ kind, name }) => kind === "RotationUpcoming" && name === SecretId),
    );
    expect((await describeIt()).LastRotatedDate).toBeUndefined();
    await vault.restart(day);
    const after = await eventually(describeIt, (seen) => seen.LastRotatedDate !== undefined);
    expect(Number(after.NextRotationDate) - Number(NextRotationDate)).toBe(10 * day);
  });

  test("production that was not rehearsed is told of in place of a rotation", async () => {
    lambda.handler = async () => null;
    await root.tagResource({ SecretId, Tags: [{ Key: "Environment", Value: "prod" }] });
    await rotate({ RotateImmediately: false, RotationRules: { AutomaticallyAfterDays: 10 } });
    await eventually(
      async () => steps(),
      (seen) => seen.length > 0,
    );
    const { NextRotationDate } = await describeIt();
    await vault.restart(Number(NextRotationDate) + 1000 - day - vault.clock.now());
    const refused = await eventually(
      async () => notices.find(({ kind, name }) => kind === "RotationFailed" && name === SecretId),
      (seen) => seen !== undefined,
    );
    expect(refused?.detail).toMatch(/after a rehearsal/);
    expect(steps()).toEqual(["testSecret"]);
  });

  test("a window that was asked for and is over is left to the next one", async () => {
    const RotationRules = { AutomaticallyAfterDays: 10, Duration: "2h" };
    lambda.handler = async () => null;
    await rotate({ RotateImmediately: false, RotationRules });
    await eventually(
      async () => steps(),
      (seen) => seen.length > 0,
    );
    const { NextRotationDate } = await describeIt();
    await vault.restart(Number(NextRotationDate) - vault.clock.now() + 3_600_000);
    const missed = await eventually(
      async () => notices.find(({ kind, name }) => kind === "RotationFailed" && name === SecretId),
      (seen) => seen !== undefined,
    );
    expect(missed?.detail).toMatch(/window passed/);
    const after = await eventually(
      describeIt,
      (seen) => Number(seen.NextRotationDate) > Number(NextRotationDate),
    );
    expect(Number(after.NextRotationDate) - Number(NextRotationDate)).toBe(10 * day);
    expect(steps()).toEqual(["testSecret"]);
  });
});
