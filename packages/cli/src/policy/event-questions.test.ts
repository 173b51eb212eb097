import { expect, test } from "vitest";
import { questionsOf } from "./event-questions.ts";
import type { TrailEvent } from "./trail.ts";

const arn = "arn:aws:sts::123456789012:assumed-role/web/s";
const denied: TrailEvent = {
  eventTime: "2026-01-01T00:00:00Z",
  eventSource: "secretsmanager.amazonaws.com",
  eventName: "GetSecretValue",
  awsRegion: "us-east-1",
  recipientAccountId: "123456789012",
  eventID: "e",
  errorCode: "AccessDenied",
  userIdentity: { type: "AssumedRole", arn },
  requestParameters: { secretId: "prod/x" },
};

test("AWS's sentence names what was denied; the event gives its condition keys", async () => {
  const errorMessage = `User: ${arn} is not authorized to perform: secretsmanager:GetSecretValue on resource: prod/x because no identity-based policy allows the secretsmanager:GetSecretValue action`;
  expect(await questionsOf({ ...denied, errorMessage })).toEqual([
    {
      principalArn: arn,
      action: "secretsmanager:GetSecretValue",
      resource: "prod/x",
      keys: { "secretsmanager:VersionStage": "AWSCURRENT" },
    },
  ]);
});

test("without it, everything that the request needed is asked", async () => {
  const list = { ...denied, eventName: "BatchGetSecretValue", requestParameters: null };
  const resources = [{ ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf" }];
  expect((await questionsOf({ ...list, resources })).map(({ action }) => action)).toEqual([
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
  ]);
});
