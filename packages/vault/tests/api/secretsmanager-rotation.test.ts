/** How a secret is to be rotated: what RotateSecret and CancelRotateSecret keep, and refuse. */
import { randomUUID } from "node:crypto";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { secretsmanager } from "../../src/operations/secretsmanager/service.ts";
import { RawHttp } from "./raw-http.fixture.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";
import { allow, type SecretsFixture, startSecrets } from "./secretsmanager.fixture.ts";

const started = startSecrets();
let fixture: SecretsFixture;
let root: SecretsManager;
let SecretId: string;
let count = 0;
beforeAll(() => {
  fixture = started();
  ({ root } = fixture);
});
beforeEach(async () => {
  SecretId = `rotated-${count++}`;
  await root.createSecret({ Name: SecretId, SecretString: "v" });
});

const RotationLambdaARN = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
const rotate = (more: object = {}) =>
  root.rotateSecret({ SecretId, RotationLambdaARN, RotateImmediately: false, ...more });
const mayInvoke = {
  Effect: "Allow",
  Action: "lambda:InvokeFunction",
  Resource: `${RotationLambdaARN}*`,
};
const describeIt = () => root.describeSecret({ SecretId });

test("rules are kept and shown, and rotation is turned off and on again", async () => {
  const never = await describeIt();
  expect(never.RotationEnabled).toBeUndefined();
  expect(await rotate({ RotationRules: { AutomaticallyAfterDays: 30 } })).toMatchObject({
    Name: SecretId,
    ARN: never.ARN,
  });
  const { vault } = fixture;
  const midnight = new Date(vault.clock.now()).setUTCHours(0, 0, 0, 0);
  const day = 86_400_000;
  const on = await describeIt();
  expect(on).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN,
    RotationRules: { AutomaticallyAfterDays: 30 },
    NextRotationDate: new Date(midnight + 31 * day - 1000),
  });
  expect(on.LastRotatedDate).toBeUndefined();
  const { SecretList } = await root.listSecrets({ Filters: [{ Key: "name", Values: [SecretId] }] });
  expect(SecretList?.[0]).toMatchObject({ RotationEnabled: true, RotationLambdaARN });

  const cancelled = await root.cancelRotateSecret({ SecretId });
  expect(cancelled).toMatchObject({ Name: SecretId, ARN: never.ARN });
  expect(cancelled.VersionId).toBeUndefined();
  const off = await describeIt();
  expect(off).toMatchObject({
    RotationEnabled: false,
    RotationLambdaARN,
    RotationRules: { AutomaticallyAfterDays: 30 },
  });
  expect(off.NextRotationDate).toBeUndefined();
  await root.rotateSecret({ SecretId, RotateImmediately: false });
  expect(await describeIt()).toMatchObject({
    RotationEnabled: true,
    RotationRules: { AutomaticallyAfterDays: 30 },
    NextRotationDate: on.NextRotationDate,
  });
});

test("a function that is mapped to no address is refused, and nothing is changed", async () => {
  for (const RotateImmediately of [true, false, undefined]) {
    const asked = rotate({ RotationLambdaARN: `${RotationLambdaARN}-not`, RotateImmediately });
    expect(await refusal(asked)).toBe(
      "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    );
  }
  expect((await describeIt()).RotationEnabled).toBeUndefined();
});

describe("what is refused, in AWS's words", () => {
  test("no function", async () => {
    const says =
      "InvalidRequestException: No Lambda rotation function ARN is associated with this secret.";
    for (const arn of [undefined, ""]) {
      expect(await refusal(rotate({ RotationLambdaARN: arn }))).toBe(says);
    }
    expect(await refusal(root.cancelRotateSecret({ SecretId }))).toBe(says);
  });

  test("two schedules", async () => {
    const RotationRules = { AutomaticallyAfterDays: 1, ScheduleExpression: "rate(1 day)" };
    expect(await refusal(rotate({ RotationRules }))).toBe(
      "InvalidParameterException: You cannot specify both rotation frequency and schedule expression together.",
    );
  });

  test.each<[string, string, string?]>([
    ["Rate in hour should be least 4 and less than 24.", "rate(3 hours)"],
    ["Rate in hour should be least 4 and less than 24.", "rate(24 hours)"],
    ["Rate in day should be greater than 0 and less than 1000.", "rate(1001 days)"],
    ["Invalid schedule expression.", "every day"],
    ["Invalid schedule expression.", "cron(5 0 * * ? *)"],
    ["Invalid schedule expression.", "cron(0 0 * * * *)"],
    ["Invalid schedule expression.", "cron(0 0 31 2 ? *)"],
    ["Invalid schedule expression.", "cron(0 0/3 * * ? *)"],
    ["Starting hour and duration must be within a day.", "cron(0 20 * * ? *)", "5h"],
    ["Duration cannot be greater than Rate in hour.", "rate(4 hours)", "5h"],
    ["Duration must be at least 1 hour, at most 24 hour.", "rate(1 day)", "25h"],
    ["Duration must be at least 1 hour, at most 24 hour.", "rate(1 day)", "0h"],
  ])("%s %s %s", async (says, ScheduleExpression, Duration) => {
    const RotationRules = { ScheduleExpression, Duration };
    expect(await refusal(rotate({ RotationRules }))).toBe(`InvalidParameterException: ${says}`);
    expect((await describeIt()).RotationRules).toBeUndefined();
  });

  test.each(["rotate", RotationLambdaARN.replace("us-east-1", "eu-west-1"), "arn:aws:s3:::a"])(
    "the function %s",
    async (arn) => {
      expect(await refusal(rotate({ RotationLambdaARN: arn }))).toBe(
        "InvalidParameterException: Invalid rotation Lambda ARN. Ensure the ARN matches format arn:aws:lambda:us-east-1:123456789012:function:<functionName>.",
      );
      expect((await describeIt()).RotationEnabled).toBeUndefined();
    },
  );

  test.each([0, 1001])("every %i days", async (AutomaticallyAfterDays) => {
    expect(await refusal(rotate({ RotationRules: { AutomaticallyAfterDays } }))).toMatch(
      /^ValidationException: .*'rotationRules.automaticallyAfterDays'/,
    );
  });

  test("a rotation under way, which CancelRotateSecret names", async () => {
    await rotate({ RotationRules: { AutomaticallyAfterDays: 1 } });
    const ClientRequestToken = randomUUID();
    await root.putSecretValue({
      SecretId,
      SecretString: "next",
      ClientRequestToken,
      VersionStages: ["AWSPENDING"],
    });
    expect(await refusal(rotate())).toBe(
      "InvalidRequestException: A previous rotation isn't complete. That rotation will be reattempted.",
    );
    const { VersionId } = await root.cancelRotateSecret({ SecretId });
    expect(VersionId).toBe(ClientRequestToken);
  });

  test("a secret that is scheduled for deletion", async () => {
    await root.deleteSecret({ SecretId });
    for (const asked of sideBySide<unknown>([rotate(), root.cancelRotateSecret({ SecretId })])) {
      expect(await refusal(asked)).toMatch(/because it was marked for deletion\.$/);
    }
  });

  test("no token, as another error than elsewhere", async () => {
    const http = new RawHttp(fixture.vault);
    const reply = await http.json(secretsmanager, "RotateSecret", JSON.stringify({ SecretId }));
    http.close();
    expect(reply.code).toBe("InvalidParameterException");
    expect(reply.text).toContain("You must provide a ClientRequestToken value.");
  });
});

test("who sets a secret rotating must be allowed to invoke its function", async () => {
  const { secrets } = await fixture.user("no-invoker", allow("RotateSecret"));
  const asked = { SecretId, RotationLambdaARN, RotateImmediately: false };
  expect(await refusal(secrets.rotateSecret(asked))).toContain("lambda:InvokeFunction");
  const other = await fixture.user("invoker", allow("RotateSecret"), mayInvoke);
  await other.secrets.rotateSecret(asked);
});

test("conditions: which function, and whether at once", async () => {
  const { secrets } = await fixture.user(
    "scheduler",
    mayInvoke,
    allow("RotateSecret", {
      Condition: {
        ArnEquals: { "secretsmanager:RotationLambdaARN": RotationLambdaARN },
        Bool: {
          "secretsmanager:RotateImmediately": "false",
          "secretsmanager:ModifyRotationRules": "true",
        },
      },
    }),
  );
  const asked = {
    SecretId,
    RotationLambdaARN,
    RotateImmediately: false,
    RotationRules: { ScheduleExpression: "cron(0 8 1/7 * ? *)", Duration: "2h" },
  };
  await secrets.rotateSecret(asked);
  for (const more of [
    { RotateImmediately: true },
    { RotationLambdaARN: `${RotationLambdaARN}-2` },
    { RotationRules: undefined },
  ]) {
    expect(await refusal(secrets.rotateSecret({ ...asked, ...more }))).toMatch(/^AccessDenied/);
  }
});
